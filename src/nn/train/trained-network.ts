/** @file A network that has been trained: what it tells, and its files. */
import { batch, type Device, emitOnnx, formatOnnx, Graph, ops, type Session, sizeOf, type WeightPrecision, withSmallerWeights } from "../../tensor/index.ts"; // biome-ignore format: a list
import { fail } from "../errors.ts";
import { type FrozenVectors, frozenScope } from "../frozen-scope.ts";
import type { LayerSummary, Network } from "../network.ts";
import { openModel, type RuntimeOptions } from "../runtime.ts";
import { askedRows } from "./asked-rows.ts";
import { checkCodes, checkRows } from "./check-rows.ts";
import { type NetworkRows, openFeed } from "./feed.ts";
import { answered, type LossName } from "./loss.ts";
import { evaluate, type NetworkScores } from "./run-training.ts";
import { evaluationModel } from "./step-graph.ts";
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
   * asked about in runs of a few milliseconds, between which the event loop turns.
   *
   * @param x - Rows one after the other, of the network's input shape; bytes are divided by 255.
   * @throws `nn/mismatch-rows`, `nn/missing-runtime`
   */
  predict(x: Float32Array | Uint8Array): Promise<Float32Array>;
  /** The mean loss of rows and, of classes, the share of right answers. @throws `nn/mismatch-rows`, `nn/missing-runtime` */
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
  let opened: Promise<Session> | undefined;
  let most: number | undefined;
  const onnx = (options?: OnnxOptions): Uint8Array<ArrayBuffer> => exported(parts, options);
  const size = sizeOf(network.inputShape);
  const predict: TrainedNetwork["predict"] = async (x) => {
    if (x.length === 0 || x.length % size !== 0)
      fail("nn/mismatch-rows", {
        at: "predict",
        what: "the length of x",
        expected: `a multiple of ${size}`,
        got: `${x.length}`,
      });
    checkCodes("predict", network, x);
    opened ??= openModel(onnx(), on).catch((error: unknown) => {
      opened = undefined; // it may be there the next time
      throw error;
    });
    const session = await opened;
    const rows = x.length / size;
    const feed = openFeed({
      rows,
      x,
      shape: network.inputShape,
      y: new Float32Array(0),
      labelShape: [0],
    });
    const width = sizeOf(network.outputShape);
    const told = new Float32Array(rows * width);
    most ??= askedRows(network, vectors);
    for (let from = 0; from < rows; from += most) {
      if (from > 0) await new Promise(setImmediate); // others have their turn
      const places = Array.from({ length: Math.min(most, rows - from) }, (_, i) => from + i);
      const { y } = await session.run({ x: feed(places).x });
      told.set(y?.data as Float32Array, from * width);
    }
    return told;
  };
  const close = async (): Promise<void> => {
    const session = await opened;
    opened = undefined;
    await session?.close();
  };
  return {
    ...{ close, [Symbol.asyncDispose]: close },
    ...{
      network,
      loss,
      layers: network.layers,
      history: state.history,
      device,
      state,
      vectors,
      predict,
      onnx,
    },
    evaluate: async (data) => {
      checkRows("evaluate", network, { data, loss });
      const session = await openModel(evaluationModel(network, loss), on);
      try {
        return await evaluate(session, data, vectors);
      } finally {
        await session.close();
      }
    },
  };
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
