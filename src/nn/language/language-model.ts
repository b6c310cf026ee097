/** @file A language model: a decoder that was trained, with its tokeniser. */
import { checkNumber, formatJson, parseJson } from "../../core/index.ts";
import type { ModelFiles } from "../../flow.ts";
import { fail } from "../errors.ts";
import { loadNetwork, type NetworkModel, networkModel } from "../keep/network-model.ts";
import type { RuntimeOptions } from "../runtime.ts";
import type { TrainedNetwork } from "../train/trained-network.ts";
import { type DecoderSpec, decoderParameters, decoderSpec } from "./decoder.ts";
import {
  type GeneratedPiece,
  type GeneratedText,
  type GenerateOptions,
  generated,
  pieces,
} from "./generate.ts";
import { attentionWeights, decoderOnnx, openNextToken } from "./run-decoder.ts";
import { textWindows } from "./text-windows.ts";
import type { Tokeniser } from "./tokeniser.ts";
import { languageFields, tokeniserOf } from "./tokeniser-of.ts";

/** How a language model was trained, and how well it tells a text that it has not seen. Losses are in nats a token. */
export interface LanguageReport {
  readonly parameters: number;
  readonly tokens: number;
  readonly trainWindows: number;
  readonly validationWindows: number;
  readonly epochs: number;
  /** The epoch whose weights it has. */
  readonly bestEpoch: number;
  /** Of the text that only judges; null where there is none. */
  readonly validationLoss: number | null;
  readonly perplexity: number | null;
  /** What telling every token by its frequency loses on the same text. */
  readonly unigramLoss: number | null;
  readonly unigramPerplexity: number | null;
  readonly seconds: number;
}

/** Where a model looked: of each token of a text at those before it. */
export interface AttentionView {
  /** The tokens as people see them, [t]. */
  readonly tokens: readonly string[];
  /** A row for each token: its weights add up to 1, and those of later tokens are 0. */
  readonly weights: readonly Float32Array[];
  /** From 1 on. */
  readonly layer: number;
  /** From 1 on, or the mean of all. */
  readonly head: number | "mean";
}

/** Which weights are shown. */
export interface AttentionViewOptions {
  /** From 1 on. Default 1. */
  readonly layer?: number;
  /** From 1 on. Default the mean of all. */
  readonly head?: number;
}

