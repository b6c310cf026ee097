/** @file What updates weights: a step that is one graph, or gradients of parts and then the update. */
import type { Runtime, Session, Values } from "../../tensor/index.ts";
import { firstNotFinite } from "./inspect.ts";
import { scalarsAt } from "./optimise.ts";
import { openWorkers } from "./parallel/workers.ts";
import { howToOpen, number, openBatches, openGathering, toldInto, vector } from "./parts.ts";
import type { UpdateAt, Updater, Vectors } from "./steps.ts";
import type { TrainingTask } from "./training.ts";

/** The updater that a training asks for. */
export const openUpdater = (task: TrainingTask, runtime: Runtime): Promise<Updater> =>
  task.parts === null ? openWhole(task, runtime) : openParted(task, runtime);

/** Two sets of vectors: one is read while the other is written. */
function openVectors({ state }: TrainingTask) {
  const copied = (): Vector[] =>
    [state.weights, ...state.slots].map((one, i) => ({
      name: i === 0 ? "weights" : `slot ${i - 1}`,
      reals: one.slice(),
    }));
  let [now, next] = [copied(), copied()];
  const fed = (vectors: readonly Vector[], prefix = ""): Record<string, Values> =>
    Object.fromEntries(vectors.map(({ name, reals }) => [`${prefix}${name}`, vector(reals)]));
  return {
    feeds: (): Record<string, Values> => fed(now),
    into: (): Record<string, Values> => fed(next, "next "),
    take: (told: Readonly<Record<string, Values>>): void => {
      const written = next.map(({ name, reals }) => ({
        name,
        reals: realsIn(told[`next ${name}`]) ?? reals,
      }));
      [now, next] = [written, now];
    },
    weights: (): Float32Array => now[0]?.reals ?? state.weights,
    slots: (): readonly Float32Array[] => now.slice(1).map(({ reals }) => reals),
  };
}

interface Vector {
  readonly name: string;
  readonly reals: Float32Array;
}

/** The reals that a run has told. */
const realsIn = (values: Values | undefined): Float32Array | undefined =>
  values?.data instanceof Float32Array ? values.data : undefined;

/** The numbers of a step's optimiser, as feeds. */
const scalars = (
  { optimiser }: TrainingTask,
  { learningRate, step }: UpdateAt,
): Record<string, Values> =>
  Object.fromEntries(
    Object.entries(scalarsAt(optimiser.options, learningRate, step + 1)).map(([name, value]) => [
      name,
      number(value),
    ]),
  );

const areFinite = (...numbers: readonly number[]): boolean => numbers.every(Number.isFinite);

/** Names the first place that is not finite, by a run of the whole batch. */
function inspector(task: TrainingTask, runtime: Runtime, vectors: () => Vectors) {
  return ({ places, epoch, step }: UpdateAt): Promise<string> => {
    const { weights, kept } = vectors();
    const rows = openBatches(task)({ places, epoch, step, from: 0, to: places.length });
    return firstNotFinite(
      task.inspection,
      { ...rows, weights: vector(weights), kept: vector(kept) },
      runtime,
    );
  };
}

async function openWhole(task: TrainingTask, runtime: Runtime): Promise<Updater> {
  const session = await runtime.open(task.step.bytes, howToOpen(task));
  const batches = openBatches(task);
  const held = openVectors(task);
  let { kept } = task.state;
  const vectors = (): Vectors => ({ weights: held.weights(), slots: held.slots(), kept });
  return {
    device: session.device,
    update: async (at) => {
      const rows = batches({ ...at, from: 0, to: at.places.length });
      const feeds = { ...rows, ...scalars(task, at), ...held.feeds(), kept: vector(kept) };
      const told = await session.run(feeds, { ...held.into(), ...toldInto(task), norm: number(0) });
      const { loss, norm, accuracy } = toldNumbers(told);
      if (areFinite(loss, norm)) {
        held.take(told);
        kept = realsIn(told["next kept"]) ?? kept;
      }
      return { loss, norm, accuracy };
    },
    vectors,
    inspect: inspector(task, runtime, vectors),
    close: () => session.close(),
  };
}

const toldNumbers = (told: Readonly<Record<string, Values>>) => {
  const accuracy = told["accuracy"]?.data[0];
  return {
    loss: Number(told["loss"]?.data[0]),
    norm: Number(told["norm"]?.data[0]),
    accuracy: accuracy === undefined ? null : Number(accuracy),
  };
};

async function openParted(task: TrainingTask, runtime: Runtime): Promise<Updater> {
  const { parts } = task;
  const open = (model: Uint8Array): Promise<Session> => runtime.open(model, howToOpen(task));
  const none = new Uint8Array(0);
  const [part, update] = [await open(parts?.gradient ?? none), await open(parts?.update ?? none)];
  const workers = await openWorkers(task, openGathering(task, part)).catch(
    async (error: unknown) => {
      await part.close();
      await update.close();
      throw error;
    },
  );
  const held = openVectors(task);
  let { kept } = task.state;
  const vectors = (): Vectors => ({ weights: held.weights(), slots: held.slots(), kept });
  return {
    device: part.device,
    update: async (at) => {
      const gathered = await workers.gather(
        { ...at, from: 0, to: at.places.length },
        held.weights(),
        kept,
      );
      const feeds = { ...scalars(task, at), ...held.feeds(), gradient: vector(gathered.gradient) };
      const told = await update.run(feeds, { ...held.into(), norm: number(0) });
      const [loss, norm] = [gathered.loss, Number(told["norm"]?.data[0])];
      if (areFinite(loss, norm)) {
        held.take(told);
        kept = gathered.kept;
      }
      return { loss, norm, accuracy: gathered.accuracy };
    },
    vectors,
    inspect: inspector(task, runtime, vectors),
    close: async () => {
      await workers.close();
      await part.close();
      await update.close();
    },
  };
}
