/** @file A training as data: options checked, graphs written, first weights drawn. */
import { count as countOf, random } from "../../core/index.ts";
import { optimiser } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { draw, fansOf } from "../initialisers.ts";
import { specsOf } from "../keep/layer-of.ts";
import type { LayerSpec, Network, WeightSpec } from "../network.ts";
import { checkRuntime } from "../runtime.ts";
import { augmentation } from "./augment.ts";
import { checkRows } from "./check-rows.ts";
import type { NetworkRows } from "./feed.ts";
import type { LossName } from "./loss.ts";
import { slotCounts } from "./optimise.ts";
import { learnedRows, partedTask } from "./split-rows.ts";
import {
  evaluationModel,
  gradientModel,
  inspectionModel,
  stepModel,
  updateModel,
} from "./step-graph.ts";
import { checkedOptions, type TrainOptions } from "./train-options.ts";
import type { TrainingOrder, TrainingState, TrainingTask } from "./training.ts";
import { openTurns } from "./turns.ts";

/** A training as data in one process, once everything was found to fit. */
export const taskOf = async (
  network: Network,
  data: NetworkRows,
  options: TrainOptions,
): Promise<TrainingTask> => partedTask(await orderOf(network, data, options));

/** A training as data, once everything was found to fit. Long checks are done in slices, between which the event loop turns. */
export async function orderOf(
  network: Network,
  data: NetworkRows,
  options: TrainOptions,
): Promise<TrainingOrder> {
  const settings = checkedOptions(options);
  const { loss, seed, validation: judged = null, augment, accumulate, workers } = settings;
  checkLogits(network, loss);
  checkFrozen(network, options);
  await checkRows("train", network, { data, loss });
  const isShare = typeof judged === "number";
  if (!isShare && judged !== null)
    await checkRows("train (validation)", network, { data: judged, loss });
  if (isShare && data.rows < 2) fail("nn/missing-rows", { at: "train", least: 2, got: data.rows });
  if (augment !== null) augmentation(augment, { shape: data.shape, seed }); // refuses rows that are no images
  const leastRows = leastRowsOf(network);
  const least = Math.min(learnedRows({ data, judged }), settings.batchRows);
  if (least < leastRows)
    fail("nn/missing-rows", {
      at: "train (batchNorm over flat rows, of a batch)",
      least: leastRows,
      got: least,
    });
  const { kind, options: numbers } = optimiser(settings.optimiser);
  const state = options.from ?? (await startedInTurns(network, slotCounts[kind], seed));
  checkState(network, state, slotCounts[kind]);
  return {
    ...(await modelsOf(network, settings, options.frozen)),
    on: checkRuntime("train", options),
    ...{ data, judged, state, accumulate, workers, leastRows, augment },
    optimiser: { kind, options: numbers },
    ...{ epochs: settings.epochs, batchRows: settings.batchRows, shuffle: settings.shuffle, seed },
    ...{ threads: settings.threads, schedule: settings.schedule, stopping: settings.stopping },
  };
}

/** The training from a state that was kept. @throws `nn/mismatch-checkpoint` */
export function goingOn(
  network: Network,
  order: TrainingOrder,
  state: TrainingState,
): TrainingOrder {
  checkState(network, state, slotCounts[order.optimiser.kind]);
  return { ...order, state };
}

/** The graphs of a training, with a turn of the event loop between them. */
async function modelsOf(
  network: Network,
  settings: ReturnType<typeof checkedOptions>,
  frozen: TrainOptions["frozen"],
) {
  const { loss, clipNorm, l1, l2, accumulate, workers } = settings;
  const { kind, options } = optimiser(settings.optimiser);
  const how = { loss, optimiser: { kind, options }, clipNorm, l1, l2, frozen };
  const turn = openTurns(4);
  const step = stepModel(network, how);
  await turn();
  const evaluation = evaluationModel(network, loss);
  await turn();
  const model = inspectionModel(network, how);
  await turn();
  const parts =
    accumulate > 1 || workers > 1
      ? { gradient: gradientModel(network, how), update: updateModel(network, how) }
      : null;
  const inspection = {
    model,
    layers: network.layers.map(({ name }) => name),
    weights: network.weights.map(({ name, offset, length }) => ({ name, offset, length })),
  };
  return { step, parts, evaluation, inspection };
}

/** Refuses a training in which nothing moves. */
function checkFrozen({ weights }: Network, { frozen }: TrainOptions): void {
  if (frozen !== undefined && weights.every(({ name }) => frozen(name)))
    fail("nn/missing-weights", { weights: weights.map(({ name }) => name) });
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
  const inner = specsOf(options["layers"]) ?? [];
  return kind === "batchNorm" || inner.some(hasBatchNorm);
}

/** The state before the first step: weights drawn by the seed, each by a stream of its own name. */
export function started(network: Network, slots: number, seed: number): TrainingState {
  const state = zeros(network, slots);
  for (const draw of drawsOf(network, state, seed)) draw();
  return state;
}

/** As {@link started}, with turns of the event loop between weights. */
async function startedInTurns(
  network: Network,
  slots: number,
  seed: number,
): Promise<TrainingState> {
  const state = zeros(network, slots);
  const turn = openTurns(4);
  for (const draw of drawsOf(network, state, seed)) {
    draw();
    await turn();
  }
  return state;
}

function zeros(network: Network, slots: number): TrainingState {
  const kept = network.kept.reduce((sum, { length }) => sum + length, 0);
  return {
    ...{ epoch: 0, step: 0, stopping: null, best: null, history: [] },
    ...{ weights: new Float32Array(network.parameters), kept: new Float32Array(kept) },
    slots: Array.from({ length: slots }, () => new Float32Array(network.parameters)),
  };
}

/** What draws each weight into its place. */
function drawsOf(
  network: Network,
  { weights, kept }: TrainingState,
  seed: number,
): readonly (() => void)[] {
  const chance = random(seed).stream("weights");
  const into =
    (vector: Float32Array) =>
    ({ name, shape, offset, length, initialiser }: WeightSpec) =>
    (): void => {
      const fans = fansOf(shape);
      draw(vector.subarray(offset, offset + length), initialiser, {
        fans,
        chance: chance.stream(name),
      });
    };
  return [...network.weights.map(into(weights)), ...network.kept.map(into(kept))];
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
