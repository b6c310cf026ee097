/** @file Options of commands that train networks: the optimiser, its schedule, and what computes. */
import type { TrainOptions } from "../../nn/index.ts";
import type { OptionSpecs } from "../command.ts";
import { fail } from "../errors.ts";

const optimisers = ["adam", "adamw", "sgd", "momentum", "rmsprop", "adagrad"] as const;
const schedules = ["constant", "step", "exponential", "cosine", "linear"] as const;
const providers = ["cpu", "cuda", "webgpu", "wasm"] as const;

/** How long is learned, where nothing ends it before. */
export const epochsOption = {
  type: "number",
  default: 10,
  min: 1,
  max: 10_000,
  whole: true,
  value: "N",
  help: "passes over the images to learn from, at most",
} as const;

/** How weights are moved. */
export const optimiserOptions = {
  optimiser: {
    type: "string",
    choices: optimisers,
    default: "adam",
    value: "NAME",
    help: "how a gradient changes the weights; momentum is SGD with it",
  },
  learningRate: {
    type: "number",
    default: 0.001,
    min: 0,
    value: "N",
    help: "step size of the optimiser",
  },
  momentum: {
    type: "number",
    min: 0,
    max: 0.9999,
    value: "SHARE",
    help: "of the last step that goes on, with --optimiser momentum; 0.9 if not given",
  },
  weightDecay: {
    type: "number",
    min: 0,
    value: "SHARE",
    help: "of each weight that a step takes away, times the learning rate, with --optimiser adamw; 0.01 if not given",
  },
  schedule: {
    type: "string",
    choices: schedules,
    default: "constant",
    value: "NAME",
    help: "how the learning rate falls: times 0.1 every 10 epochs (step), times 0.95 an epoch (exponential), along half a cosine or a line to 0",
  },
  clipNorm: {
    type: "number",
    min: 0,
    value: "NORM",
    help: "cut the gradient of a step to this norm; not cut if not given",
  },
} as const satisfies OptionSpecs;

/** What computes. */
export const deviceOptions = {
  provider: {
    type: "string",
    choices: providers,
    default: "cpu",
    value: "NAME",
    help: "what computes; where cuda or webgpu is not there the processor takes its place, and the result says why; wasm needs no binary",
  },
  threads: {
    type: "number",
    default: 1,
    min: 1,
    max: 64,
    whole: true,
    value: "N",
    help: "processor threads of an operation: more pay where layers are wide or batches large, and cost where both are small; another number may round otherwise; wasm has one",
  },
} as const satisfies OptionSpecs;

/** What {@link optimiserOptions} and {@link deviceOptions} were given. */
export interface TrainingValues {
  readonly optimiser: (typeof optimisers)[number];
  readonly learningRate: number;
  readonly momentum: number | undefined;
  readonly weightDecay: number | undefined;
  readonly schedule: (typeof schedules)[number];
  readonly clipNorm: number | undefined;
  readonly provider: (typeof providers)[number];
  readonly threads: number;
}

type Chosen = Pick<TrainOptions, "schedule" | "clipNorm" | "runtime" | "provider" | "threads"> &
  Required<Pick<TrainOptions, "optimiser">>;

/** The options of a training. @throws `cli/mismatch-option` of an option that the optimiser has not, or that can do nothing */
export function trainingOptions(command: string, values: TrainingValues): Chosen {
  const { schedule: kind, clipNorm, provider, threads } = values;
  if (clipNorm === 0)
    fail("cli/mismatch-option", {
      command,
      option: "clip-norm",
      expected: "a norm above 0",
      got: "0",
    });
  return {
    optimiser: optimiserOf(command, values),
    schedule: { kind },
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(provider === "wasm" ? { runtime: "wasm" } : { provider }),
    threads,
  };
}

/** @throws `cli/mismatch-option` */
function optimiserOf(
  command: string,
  { optimiser: kind, learningRate, momentum, weightDecay }: TrainingValues,
): Chosen["optimiser"] {
  const refuse = (option: string, takes: string, value: number): never =>
    fail("cli/mismatch-option", {
      ...{ command, option, expected: `to stand beside --optimiser ${takes}` },
      got: `${value} with --optimiser ${kind}`,
    });
  if (momentum !== undefined && kind !== "momentum") refuse("momentum", "momentum", momentum);
  if (weightDecay !== undefined && kind !== "adamw") refuse("weight-decay", "adamw", weightDecay);
  if (kind === "momentum")
    return { kind, learningRate, ...(momentum === undefined ? {} : { momentum }) };
  if (kind === "adamw")
    return { kind, learningRate, ...(weightDecay === undefined ? {} : { weightDecay }) };
  return { kind, learningRate };
}
