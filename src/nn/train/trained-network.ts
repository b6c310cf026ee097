/** @file A network that has been trained: what it tells, and its files. */
import {
  batch,
  type Device,
  emitOnnx,
  formatOnnx,
  Graph,
  ops,
  sizeOf,
  type WeightPrecision,
  withSmallerWeights,
} from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { type FrozenVectors, frozenScope } from "../frozen-scope.ts";
import type { LayerSummary, Network } from "../network.ts";
import type { RuntimeOptions } from "../runtime.ts";
import { type Answers, openAnswers } from "./answers.ts";
import { type AskedRows, askedRows } from "./asked-rows.ts";
import { checkCodes, checkRows } from "./check-rows.ts";
import { type NetworkRows, openFeed } from "./feed.ts";
import { answered, type LossName, lossOf } from "./loss.ts";
import { evaluate, type NetworkScores } from "./run-training.ts";
import type { NetworkEpoch, TrainingState } from "./training.ts";

/** A network with its weights. */
export interface TrainedNetwork {
  readonly network: Network;
  readonly loss: LossName;
  readonly layers: readonly LayerSummary[];
  readonly history: readonly NetworkEpoch[];
  /** What it was trained on, and why not on the accelerator that was asked for; null of a network that was not trained here. */
  readonly device: Device | null;
  /** What it answers with: the weights of the last epoch, or of the best where early stopping gave them back. */
  readonly vectors: FrozenVectors;
  /** Everything a training needs to go on from where it ended; its weights are those of the last epoch. */
  readonly state: TrainingState;
  /**
   * What the network says of rows, [n, …output]: probabilities of classes or of truth by its loss, numbers as they are. Many rows are
   * asked about in runs of a few milliseconds, between which the event loop turns. Where one row takes longer than 20 ms (counted by
   * its products, or measured), the answers are told from a process of their own, so that the caller's event loop stays free.
   *
   * @param x - Rows one after the other, of the network's input shape; bytes are divided by 255.
   * @throws `nn/mismatch-rows`, `nn/missing-runtime`
   */
  predict(x: Float32Array | Uint8Array): Promise<Float32Array>;
  /** The mean loss of rows and, of classes, the share of right answers, in runs as those of `predict`. @throws `nn/mismatch-rows`, `nn/missing-runtime` */
  evaluate(data: NetworkRows): Promise<NetworkScores>;
  /** The network as an ONNX file: input `x` [n, …], output `y`, as `predict` gives it. */
  onnx(options?: OnnxOptions): Uint8Array<ArrayBuffer>;
  /** Gives back what `predict` opened; it opens it again when it is asked. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a trained network's ONNX file takes and gives. */
export interface OnnxOptions {
  /** The name of its input. Default "x". */
  readonly input?: string;
  /** The name of its output. Default "y". */
  readonly output?: string;
  /** Whether it takes bytes, 0 to 255, and divides them by 255 itself. Default false: numbers. */
  readonly bytes?: boolean;
  /**
   * How weights are written: "float16" halves the file and "int8" makes it a quarter, with a scale for each column or kernel. What is
   * computed stays float32. Default "float32".
   */
  readonly weights?: "float32" | WeightPrecision;
}

/** What a trained network is made of. */
export interface TrainedParts {
  readonly network: Network;
  readonly loss: LossName;
  readonly state: TrainingState;
  /** What it answers with, where that is not the state's weights. */
  readonly vectors?: FrozenVectors;
  /** What it runs on when it is asked; see {@link RuntimeOptions}. */
  readonly on?: RuntimeOptions;
  readonly device?: Device | null;
}

/** The trained network of a state. */
export function trainedNetwork(parts: TrainedParts): TrainedNetwork {
  const { network, loss, state, on = {}, device = null } = parts;
  const vectors = vectorsOf(parts);
  const onnx = (options?: OnnxOptions): Uint8Array<ArrayBuffer> => exported(parts, options);
  let [asked, answers]: [AskedRows | undefined, Answers | undefined] = [undefined, undefined];
  const rowsOf = (): AskedRows => {
    asked ??= askedRows(network, vectors);
    return asked;
  };
  const predict: TrainedNetwork["predict"] = async (x) => {
    await checkAsked(network, x);
    const { atOnce, isLong } = rowsOf();
    answers ??= openAnswers({ model: onnx, on, isLong });
    return predicted({ network, x, atOnce, answers });
  };
  const close = async (): Promise<void> => {
    const before = answers;
    answers = undefined;
    await before?.close();
  };
  return {
    ...{ close, [Symbol.asyncDispose]: close },
    ...{ network, loss, layers: network.layers, history: state.history },
    ...{ device, state, vectors, predict, onnx },
    evaluate: async (data) => {
      await checkRows("evaluate", network, { data, loss });
      const { atOnce, isLong } = rowsOf();
      const judging = openAnswers({ model: () => judgingModel(parts), on, isLong });
      try {
        return await evaluate(judging, data, { atOnce, turn });
      } finally {
        await judging.close();
      }
    },
  };
}

/** Others have their turn. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Refuses what is no rows of the network. @throws `nn/mismatch-rows` */
async function checkAsked(network: Network, x: Float32Array | Uint8Array): Promise<void> {
  const size = sizeOf(network.inputShape);
  if (x.length === 0 || x.length % size !== 0)
    fail("nn/mismatch-rows", {
      at: "predict",
      what: "the length of x",
      expected: `a multiple of ${size}`,
      got: `${x.length}`,
    });
  await checkCodes("predict", network, x);
}

interface Asking {
  readonly network: Network;
  readonly x: Float32Array | Uint8Array;
  readonly atOnce: number;
  readonly answers: Answers;
}

/** The answers to rows, in runs with a turn of the event loop between them. */
async function predicted({ network, x, atOnce, answers }: Asking): Promise<Float32Array> {
  const rows = x.length / sizeOf(network.inputShape);
  const shape = network.inputShape;
  const feed = openFeed({ rows, x, shape, y: new Float32Array(0), labelShape: [0] });
  const width = sizeOf(network.outputShape);
  const told = new Float32Array(rows * width);
  for (let from = 0; from < rows; from += atOnce) {
    if (from > 0) await turn();
    const places = Array.from({ length: Math.min(atOnce, rows - from) }, (_, i) => from + i);
    const { y } = await answers.run({ x: feed(places).x });
    if (y?.data instanceof Float32Array) told.set(y.data, from * width);
  }
  return told;
}

/** What rows lose and whether their answers are right, with the weights as constants. */
function judgingModel({ network, loss, ...parts }: TrainedParts): Uint8Array<ArrayBuffer> {
  const graph = new Graph();
  const { scope, values } = frozenScope(graph, network, vectorsOf(parts));
  const out = network.build(graph.input("x", [batch, ...network.inputShape]), scope);
  const { lost, right, counted } = lossOf(loss, out, graph);
  const outputs = {
    lost,
    ...(right === undefined ? {} : { right }),
    ...(counted === undefined ? {} : { counted }),
  };
  return formatOnnx(emitOnnx(graph, outputs, { weights: values }));
}

const vectorsOf = ({ vectors, state }: Pick<TrainedParts, "vectors" | "state">): FrozenVectors =>
  vectors ?? { weights: state.weights, kept: state.kept };

/** The forward graph with its weights as constants. */
function exported(
  { network, loss, ...parts }: TrainedParts,
  { input = "x", output = "y", bytes = false, weights: precision = "float32" }: OnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  const graph = new Graph();
  const { scope, values } = frozenScope(graph, network, vectorsOf(parts));
  const given = graph.input(input, [batch, ...network.inputShape], bytes ? "uint8" : "float");
  const x = bytes ? ops.divide(ops.toFloat(given), graph.scalar(255)) : given; // what a feed does with bytes
  const told = answered(loss, network.build(x, scope));
  const metadata = { producer: "millrace", loss };
  const model = emitOnnx(graph, { [output]: told }, { weights: values, metadata });
  return formatOnnx(precision === "float32" ? model : withSmallerWeights(model, precision));
}
