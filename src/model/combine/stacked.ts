/** @file Stacking: an estimator that learns from what others tell. */
import { checkNames, type LongWork } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor, Task, TaskKind } from "../../flow.ts";
import { type Estimator, estimator, taskOf } from "../estimator.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import { commonTasks, optionsOf } from "./bases.ts";
import { checkDeal, type DealOptions, dealNames, outOfFold } from "./out-of-fold.ts";

/** Options of {@link stacked}. */
export interface StackedOptions<T extends TaskKind> extends DealOptions {
  /** What learns from the others' predictions. */
  readonly final: Estimator<Predictor, T>;
  /** Whether the final estimator sees the features too. Default false. */
  readonly passThrough?: boolean;
}

/** What stacking learned. */
export interface StackedState {
  readonly bases: readonly Predictor[];
  readonly final: Predictor;
  readonly passThrough: boolean;
  readonly task?: Task;
}

/** Predicts from the predictions of others. */
export interface StackedPredictor extends Predictor, StackedState {
  readonly kind: "stacked";
}

/**
 * Stacking: several estimators learn, and one more learns from what they tell of each row when they have learned from the
 * other folds, so that it sees how good they are on rows they do not know. Of two classes it sees a probability, of k
 * classes k, of a number the number. Then all learn from all rows. O(folds + 1) learnings of each.
 *
 * @param bases - At least one estimator, all of the same tasks.
 * @param options - The final estimator, and the folds; see {@link StackedOptions}.
 * @returns An estimator of the tasks that all learn; it needs as many rows of each class as folds.
 * @throws `option/unknown-name`, `option/out-of-range`; on learning also `dataset/out-of-range-folds`
 * @example
 * ```ts
 * const x = matrix(Array.from({ length: 40 }, (_, i) => [i, (7 * i) % 10]));
 * const data = { x, y: Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20)), names: ["a", "b"], source: "sha256:00" } as const;
 * const stack = stacked([gaussianBayes(), neighbours()], { final: logistic() });
 * const [low = 1, high = 0] = (await stack.learn(data)).predict(matrix([[0, 0], [39, 0]]));
 * low < 0.2 && high > 0.8 // => true
 * ```
 * @see Wolpert, Neural Networks 5(2), 1992. Peers: scikit-learn `StackingClassifier`, `StackingRegressor`.
 */
export function stacked<T extends TaskKind>(
  bases: readonly Estimator[],
  options: StackedOptions<T>,
): Estimator<StackedPredictor, T> {
  checkNames("stacked", options, ["final", "passThrough", ...dealNames]);
  const { final, passThrough = false, ...rest } = options;
  const deal = checkDeal("stacked", rest);
  const tasks = commonTasks("stacked", final, bases);
  return estimator({
    name: "stacked",
    options: { estimators: bases.map(optionsOf), final: optionsOf(final), passThrough, ...deal },
    tasks,
    missing: true,
    oneClass: false,
    weights: true,
    learn: async (data, { signal, progress }: LongWork) => {
      const work = signal === undefined ? {} : { signal };
      const told: Float64Array[] = [];
      const learned: Predictor[] = [];
      for (const base of bases) {
        told.push(await outOfFold(base, data, { ...deal, ...work }));
        learned.push(await base.learn(data, work));
        progress?.({ done: learned.length, total: bases.length + 1 });
      }
      const x = joined(passThrough ? [...told, data.x.data] : told, data.x.rows);
      const last = await final.learn(
        { ...data, x, names: namesOf(bases, data, passThrough) },
        work,
      );
      const kept = data.task === undefined ? {} : { task: data.task };
      return stackedPredictor({ bases: learned, final: last, passThrough, ...kept });
    },
  });
}

function namesOf(
  bases: readonly Estimator[],
  data: Dataset,
  passThrough: boolean,
): readonly string[] {
  const task = taskOf(data);
  const parts = task.kind === "multiclass" ? task.classes : [""];
  const told = bases.flatMap(({ name }, i) =>
    parts.map((part) => `${name} ${i + 1} ${part}`.trim()),
  );
  return passThrough ? [...told, ...data.names] : told;
}

/** Blocks of the same rows, side by side. */
function joined(blocks: readonly Float64Array[], rows: number): Matrix {
  const cols = blocks.reduce((sum, block) => sum + block.length / rows, 0);
  const data = new Float64Array(rows * cols);
  let first = 0;
  for (const block of blocks) {
    const width = block.length / rows;
    for (let i = 0; i < rows; i++)
      data.set(block.subarray(i * width, (i + 1) * width), i * cols + first);
    first += width;
  }
  return { rows, cols, data };
}

/**
 * The predictor of a stack; learning and loading both come through here.
 *
 * @param state - The predictors, and the one that learned from them.
 * @returns The predictor; its `predict` throws what those of the others do.
 * @example
 * ```ts
 * const [low, high] = [0.2, 0.6].map((share) => majorityPredictor({ share, width: 1 }));
 * const weights = Float64Array.of(1, 1);
 * const final = logisticPredictor({ weights, bias: -0.8, iterations: 1, converged: true });
 * const stack = stackedPredictor({ bases: [low, high].filter((one) => one !== undefined), final, passThrough: false });
 * stack.predict(matrix([[7]])).map((p) => Math.round(100 * p)) // => Float64Array.of(50)
 * ```
 */
export function stackedPredictor(state: StackedState): StackedPredictor {
  const { bases, final, passThrough } = state;
  const predict = (x: Matrix): Float64Array => {
    const told = bases.map((base) => base.predict(x));
    if (x.rows === 0) return new Float64Array(0);
    return final.predict(joined(passThrough ? [...told, x.data] : told, x.rows));
  };
  return { kind: "stacked", ...state, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readStacked(state: Fields, read: (state: Fields) => Predictor): StackedPredictor {
  const bases = state.list("bases").map(read);
  if (bases.length === 0) damaged("bases", "at least one", "none");
  const task = storedTask(state);
  return stackedPredictor({
    bases,
    final: read(state.fields("final")),
    passThrough: state.boolean("passThrough"),
    ...(task === undefined ? {} : { task }),
  });
}
