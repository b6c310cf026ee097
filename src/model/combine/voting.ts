/** @file Voting: the mean of what several predictors tell, or the share of their votes. */
import {
  checkChoice,
  checkNames,
  checkNumber,
  failWith,
  type LongWork,
  optionErrors,
} from "../../core/index.ts";
import type { Matrix, Predictor, Task, TaskKind } from "../../flow.ts";
import { type Estimator, estimator, taskOf } from "../estimator.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import { commonTasks, optionsOf } from "./bases.ts";

/** Options of {@link voting}. */
export interface VotingOptions {
  /** How much each estimator counts, 0 or more, not all 0. Default 1 each. */
  readonly shares?: readonly number[];
  /** The mean of their probabilities, or a vote for the class that each takes for the likeliest. Numbers are always means. Default "mean". */
  readonly vote?: "mean" | "class";
}

/** What voting learned. */
export interface VotingState {
  readonly bases: readonly Predictor[];
  /** How much each counts, summing to 1, [m]. */
  readonly shares: Float64Array;
  readonly vote: "mean" | "class";
  readonly task?: Task;
}

/** Predicts the mean of others, or the shares of their votes. */
export interface VotingPredictor extends Predictor, VotingState {
  readonly kind: "voting";
}

const votes = ["mean", "class"] as const;
const failOption = failWith(optionErrors);

/**
 * Several estimators learn from the same rows, and the mean of their probabilities or numbers is told, or the share of
 * them that take a class for the likeliest.
 *
 * @param bases - At least one estimator, all of the same tasks.
 * @param options - See {@link VotingOptions}.
 * @returns An estimator of the tasks that all learn.
 * @throws `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * const task = { kind: "regression" } as const;
 * const data = { x: matrix([[1], [2], [3]]), y: Float64Array.of(0, 0, 6), names: ["a"], source: "sha256:00", task } as const;
 * const both = voting([average(), average({ of: "median" })], { shares: [3, 1] });
 * (await both.learn(data)).predict(matrix([[1]])) // => Float64Array.of(1.5)
 * ```
 * @see Peers: scikit-learn `VotingClassifier`, `VotingRegressor`.
 */
export function voting<T extends TaskKind>(
  bases: readonly Estimator<Predictor, T>[],
  options: VotingOptions = {},
): Estimator<VotingPredictor, T> {
  const { shares = bases.map(() => 1), vote = "mean" } = options;
  checkNames("voting", options, ["shares", "vote"]);
  checkChoice("voting", { vote }, votes);
  for (const share of shares) checkNumber("voting", { shares: share }, { min: 0 });
  const total = shares.reduce((sum, share) => sum + share, 0);
  const expected = `${bases.length} numbers, 0 or more, not all 0`;
  if (shares.length !== bases.length || (bases.length > 0 && total === 0))
    failOption("option/out-of-range", { at: "voting", option: "shares", expected, got: shares });
  return estimator({
    name: "voting",
    options: { estimators: bases.map(optionsOf), shares, vote },
    tasks: commonTasks("voting", bases[0], bases),
    missing: true,
    oneClass: true,
    weights: true,
    learn: async (data, { signal, progress }: LongWork) => {
      const learned: Predictor[] = [];
      for (const base of bases) {
        learned.push(await base.learn(data, signal === undefined ? {} : { signal }));
        progress?.({ done: learned.length, total: bases.length });
      }
      const kept = data.task === undefined ? {} : { task: data.task };
      const parts = Float64Array.from(shares, (share) => share / total);
      return votingPredictor({ bases: learned, shares: parts, vote, ...kept });
    },
  });
}

/**
 * The predictor of a vote; learning and loading both come through here.
 *
 * @param state - The predictors, and how much each counts.
 * @returns The predictor; its `predict` throws what those of the others do.
 * @example
 * ```ts
 * const bases = [0.2, 0.6].map((share) => majorityPredictor({ share, width: 1 }));
 * const state = { bases, shares: Float64Array.of(0.5, 0.5) };
 * votingPredictor({ ...state, vote: "mean" }).predict(matrix([[7]])) // => Float64Array.of(0.4)
 * votingPredictor({ ...state, vote: "class" }).predict(matrix([[7]])) // => Float64Array.of(0.5)
 * ```
 */
export function votingPredictor(state: VotingState): VotingPredictor {
  const { bases, shares, vote } = state;
  const predict = (x: Matrix): Float64Array => {
    let sum = new Float64Array(0);
    for (const [i, base] of bases.entries()) {
      const told = vote === "mean" ? base.predict(x) : votesOf(base, x);
      if (i === 0) sum = new Float64Array(told.length);
      for (const [at, value] of told.entries()) sum[at] = (sum[at] ?? 0) + (shares[i] ?? 0) * value;
    }
    return sum;
  };
  return { kind: "voting", ...state, predict };
}

/** 1 for the class that a predictor takes for the likeliest, the first of equals; numbers as they are. */
function votesOf(base: Predictor, x: Matrix): Float64Array {
  const told = base.predict(x);
  const task = taskOf(base);
  if (task.kind === "regression") return told;
  const { threshold = 0.5 } = base;
  if (task.kind === "binary") return told.map((p) => (p >= threshold ? 1 : 0));
  const k = task.classes.length;
  const chosen = new Float64Array(told.length);
  for (let start = 0; start < told.length; start += k) {
    const row = told.subarray(start, start + k);
    chosen[start + row.indexOf(Math.max(...row))] = 1;
  }
  return chosen;
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readVoting(state: Fields, read: (state: Fields) => Predictor): VotingPredictor {
  const bases = state.list("bases").map(read);
  const got = state.text("vote");
  if (bases.length === 0) damaged("bases", "at least one", "none");
  const task = storedTask(state);
  return votingPredictor({
    bases,
    shares: state.array("shares", Float64Array, bases.length),
    vote: votes.find((one) => one === got) ?? damaged("vote", "mean or class", got),
    ...(task === undefined ? {} : { task }),
  });
}
