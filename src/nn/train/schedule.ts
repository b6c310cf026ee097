/** @file Learning-rate schedules: which share of the learning rate a step has. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";

/** How the learning rate changes from step to step. */
export interface ScheduleOptions {
  /**
   * "constant"; "step": times `factor` after every `every` epochs; "exponential": times `factor` with each epoch; "cosine": along half a
   * cosine to 0 at the end; "linear": along a line to 0 at the end. Default "constant".
   */
  readonly kind?: "constant" | "step" | "exponential" | "cosine" | "linear";
  /** Above 0 to 1. Default 0.1 of "step", 0.95 of "exponential". */
  readonly factor?: number;
  /** Epochs between steps, ≥ 1. Default 10. */
  readonly every?: number;
  /** First steps over which the rate rises from 0, ≥ 0. Default 0. */
  readonly warmUp?: number;
}

/** Where training stands. */
export interface Progressed {
  /** Steps done, and steps in all. */
  readonly step: number;
  readonly steps: number;
  /** Steps of an epoch. */
  readonly perEpoch: number;
}

const names = ["constant", "step", "exponential", "cosine", "linear"] as const;

/** The share of the learning rate at a step. @throws `option/out-of-range`, `option/unknown-name` */
export function schedule(options: ScheduleOptions = {}): (at: Progressed) => number {
  checkNames("schedule", options, ["kind", "factor", "every", "warmUp"]);
  const { kind = "constant", every = 10, warmUp = 0 } = options;
  const { factor = kind === "step" ? 0.1 : 0.95 } = options;
  checkChoice("schedule", { kind }, names);
  checkNumber("schedule", { factor }, { above: 0, max: 1 });
  checkNumber("schedule", { every }, { min: 1, integer: true });
  checkNumber("schedule", { warmUp }, { min: 0, integer: true });
  const shares: Readonly<Record<(typeof names)[number], (at: Progressed) => number>> = {
    constant: () => 1,
    step: ({ step, perEpoch }) => factor ** Math.floor(step / perEpoch / every),
    exponential: ({ step, perEpoch }) => factor ** Math.floor(step / perEpoch),
    cosine: (at) => (1 + Math.cos(Math.PI * passed(at, warmUp))) / 2,
    linear: (at) => 1 - passed(at, warmUp),
  };
  return (at) => shares[kind](at) * (at.step < warmUp ? (at.step + 1) / warmUp : 1);
}

/** The share of the steps after the warm-up that is done. */
const passed = ({ step, steps }: Progressed, warmUp: number): number =>
  Math.min(1, Math.max(0, step - warmUp) / Math.max(1, steps - warmUp));
