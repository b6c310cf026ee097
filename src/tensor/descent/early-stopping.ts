/** @file When to stop: a metric that no longer gets better. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** Which metric of an epoch is watched. Default "validationLoss" where there is one, else "loss". */
  readonly monitor?: string;
  /** Epochs without anything better before it stops, ≥ 1. Default 10. */
  readonly patience?: number;
  /** First epochs that are not judged, ≥ 0. Default 0. */
  readonly warmUp?: number;
  /** What counts as better: by more than this, ≥ 0. Default 0. */
  readonly minDelta?: number;
  /** Whether minDelta is a share of the best value so far. Default false. */
  readonly relative?: boolean;
  /** Default "min". */
  readonly mode?: "min" | "max";
  /** Whether training ends with the parameters of the best epoch, also when it ran to the end. Default true. */
  readonly restoreBest?: boolean;
}

/** How it stands after an epoch: plain data. */
export interface EarlyStoppingState {
  /** The best value so far, and its epoch, from 1 on; null before the first that was judged. */
  readonly best: number | null;
  readonly bestEpoch: number;
  /** Epochs since. */
  readonly waited: number;
  readonly stop: boolean;
}

/** A rule of when to stop. */
export interface EarlyStopping {
  readonly options: Required<Omit<EarlyStoppingOptions, "monitor">> & {
    readonly monitor: string | null;
  };
  readonly start: EarlyStoppingState;
  /** The state after another epoch, numbered from 1 on, gave a value. A value that is no number is never better. */
  next(state: EarlyStoppingState, epoch: number, value: number): EarlyStoppingState;
}

/**
 * Stops when a metric has not become better than its best by more than minDelta for `patience` epochs.
 *
 * @param options - See {@link EarlyStoppingOptions}.
 * @returns The rule: a function from state to state.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const rule = earlyStopping({ patience: 2 });
 * const states = [3, 2, 2, 2.5].reduce((all, v, i) => [...all, rule.next(all.at(-1) ?? rule.start, i + 1, v)], [rule.start]);
 * states.at(-1) // => { best: 2, bestEpoch: 2, waited: 2, stop: true }
 * ```
 * @see Prechelt, Early Stopping — But When?, 1998. Peer: Keras `EarlyStopping`.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  const { monitor = null, patience = 10, warmUp = 0, minDelta = 0 } = options;
  const { relative = false, mode = "min", restoreBest = true } = options;
  const at = "earlyStopping";
  checkNames(at, options, [
    "monitor",
    "patience",
    "warmUp",
    "minDelta",
    "relative",
    "mode",
    "restoreBest",
  ]);
  checkNumber(at, { patience }, { min: 1, integer: true });
  checkNumber(at, { warmUp }, { min: 0, integer: true });
  checkNumber(at, { minDelta }, { min: 0 });
  checkChoice(at, { mode }, ["min", "max"]);
  const sign = mode === "min" ? 1 : -1;
  const isBetter = (value: number, best: number | null): boolean => {
    if (Number.isNaN(value)) return false;
    if (best === null) return true;
    const delta = relative ? minDelta * Math.abs(best) : minDelta;
    return sign * (best - value) > delta;
  };
  const next = (state: EarlyStoppingState, epoch: number, value: number): EarlyStoppingState => {
    if (epoch <= warmUp) return state;
    if (isBetter(value, state.best))
      return { best: value, bestEpoch: epoch, waited: 0, stop: false };
    const waited = state.waited + 1;
    return { ...state, waited, stop: waited >= patience };
  };
  return {
    options: { monitor, patience, warmUp, minDelta, relative, mode, restoreBest },
    start: { best: null, bestEpoch: 0, waited: 0, stop: false },
    next,
  };
}
