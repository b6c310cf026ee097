/** @file A training as data: options checked, graphs written, first weights drawn. */
import { count as countOf, random } from "../../core/index.ts";
import { optimiser } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { draw, fansOf } from "../initialisers.ts";
import type { LayerSpec, Network, WeightSpec } from "../network.ts";
import { checkRuntime } from "../runtime.ts";
import { augmentation } from "./augment.ts";
import { checkRows } from "./check-rows.ts";
import type { NetworkRows } from "./feed.ts";
import type { LossName } from "./loss.ts";
import { slotCounts } from "./optimise.ts";
import { parted } from "./split-rows.ts";
import {
  evaluationModel,
  gradientModel,
  inspectionModel,
  stepModel,
  updateModel,
} from "./step-graph.ts";
import { checkedOptions, type TrainOptions } from "./train-options.ts";
import type { TrainingState, TrainingTask } from "./training.ts";

/** A training as data, once everything was found to fit. */
export function taskOf(network: Network, data: NetworkRows, options: TrainOptions): TrainingTask {
  const settings = checkedOptions(options);
  const { loss, seed, validation, augment, accumulate } = settings;
  checkLogits(network, loss);
  checkRows("train", network, { data, loss });
  const chosen = optimiser(settings.optimiser);
  const rule = { kind: chosen.kind, options: chosen.options };
  const rows =
    typeof validation === "number"
      ? parted(data, validation, seed)
      : { train: data, validation: validation ?? null };
  if (rows.validation !== null)
    checkRows("train (validation)", network, { data: rows.validation, loss });
  if (augment !== null) augmentation(augment, { shape: data.shape, seed }); // refuses rows that are no images
  const leastRows = leastRowsOf(network);
  const least = Math.min(rows.train.rows, settings.batchRows);
  if (rows.train.rows < 1) fail("nn/missing-rows", { at: "train", least: 2, got: data.rows });
  if (least < leastRows)
    fail("nn/missing-rows", {
      at: "train (batchNorm over flat rows, of a batch)",
      least: leastRows,
      got: least,
    });
  const state = options.from ?? started(network, slotCounts[chosen.kind], seed);
  checkState(network, state, slotCounts[chosen.kind]);
  const { clipNorm, l1, l2 } = settings;
  const step = { loss, optimiser: rule, clipNorm, l1, l2, frozen: options.frozen };
  if (
    options.frozen !== undefined &&
    network.weights.every(({ name }) => options.frozen?.(name) === true)
  )
    fail("nn/missing-weights", { weights: network.weights.map(({ name }) => name) });
  const isParted = accumulate > 1;
  return {
    step: stepModel(network, step),
    parts: isParted
      ? { gradient: gradientModel(network, step), update: updateModel(network, step) }
      : null,
    evaluation: evaluationModel(network, loss),
    inspection: {
      model: inspectionModel(network, step),
      layers: network.layers.map(({ name }) => name),
      weights: network.weights.map(({ name, offset, length }) => ({ name, offset, length })),
    },
    on: checkRuntime("train", options),
    ...{ ...rows, state, optimiser: rule, accumulate, leastRows, augment },
    ...{ epochs: settings.epochs, batchRows: settings.batchRows, shuffle: settings.shuffle, seed },
    ...{ threads: settings.threads, schedule: settings.schedule, stopping: settings.stopping },
  };
}

/** Refuses a last layer that makes probabilities, where the loss makes them itself: they would be made twice. */
function checkLogits({ layers }: Network, loss: LossName): void {
  const last = layers.at(-1);
  const act = last?.kind === "activation" ? last.options["name"] : last?.options["activation"];
  const twice =
    loss === "crossEntropy" ? "softmax" : loss === "binaryCrossEntropy" ? "sigmoid" : undefined;
  if (last !== undefined && twice !== undefined && act === twice)
    fail("nn/mismatch-logits", { loss, layer: last.name, activation: twice });
}

/** Rows of which a batch has moments: one where there are more numbers of a feature in a row, two where there is one. */
function leastRowsOf({ layers }: Network): number {
  const isFlat = layers.some(
    ({ kind, options, shape }) => shape.length === 1 && hasBatchNorm({ kind, options }),
  );
  return isFlat ? 2 : 1;
}

/** Whether a layer is batch normalisation, or is around it. */
function hasBatchNorm({ kind, options }: LayerSpec): boolean {
  const inner = options["layers"] as readonly LayerSpec[] | undefined;
  return kind === "batchNorm" || (inner ?? []).some(hasBatchNorm);
}

/** The state before the first step: weights drawn by the seed, each by a stream of its own name. */
export function started(network: Network, slots: number, seed: number): TrainingState {
  const chance = random(seed).stream("weights");
  const filled = (specs: readonly WeightSpec[]): Float32Array => {
    const vector = new Float32Array(specs.reduce((sum, { length }) => sum + length, 0));
    for (const { name, shape, offset, length, initialiser } of specs)
      draw(vector.subarray(offset, offset + length), initialiser, {
        fans: fansOf(shape),
        chance: chance.stream(name),
      });
    return vector;
  };
  return {
    ...{ epoch: 0, step: 0, stopping: null, best: null, history: [] },
    weights: filled(network.weights),
    kept: filled(network.kept),
    slots: Array.from({ length: slots }, () => new Float32Array(network.parameters)),
  };
}

/** Refuses the state of another network or optimiser. @throws `nn/mismatch-checkpoint` */
function checkState(network: Network, state: TrainingState, count: number): void {
  const { parameters } = network;
  const kept = network.kept.reduce((sum, { length }) => sum + length, 0);
  const { slots, best } = state;
  const refuse = (what: string, expected: string, got: string): never =>
    fail("nn/mismatch-checkpoint", { at: "train (from)", what, expected, got });
  if (slots.length !== count)
    refuse("optimiser", countOf(count, "vector"), countOf(slots.length, "vector"));
  const vectors = [
    { what: "weights", expected: parameters, got: state.weights.length },
    { what: "moments that are kept", expected: kept, got: state.kept.length },
    ...slots.map(({ length }) => ({ what: "optimiser", expected: parameters, got: length })),
    ...(best === null
      ? []
      : [
          { what: "best weights", expected: parameters, got: best.weights.length },
          { what: "moments of the best weights", expected: kept, got: best.kept.length },
        ]),
  ];
  for (const { what, expected, got } of vectors)
    if (expected !== got) refuse(what, `${expected} numbers`, `${got} numbers`);
}