/** A trained decoder with its tokeniser. */
export interface LanguageModel {
  readonly tokeniser: Tokeniser;
  readonly options: DecoderSpec;
  readonly network: TrainedNetwork;
  readonly report: LanguageReport;
  /**
   * Goes on where a text ends. The same seed gives the same text on the same machine.
   *
   * @throws `option/out-of-range`, `option/unknown-name`
   */
  generate(prompt: string, options?: GenerateOptions): Promise<GeneratedText>;
  /** The same, piece by piece while it is made. */
  stream(
    prompt: string,
    options?: GenerateOptions,
  ): AsyncGenerator<GeneratedPiece, void, undefined>;
  /** e to the mean loss of a text's tokens: among how many equally likely tokens it has to guess. @throws `nn/missing-text` */
  perplexity(text: string): Promise<number>;
  /** Where it looks at each token of a text, of which the last that fit the context count. @throws `nn/missing-text`, `option/out-of-range` */
  attention(text: string, options?: AttentionViewOptions): Promise<AttentionView>;
  /** An ONNX file: input `x` [n, t] of tokens as reals, output `logits` [n, t, v]. */
  onnx(): Uint8Array<ArrayBuffer>;
  /** The model among others: kept, registered and served; it takes tokens, and tells the chance of each token at each step. */
  served(): NetworkModel;
  /** What `loadLanguageModel` reads: the files of `served`, the tokeniser's among them. */
  files(): ModelFiles;
  /** Gives back what `generate` opened; after it that is refused with `nn/missing-session`. A second time nothing happens. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a language model is made of. */
export interface LanguageParts {
  readonly tokeniser: Tokeniser;
  readonly options: DecoderSpec;
  readonly network: TrainedNetwork;
  readonly report: LanguageReport;
  readonly on?: RuntimeOptions;
}

/** The file that a language model has besides those of its network. */
export const languageFile = "language.json";

/** The model of its parts. */
export function languageModel({
  tokeniser,
  options,
  network,
  report,
  on = {},
}: LanguageParts): LanguageModel {
  const { weights, kept } = network.vectors;
  const trained = { spec: options, weights, kept, on };
  const { next, close } = openNextToken(trained);
  const source = { tokeniser, context: options.context, next };
  const closeAll = async (): Promise<void> => {
    await close();
    await network.close();
  };
  const header = { format: 1, options, tokeniser: tokeniser.state, report };
  const served = (): NetworkModel =>
    networkModel(network, {
      input: "tokens",
      files: { [languageFile]: new TextEncoder().encode(formatJson(header)) },
    });
  return {
    ...{ tokeniser, options, network, report },
    generate: (prompt, asked = {}) => generated(source, prompt, asked),
    stream: (prompt, asked = {}) => pieces(source, prompt, asked),
    perplexity: async (text) => {
      const tokens = tokeniser.encode(text);
      const windows = textWindows(tokens, {
        context: options.context,
        stride: options.context,
        validation: 0,
      });
      return Math.exp((await network.evaluate(windows.train)).loss);
    },
    attention: async (text, { layer = 1, head } = {}) => {
      checkNumber("attention", { layer }, { min: 1, max: options.layers, integer: true });
      if (head !== undefined)
        checkNumber("attention", { head }, { min: 1, max: options.heads, integer: true });
      const tokens = Array.from(tokeniser.encode(text)).slice(-options.context);
      if (tokens.length === 0) fail("nn/missing-text", { at: "attention", got: "no token" });
      const all = (await attentionWeights(trained, tokens))[layer - 1] ?? new Float32Array(0);
      const heads =
        head === undefined ? Array.from({ length: options.heads }, (_, i) => i) : [head - 1];
      return {
        tokens: tokens.map(tokeniser.label),
        weights: rowsOf(all, heads, tokens.length),
        layer,
        head: head ?? "mean",
      };
    },
    onnx: () => decoderOnnx(trained),
    served,
    files: () => served().files(),
    ...{ close: closeAll, [Symbol.asyncDispose]: closeAll },
  };
}

/** The rows of one head, or the mean of several. */
function rowsOf(all: Float32Array, heads: readonly number[], t: number): readonly Float32Array[] {
  return Array.from({ length: t }, (_, row) =>
    Float32Array.from(
      { length: t },
      (_, column) =>
        heads.reduce((sum, h) => sum + (all[(h * t + row) * t + column] ?? 0), 0) / heads.length,
    ),
  );
}

/**
 * The language model of its files: it tells the same, to the last bit on the same machine.
 *
 * @throws `nn/corrupt-language`, `nn/corrupt-files`, `nn/unsupported-format`
 */
export function loadLanguageModel(files: ModelFiles): LanguageModel {
  const bytes =
    files[languageFile] ??
    fail("nn/corrupt-language", { field: languageFile, expected: "a file", got: "none" });
  const fields = languageFields(
    parseJson(new TextDecoder().decode(bytes), languageFile),
    "the model",
  );
  if (fields.number("format") !== 1)
    fail("nn/corrupt-language", {
      field: "format",
      expected: "1",
      got: `${fields.number("format")}`,
    });
  const tokeniser = tokeniserOf(fields.value["tokeniser"]);
  const read = fields.fields("options");
  const norm = read.text("norm") === "after" ? "after" : "before";
  const number = (name: string): number => read.number(name);
  const options = decoderSpec({
    vocabulary: number("vocabulary"),
    context: number("context"),
    width: number("width"),
    heads: number("heads"),
    layers: number("layers"),
    feedForward: number("feedForward"),
    dropout: number("dropout"),
    norm,
  });
  if (options.vocabulary !== tokeniser.vocabulary)
    fail("nn/corrupt-language", {
      field: "options.vocabulary",
      expected: `${tokeniser.vocabulary}, as the tokeniser has`,
      got: `${options.vocabulary}`,
    });
  const { trained: network } = loadNetwork(files);
  const [expected, got] = [decoderParameters(options), network.network.parameters];
  if (expected !== got)
    fail("nn/corrupt-language", {
      field: "options",
      expected: `those of ${got} parameters`,
      got: `${expected}`,
    });
  return languageModel({ tokeniser, options, network, report: reportOf(fields.fields("report")) });
}

type ReportFields = ReturnType<ReturnType<typeof languageFields>["fields"]>;

function reportOf(fields: ReportFields): LanguageReport {
  return {
    parameters: fields.number("parameters"),
    tokens: fields.number("tokens"),
    trainWindows: fields.number("trainWindows"),
    validationWindows: fields.number("validationWindows"),
    epochs: fields.number("epochs"),
    bestEpoch: fields.number("bestEpoch"),
    validationLoss: fields.numberOrNull("validationLoss"),
    perplexity: fields.numberOrNull("perplexity"),
    unigramLoss: fields.numberOrNull("unigramLoss"),
    unigramPerplexity: fields.numberOrNull("unigramPerplexity"),
    seconds: fields.number("seconds"),
  };
}
