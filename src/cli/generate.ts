/** @file `millrace generate`: a registered language model goes on with a text, and says it while it is made. */
import type { GeneratedText } from "../nn/index.ts";
import { command } from "./command.ts";
import { openLanguage } from "./networks/open-language.ts";
import { networkArgument } from "./networks/open-network.ts";
import { dir } from "./workspace-folder.ts";

export const generate = command({
  name: "generate",
  summary: "Continue a text with a registered language model.",
  about: [
    "Each token is sampled from the probabilities that the model predicts. A temperature below 1 makes likely ones likelier, 0 always takes the",
    "likeliest; --top-k and --top-p leave the others out. The same --seed gives the same text. Tokens appear as they are made.",
  ],
  arguments: {
    model: networkArgument,
    prompt: { type: "string", value: "TEXT", help: "the prompt, which it continues" },
  },
  options: {
    tokens: {
      type: "number",
      default: 60,
      min: 1,
      whole: true,
      value: "N",
      help: "how many tokens at most",
    },
    temperature: {
      type: "number",
      default: 0.8,
      min: 0,
      value: "N",
      help: "randomness: 0 takes the likeliest token, 1 samples as predicted",
    },
    topK: {
      type: "number",
      min: 1,
      whole: true,
      value: "N",
      help: "sample from the N likeliest tokens only",
    },
    topP: {
      type: "number",
      default: 1,
      min: 0.001,
      max: 1,
      value: "SHARE",
      help: "sample from the fewest tokens that together have this probability",
    },
    repetitionPenalty: {
      type: "number",
      default: 1,
      min: 1,
      value: "N",
      help: "how much less likely tokens become that are there already",
    },
    stop: { type: "string", many: true, value: "TEXT", help: "end before this text" },
    seed: { type: "number", default: 0, whole: true, value: "N", help: "of the sampling" },
    dir,
  },
  examples: [
    'generate writer "A table is"',
    'generate writer "A model" --temperature 0.5 --top-k 20 --seed 7',
    'generate writer@champion "The lake" --tokens 30 --stop . --json',
  ],
  run: async ({ model: name, prompt, dir: folder, topK, ...values }, around) => {
    const model = await openLanguage(folder, { command: "generate", name });
    const { tokens, temperature, topP, repetitionPenalty, stop, seed } = values;
    const settings = { tokens, temperature, topP, repetitionPenalty, stop, seed };
    const asked = { ...settings, ...(topK === undefined ? {} : { topK }), signal: around.signal };
    const whole: GeneratedText | null = around.json ? await model.generate(prompt, asked) : null;
    return { prompt, whole, pieces: () => model.stream(prompt, asked) };
  },
  data: ({ prompt, whole }) => ({ prompt, ...whole }),
  render: () => [],
  after: async ({ prompt, whole, pieces }, around) => {
    if (whole !== null) return undefined;
    around.print(prompt);
    for await (const { text } of pieces()) around.print(text);
    around.print("\n");
    return undefined;
  },
});
