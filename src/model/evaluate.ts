/** @file A model scored on rows whose labels are known, with the trivial baseline beside it. */
import { checkNames } from "../core/index.ts";
import { dataset, rowsDigest } from "../dataset/index.ts";
import { countTrainedRows } from "../feature/index.ts";
import type { Cell, Dataset, Predictor, Task, TestLog } from "../flow.ts";
import { type MetricName, score } from "../metric/index.ts";
import { type Columns, checkFrame, type Frame, type FramePart, isHeldOut } from "../table/index.ts";
import { fail } from "./errors.ts";
import { taskOf } from "./estimator.ts";
import type { FittedModel } from "./fitted-model.ts";
import { predictNamed } from "./predict-named.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions<C extends Columns = Columns> {
  /** Which metrics; default those that a report of the task has. */
  readonly metrics?: readonly MetricName[];
  /** A column of numbers, 0 or more: how much each row counts. */
  readonly weights?: keyof C & string;
  /** A column of equal values for rows that are ranked against each other. */
  readonly groups?: keyof C & string;
  /** Whether rows that the model learned from may be scored, as for a learning curve. Default false. */
  readonly onTrained?: boolean;
  /** Keeps who scored which test rows, and refuses a second scoring in one study. */
  readonly testLog?: TestLog;
  /** Whose scoring it is. Default "default". */
  readonly study?: string;
  /** Why test rows that this study has scored before are scored again. */
  readonly again?: string;
}

/** Scores by the names of metrics; NaN where one has no value. */
export type Scores = Readonly<Partial<Record<MetricName, number>>>;

/** How good a model is on some rows. */
export interface Evaluation {
  readonly rows: number;
  /** Which side of a split the rows are; null of rows that were not split. */
  readonly part: FramePart | null;
  readonly metrics: Scores;
  /** The same metrics of the best constant answer: the classes' shares, or the mean, of these very rows. */
  readonly baseline: Scores;
  /** What a reader of the scores must know. */
  readonly warnings: readonly string[];
  /** The labels and what the model told of them, for figures and tests. */
  readonly judged: Judged;
}

/** Labels and predictions of some rows; classes that only one of both knows are in the task too. */
export interface Judged {
  readonly task: Task;
  /** Shape [n]. */
  readonly y: Float64Array;
  /** Shape [n], or [n, k] of k classes, row by row. */
  readonly predictions: Float64Array;
  readonly weights?: Float64Array;
  readonly groups?: Float64Array;
  /** Of two classes: from which probability on the model answers true. Absent: 0.5. */
  readonly threshold?: number;
}

/**
 * Scores a model on labelled rows. Rows that the model is known to have learned from are refused, unless
 * `onTrained` says that they are meant. The best constant answer stands beside the model: chosen on the rows that are
 * judged, it is a little better than a baseline that was learned before. O(n · d).
 *
 * @param model - A fitted or loaded model.
 * @param rows - Rows with the label's column.
 * @param options - See {@link EvaluateOptions}.
 * @returns Scores of the model and of the baseline, and warnings.
 * @throws `model/conflict-trained-rows`, `model/mismatch-task`, `feature/conflict-trained-rows`, `run/conflict-test-rows`
 * from the test log, `metric/mismatch-task`, and what `dataset` throws
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }), age: int(), left: bool() });
 * const some = (range: string) =>
 *   frame({ engine, schema: people, sql: `SELECT range AS id, range % 10 AS age, range % 10 > 5 AS left FROM range(${range})` });
 * const byAge = features(people, (c) => ({ age: numeric(c.age) }));
 * const model = await boost({ trees: 20 }).fit(some("100"), { features: byAge, label: "left" });
 * const { metrics, baseline } = await evaluate(model, some("100, 200"));
 * metrics.accuracy // => 1
 * baseline.accuracy // => 0.6
 * await evaluate(model, some("100")).catch((error) => error.code) // => "model/conflict-trained-rows"
 * await engine.close();
 * ```
 */
export async function evaluate<In, Out extends Cell, C extends Columns>(
  model: FittedModel<In, Out>,
  rows: Frame<C>,
  options: EvaluateOptions<C> = {},
): Promise<Evaluation> {
  checkFrame("evaluate", rows);
  checkNames("evaluate", options, known);
  const { metrics, testLog, study = "default", again = null } = options;
  const warnings = await checkTrained(model, rows, options.onTrained === true);
  if (rows.part === "test" && testLog !== undefined)
    await testLog.enter({
      study,
      rows: await rowsDigest(rows, tellingColumns(rows)),
      model: model.hash,
      again,
    });
  const data = await labelled(model, rows, options);
  const { judged, unknown } = judge(model.predictor, data);
  const asked = metrics === undefined ? {} : { metrics };
  return {
    rows: data.y.length,
    part: rows.part ?? null,
    metrics: score(judged, asked),
    baseline: score({ ...judged, predictions: constantOf(judged), threshold: 0.5 }, asked),
    warnings: [...warnings, ...unknown],
    judged,
  };
}

