/** @file Training a decoder on texts: tokens, windows, AdamW, early stopping, and the frequency of tokens to be held against. */
import { checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import type { RuntimeOptions } from "../runtime.ts";
import { train } from "../train/train.ts";
import type { TrainOptions } from "../train/train-options.ts";
import type { NetworkEpoch } from "../train/training.ts";
import { bytePairTokeniser } from "./byte-pair-tokeniser.ts";
import { checkTexts } from "./check-texts.ts";
import { type DecoderOptions, decoder, decoderSpec } from "./decoder.ts";
import { type LanguageModel, languageModel } from "./language-model.ts";
import { type TextWindowsOptions, textWindows, unigramLoss } from "./text-windows.ts";
import { specials, type Tokeniser, type TokeniserRule } from "./tokeniser.ts";

/** Options of {@link trainDecoder}: sizes of the decoder, windows of the text, and the training. */
export interface TrainDecoderOptions
  extends Partial<Omit<DecoderOptions, "vocabulary">>,
    Omit<TextWindowsOptions, "context">,
    RuntimeOptions,
    LongWork {
  /** How text becomes tokens; one that has not seen a text yet sees these. Default `bytePairTokeniser()`. */
  readonly tokeniser?: Tokeniser | TokeniserRule;
  /** Times that every window is seen at most, ≥ 1. Default 20. */
  readonly epochs?: number;
  /** Windows of a step, ≥ 1. Default 32. */
  readonly batchRows?: number;
  /** Of AdamW, > 0. Default 0.001. */
  readonly learningRate?: number;
  /** Of AdamW, ≥ 0. Default 1e-4. */
  readonly weightDecay?: number;
  /** Epochs without a lower validation loss after which it ends, ≥ 1; the best weights come back. Default 8. */
  readonly patience?: number;
  /** Of the first weights, the order of windows and dropout. Default 0. */
  readonly seed?: number;
  /** Threads within an operation, ≥ 1. Default 1. */
  readonly threads?: number;
  /** Called after each epoch, and waited for; `false` ends the training. */
  readonly onEpoch?: (epoch: NetworkEpoch) => unknown;
}

const sizes = ["context", "width", "heads", "layers", "feedForward", "dropout", "norm"];
const known = [
  ...sizes,
  "stride",
  "validation",
  "blocks",
  "runtime",
  "provider",
  "signal",
  "progress",
  "tokeniser",
  "epochs",
  "batchRows",
  "learningRate",
  "weightDecay",
  "patience",
  "seed",
  "threads",
  "onEpoch",
];

/**
 * Trains a decoder on texts, which follow each other with the token of an end between them. The end of the text (or of each of its `blocks`)
 * only judges; the vocabulary is of the whole. By default 4 layers of width 128 with 4 heads over 64 tokens.
 *
 * @param corpus - One text, or several.
 * @param options - See {@link TrainDecoderOptions}; progress is told in batches.
 * @throws `nn/missing-text`, `nn/mismatch-layer`, `nn/missing-runtime`, `nn/failed-training`, `option/out-of-range`, `option/unknown-name`
 * @see Loshchilov & Hutter, ICLR 2019 (AdamW).
 */
export async function trainDecoder(
  corpus: string | readonly string[],
  options: TrainDecoderOptions = {},
): Promise<LanguageModel> {
  const started = performance.now();
  checkNames("trainDecoder", options, known);
  const { context = 64, width = 128, heads = 4, layers = 4, patience = 8 } = options;
  const { feedForward = 4 * width, dropout = 0.1, norm = "before" } = options;
  const { stride = Math.ceil(context / 2), validation: share = 0.15, blocks = 1 } = options;
  checkNumber("trainDecoder", { patience }, { min: 1, integer: true });
  const texts = checkTexts("trainDecoder", corpus);
  const { tokeniser: asked = bytePairTokeniser() } = options;
  const tokeniser = "fit" in asked ? asked.fit(texts) : asked;
  const { vocabulary } = tokeniser;
  const spec = decoderSpec({
    vocabulary,
    context,
    width,
    heads,
    layers,
    feedForward,
    dropout,
    norm,
  });
  const tokens = tokensOf(tokeniser, texts);
  const windows = textWindows(tokens, { context, stride, validation: share, blocks });
  const { train: rows, validation } = windows;
  const { runtime, provider } = options;
  const on = {
    ...(runtime === undefined ? {} : { runtime }),
    ...(provider === undefined ? {} : { provider }),
  };
  const judged = validation === null ? {} : { validation, stopping: { patience } };
  const network = await train(decoder(spec), rows, { ...trainingOf(options), ...judged, ...on });
  const loss = validation === null ? null : (await network.evaluate(validation)).loss;
  const baseline = unigramLoss(tokens, windows, vocabulary);
  const report = {
    ...{ parameters: network.network.parameters, tokens: tokens.length },
    ...{ trainWindows: rows.rows, validationWindows: validation?.rows ?? 0 },
    ...{
      epochs: network.history.length,
      bestEpoch: network.state.stopping?.bestEpoch ?? network.history.length,
    },
    ...{ validationLoss: loss, perplexity: loss === null ? null : Math.exp(loss) },
    ...{ unigramLoss: baseline, unigramPerplexity: baseline === null ? null : Math.exp(baseline) },
    seconds: (performance.now() - started) / 1000,
  };
  return languageModel({ tokeniser, options: spec, network, report, on });
}

/** Options of the training itself. */
function trainingOf(options: TrainDecoderOptions): TrainOptions {
  const { epochs = 20, batchRows = 32, seed = 0, threads = 1, signal, progress, onEpoch } = options;
  const { learningRate = 0.001, weightDecay = 1e-4 } = options;
  return {
    loss: "crossEntropy",
    optimiser: { kind: "adamw", learningRate, weightDecay },
    ...{ clipNorm: 1, epochs, batchRows, seed, threads },
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
    ...(onEpoch === undefined ? {} : { onEpoch }),
  };
}

/** All texts as tokens, an end after each but the last. */
function tokensOf(tokeniser: Tokeniser, texts: readonly string[]): Int32Array {
  const parts = texts.filter((text) => text.trim() !== "").map((text) => tokeniser.encode(text));
  return Int32Array.from(parts.flatMap((part, i) => [...(i === 0 ? [] : [specials.end]), ...part]));
}
