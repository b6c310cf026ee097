/** @file `millrace decoder`: trains a language model on texts, and keeps what came of it as a run. */
import { Buffer } from "node:buffer";
import { bytePairTokeniser, readCorpus, trainDecoder, wordTokeniser } from "../nn/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { epochWords } from "./networks/epoch-words.ts";
import { keepNetwork } from "./networks/keep-network.ts";
import { number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const decoder = command({
  name: "decoder",
  summary: "Train a small language model on texts: a decoder-only transformer.",
  about: [
    "Reads files and folders (.md and .txt; of Markdown code and markup are left out), makes tokens of them, and trains a decoder to predict the next",
    "one. The end of the text is held out for validation: no token of it is learned from. The result is the perplexity of that part, beside the",
    "perplexity of predicting every token by its frequency alone. --register makes a version that generate and attention take. It takes minutes:",
    "--width 64 --layers 2 --epochs 3 gives a first impression in less than one.",
  ],
  arguments: {
    texts: { type: "string", many: true, value: "FILE", help: "files and folders of texts" },
  },
  options: {
    exclude: {
      type: "string",
      many: true,
      value: "NAME",
      help: "leave files out whose path has this in it",
    },
    tokeniser: {
      type: "string",
      choices: ["bpe", "word"],
      default: "bpe",
      value: "KIND",
      help: "byte pairs, or words",
    },
    vocabulary: {
      type: "number",
      default: 2000,
      min: 4,
      max: 1_048_576,
      whole: true,
      value: "N",
      help: "tokens at most; of bpe at least 259",
    },
    context: {
      type: "number",
      default: 64,
      min: 1,
      max: 4096,
      whole: true,
      value: "N",
      help: "context length: tokens that it sees at once",
    },
    width: {
      type: "number",
      default: 128,
      min: 1,
      whole: true,
      value: "N",
      help: "width of the embedding, a multiple of --heads",
    },
    heads: {
      type: "number",
      default: 4,
      min: 1,
      whole: true,
      value: "N",
      help: "heads of attention",
    },
    layers: {
      type: "number",
      default: 4,
      min: 1,
      whole: true,
      value: "N",
      help: "transformer blocks",
    },
    feedForward: {
      type: "number",
      min: 1,
      whole: true,
      value: "N",
      help: "width of the feed-forward layer; 4 times --width if not given",
    },
    dropout: {
      type: "number",
      default: 0.1,
      min: 0,
      max: 0.99,
      value: "SHARE",
      help: "share of numbers that dropout sets to 0 in training",
    },
    norm: {
      type: "string",
      choices: ["before", "after"],
      default: "before",
      value: "WHERE",
      help: "normalise before or after each part of a block",
    },
    stride: {
      type: "number",
      min: 1,
      whole: true,
      value: "N",
      help: "tokens from one window to the next; half the context if not given",
    },
    validation: {
      type: "number",
      default: 0.15,
      min: 0,
      max: 0.9,
      value: "SHARE",
      help: "of the text, its end, that is held out for validation",
    },
    epochs: {
      type: "number",
      default: 20,
      min: 1,
      max: 10_000,
      whole: true,
      value: "N",
      help: "passes over the text, at most",
    },
    batchRows: {
      type: "number",
      default: 32,
      min: 1,
      whole: true,
      value: "N",
      help: "batch size: windows of a step",
    },
    learningRate: {
      type: "number",
      default: 0.001,
      min: 0,
      value: "N",
      help: "step size of AdamW",
    },
    weightDecay: { type: "number", default: 0.0001, min: 0, value: "N", help: "of AdamW" },
    patience: {
      type: "number",
      default: 8,
      min: 1,
      whole: true,
      value: "N",
      help: "epochs without a lower validation loss, after which it stops",
    },
    seed: { type: "number", default: 0, whole: true, value: "N", help: "where chance starts" },
    threads: {
      type: "number",
      default: 1,
      min: 1,
      max: 64,
      whole: true,
      value: "N",
      help: "processor threads of an operation",
    },
    register: {
      type: "string",
      value: "NAME",
      help: "make a version of a registered model; the first becomes its champion",
    },
    dir,
  },
  examples: [
    "decoder docs README.md --exclude errors.md --register writer",
    "decoder notes.txt --tokeniser word --context 32 --width 64 --layers 2 --epochs 10",
    "decoder docs --exclude errors.md --epochs 3 --json",
  ],
  run: async ({ texts: paths, exclude, dir: folder, register, ...values }, around) => {
    const corpus = await readCorpus(paths, { exclude });
    const { tokeniser: kind, vocabulary, feedForward, stride } = values;
    const { context, width, heads, layers, dropout, norm, validation, epochs } = values;
    const { batchRows, learningRate, weightDecay, patience, seed, threads } = values;
    const model = await around.reporter.stage(
      `decoder ${paths.join(" ")}`,
      (progress) =>
        trainDecoder(corpus.texts, {
          ...{ context, width, heads, layers, dropout, norm, validation, epochs },
          ...{ batchRows, learningRate, weightDecay, patience, seed, threads },
          ...(feedForward === undefined ? {} : { feedForward }),
          ...(stride === undefined ? {} : { stride }),
          tokeniser:
            kind === "word" ? wordTokeniser({ vocabulary }) : bytePairTokeniser({ vocabulary }),
          ...{ progress, signal: around.signal },
          onEpoch: (epoch) => around.reporter.note(epochWords(epoch)),
        }),
      ({ report }) => `${number(report.epochs)} epochs of ${number(report.parameters)} parameters`,
    );
    const { report, network, options } = model;
    await using workspace = await openWorkspace(folder);
    const example = Float32Array.from({ length: options.context }, (_, i) => Number(i > 0));
    const kept = await keepNetwork(workspace, {
      ...{
        experiment: "decoder",
        name: kind,
        history: network.history,
        model: model.served(),
        register,
      },
      params: {
        ...options,
        tokeniser: kind,
        corpus: corpus.hash,
        files: corpus.sources.length,
        seed,
        epochs,
      },
      scores: {
        perplexity: report.perplexity,
        unigram_perplexity: report.unigramPerplexity,
        test_loss: report.validationLoss,
      },
      inputExample: { tokens: Buffer.from(example.buffer).toString("base64") },
    });
    return { report, options, sources: corpus.sources, hash: corpus.hash, ...kept };
  },
  render: ({ report, options, sources, runId, version }) => [
    `texts: ${number(sources.length)} with ${number(report.tokens)} tokens, a vocabulary of ${number(options.vocabulary)}`,
    `windows: ${number(report.trainWindows)} to learn from, ${number(report.validationWindows)} for validation`,
    `parameters: ${number(report.parameters)}`,
    ...(report.perplexity === null || report.unigramPerplexity === null
      ? []
      : [
          `validation perplexity: ${report.perplexity.toFixed(1)} after epoch ${report.bestEpoch}; of frequencies alone ${report.unigramPerplexity.toFixed(1)}`,
        ]),
    `run: ${runId}`,
    ...(version === null
      ? []
      : [
          `model: ${version.name} version ${version.number} (generate ${version.name} "…" goes on with a text)`,
        ]),
  ],
});