const known = ["metrics", "weights", "groups", "onTrained", "testLog", "study", "again"];

async function checkTrained(
  model: Pick<FittedModel, "features" | "signature">,
  rows: Frame<Columns>,
  allowed: boolean,
): Promise<readonly string[]> {
  if (allowed) return [];
  const trained = await countTrainedRows(model.features, rows);
  if (trained === undefined)
    return isHeldOut(rows)
      ? []
      : ["the rows have no key, so nobody can tell whether the model learned from them"];
  if (trained > 0) fail("model/conflict-trained-rows", { at: "evaluate", rows: trained });
  return [];
}

/** The columns by which test rows are told apart: the key, or all where there is none. */
function tellingColumns({ schema }: Frame<Columns>): readonly string[] {
  const columns = Object.entries(schema.columns);
  const keys = columns.filter(([, { key }]) => key === true);
  return (keys.length > 0 ? keys : columns).map(([name]) => name);
}

async function labelled<C extends Columns>(
  { features, signature, predictor }: Pick<FittedModel, "features" | "signature" | "predictor">,
  rows: Frame<C>,
  { weights, groups }: EvaluateOptions<C>,
): Promise<Dataset> {
  const names = Object.keys(rows.schema.columns).filter(
    (name): name is keyof C & string => name === signature.output.name,
  );
  const [label] = names;
  if (label === undefined)
    return fail("model/missing-label", {
      at: "evaluate",
      label: signature.output.name,
      columns: Object.keys(rows.schema.columns),
    });
  const beside = {
    ...(weights === undefined ? {} : { weights }),
    ...(groups === undefined ? {} : { groups }),
  };
  const data = await dataset({ features, rows, label, ...beside });
  const [expected, got] = [taskOf(predictor).kind, taskOf(data).kind];
  if (expected !== got) fail("model/mismatch-task", { at: "evaluate", expected: [expected], got });
  return data;
}

/**
 * Labels and predictions of a dataset over the classes of both the predictor and the rows: what metrics take. A class that the
 * predictor does not know has probability 0.
 *
 * @param predictor - Learned from other rows.
 * @param data - Rows with labels.
 * @returns What is judged, and a sentence for each class that training never saw.
 * @throws `model/mismatch-width`, and what the predictor refuses
 * @example
 * ```ts
 * const data = { x: matrix([[1], [2]]), y: Float64Array.of(0, 1), names: ["a"], source: "sha256:00" } as const;
 * const { judged } = judge(await majority().learn(data), data);
 * [...judged.predictions] // => [0.5, 0.5]
 * ```
 */
export function judge(
  predictor: Predictor,
  data: Dataset,
): { readonly judged: Judged; readonly unknown: readonly string[] } {
  const { x, y, weights, groups } = data;
  const told = predictNamed(predictor, x, data.names);
  const { threshold } = predictor;
  const beside = {
    ...(weights === undefined ? {} : { weights }),
    ...(groups === undefined ? {} : { groups }),
    ...(threshold === undefined ? {} : { threshold }),
  };
  const [learned, seen] = [taskOf(predictor), taskOf(data)];
  if (learned.kind !== "multiclass" || seen.kind !== "multiclass")
    return { judged: { task: learned, y, predictions: told, ...beside }, unknown: [] };
  const others = seen.classes.filter((level) => !learned.classes.includes(level));
  const classes = [...learned.classes, ...others];
  const place = seen.classes.map((level) => classes.indexOf(level));
  const [k, all] = [learned.classes.length, classes.length];
  const predictions = new Float64Array(x.rows * all);
  for (let i = 0; i < x.rows; i++) predictions.set(told.subarray(i * k, (i + 1) * k), i * all);
  const labels = y.map((label) => place[label] ?? label);
  const unknown = others.map(
    (level) =>
      `the class "${level}" was not among the training rows; the model gives it probability 0`,
  );
  const task: Task = { kind: "multiclass", classes };
  return { judged: { task, y: labels, predictions, ...beside }, unknown };
}

/** The best constant: the weighted mean of the labels, or of each class's indicator. */
function constantOf({ task, y, weights }: Judged): Float64Array {
  const k = task.kind === "multiclass" ? task.classes.length : 1;
  const sums = new Float64Array(k);
  let total = 0;
  for (const [i, label] of y.entries()) {
    const weight = weights?.[i] ?? 1;
    total += weight;
    if (task.kind === "multiclass") sums[label] = (sums[label] ?? 0) + weight;
    else sums[0] = (sums[0] ?? 0) + weight * label;
  }
  return Float64Array.from({ length: y.length * k }, (_, i) => (sums[i % k] ?? 0) / total);
}
