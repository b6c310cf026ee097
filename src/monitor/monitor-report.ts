/** @file The monitor's report: drift, predictions, accuracy, and whether the model should learn again. */
import { checkNames, checkNumber } from "../core/index.ts";
import { accuracyByHour, type HourAccuracy, marginOf } from "./accuracy-by-hour.ts";
import { schemaChanges, sharedColumns, type TableView } from "./columns.ts";
import { type ColumnDrift, compareDrift, comparePredictions } from "./compare-drift.ts";
import { checkThresholds, type DriftThresholds } from "./psi.ts";
import { type SchemaDrift, wordsOfSchema } from "./report/schema-drift.ts";

/** When a retrain is due. */
export interface RetrainRules {
  /** How far the accuracy may fall below that of training, 0 to 1. Default 0.05. */
  readonly drop: number;
  /** How many of the newest hours with labels are judged together. Default 3. */
  readonly newestHours: number;
  /** With fewer labels in those hours the accuracy is not judged. Default 30. */
  readonly minLabels: number;
  /** Severe drift counts when its PSI is above so many times that of chance. Default 2. */
  readonly chance: number;
}

/** What the monitor looks at. */
export interface MonitorReportOptions {
  /** The rows that the model learned from. */
  readonly reference: TableView;
  /** The inference log, or the part of it to be judged. */
  readonly log: TableView;
  /** The model's inputs. Default: all that both tables have, without keys and timestamps. */
  readonly columns?: readonly string[];
  readonly bins?: number;
  readonly thresholds?: Partial<DriftThresholds>;
  /** What was measured when the model was fitted. */
  readonly trained?: {
    readonly accuracy?: number;
    /** The probabilities it gave to the reference rows, shape [n]. */
    readonly probabilities?: ArrayLike<number>;
  };
  /** What turned out to be true, by `request_id`. */
  readonly labels?: TableView;
  /** The column of the truth. Default "label". */
  readonly label?: string;
  readonly rules?: Partial<RetrainRules>;
}

/** The newest hours with labels, taken together. */
export interface RecentAccuracy {
  readonly hours: number;
  readonly labelled: number;
  readonly accuracy: number;
  /** Half the width of its 95 % interval. */
  readonly margin: number;
}

/** What the monitor found. */
export interface MonitorReport {
  /** By PSI, largest first. */
  readonly drift: readonly ColumnDrift[];
  /** How the columns of the log differ from those of the reference. */
  readonly changes: SchemaDrift;
  /** Columns whose drift is severe, and inputs that vanished or changed their kind. */
  readonly severe: readonly string[];
  /** Columns whose drift is moderate. */
  readonly moderate: readonly string[];
  /** The drift of the probability; null when the training probabilities were not given. */
  readonly prediction: ColumnDrift | null;
  /** Hours with answers, oldest first; none without labels. */
  readonly hours: readonly HourAccuracy[];
  /** Answers whose truth is known. */
  readonly labelled: number;
  /** Null when there are too few labels to judge. */
  readonly recent: RecentAccuracy | null;
  readonly retrain: { readonly due: boolean; readonly reasons: readonly string[] };
  /** What was seen but is no reason, and why. */
  readonly notes: readonly string[];
}

/**
 * Judges what an endpoint was asked and how right it was. A retrain is due when a feature has
 * drifted severely (and by more than chance explains), changed its kind or, where `columns` names it, vanished from
 * the log, or when the accuracy of the newest hours is below that of training by more than `drop`. Drift of the
 * predictions alone is noted, not a reason: it follows from the features. So is a column of the reference that
 * the log has not and nobody named.
 *
 * @param options - The reference, the log, the labels that have come in, and the rules.
 * @returns The findings, and the decision with its reasons.
 * @throws what {@link compareDrift}, {@link comparePredictions} and {@link accuracyByHour} throw
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const sizes = (sql: string) =>
 *   frame({ engine: lake.engine, schema: schema("sizes", { size: float() }), sql });
 * const reference = sizes("SELECT range::DOUBLE AS size FROM range(1000)");
 * const log = sizes("SELECT range * 1.5 AS size FROM range(1000)");
 * const report = await monitorReport({ reference, log });
 * report.severe // => ["size"]
 * report.retrain.due // => true
 * ```
 */
export async function monitorReport(options: MonitorReportOptions): Promise<MonitorReport> {
  const at = "monitorReport";
  checkNames(at, options, known);
  const rules = checkRules(at, options.rules);
  const thresholds = checkThresholds(at, options.thresholds);
  const { reference, log, labels, trained = {}, bins = 10, label = "label" } = options;
  const tables = { reference, current: log };
  const changes = schemaChanges(tables, options.columns);
  const broken = [
    ...changes.changed.map(({ column }) => column),
    ...(options.columns === undefined ? [] : changes.onlyReference),
  ];
  const columns = (options.columns ?? sharedColumns(tables)).filter(
    (name) => !broken.includes(name),
  );
  const drift =
    columns.length === 0 && broken.length > 0
      ? []
      : await compareDrift({ ...tables, bins, thresholds, columns });
  const prediction =
    trained.probabilities === undefined
      ? null
      : await comparePredictions({
          reference: trained.probabilities,
          current: log,
          bins,
          thresholds,
        });
  const { minLabels } = rules;
  const hours = labels === undefined ? [] : await accuracyByHour({ log, labels, label, minLabels });
  const recent = recentAccuracy(hours, rules);
  const byDrift = judgeDrift(drift, { ...rules, ...thresholds });
  const byAccuracy = judgeAccuracy(recent, trained.accuracy, rules);
  const bySchema = judgeSchema(changes, options.columns !== undefined);
  const reasons = [...bySchema.reasons, ...byDrift.reasons, ...byAccuracy.reasons];
  return {
    drift,
    changes,
    severe: [...broken, ...columnsAt(drift, "severe")],
    moderate: columnsAt(drift, "moderate"),
    prediction,
    hours,
    labelled: hours.reduce((sum, { labelled }) => sum + labelled, 0),
    recent,
    retrain: { due: reasons.length > 0, reasons },
    notes: [
      ...bySchema.notes,
      ...byDrift.notes,
      ...notePrediction(prediction),
      ...byAccuracy.notes,
    ],
  };
}

const known = [
  ...["reference", "log", "columns", "bins", "thresholds"],
  ...["trained", "labels", "label", "rules"],
];

function checkRules(at: string, rules: Partial<RetrainRules> = {}): RetrainRules {
  const { drop = 0.05, newestHours = 3, minLabels = 30, chance = 2 } = rules;
  checkNames(`${at} rules`, rules, ["drop", "newestHours", "minLabels", "chance"]);
  checkNumber(at, { drop }, { min: 0, max: 1 });
  checkNumber(at, { newestHours }, { min: 1, integer: true });
  checkNumber(at, { minLabels }, { min: 1, integer: true });
  checkNumber(at, { chance }, { min: 0 });
  return { drop, newestHours, minLabels, chance };
}

const columnsAt = (drift: readonly ColumnDrift[], level: string): readonly string[] =>
  drift.filter((column) => column.level === level).map(({ column }) => column);

interface Judgement {
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
}

/** What the log has and the reference has not is no matter: a log has columns of its own. */
function judgeSchema({ onlyReference, changed }: SchemaDrift, isNamed: boolean): Judgement {
  const words = (drift: Partial<SchemaDrift>): readonly string[] =>
    wordsOfSchema(
      { onlyReference: [], onlyCurrent: [], changed: [], ...drift },
      { reference: "the reference and not in the log", current: "the log" },
    );
  return {
    reasons: words({ changed, ...(isNamed ? { onlyReference } : {}) }),
    notes: isNamed ? [] : words({ onlyReference }),
  };
}

function judgeDrift(
  drift: readonly ColumnDrift[],
  { chance, severe }: Pick<RetrainRules, "chance"> & Pick<DriftThresholds, "severe">,
): Judgement {
  const large = drift.filter(({ psi }) => psi >= severe);
  const isReal = ({ psi, noise, level }: ColumnDrift): boolean =>
    level === "severe" && psi > chance * noise;
  const figures = ({ psi, noise }: ColumnDrift): string =>
    `PSI ${psi.toFixed(3)} against ${noise.toFixed(3)} by chance`;
  return {
    reasons: large
      .filter(isReal)
      .map((column) => `${column.column} has drifted severely: ${figures(column)}`),
    notes: large
      .filter((column) => !isReal(column))
      .map(
        (column) =>
          `${column.column} may have drifted (${figures(column)}), but ${column.currentRows} rows are too few to tell`,
      ),
  };
}

function notePrediction(prediction: ColumnDrift | null): readonly string[] {
  if (prediction === null || prediction.level === "none") return [];
  const { level, psi, noise } = prediction;
  return [
    `the predictions have drifted (${level}): PSI ${psi.toFixed(3)} against ${noise.toFixed(3)} by chance`,
  ];
}

/** The newest hours that have labels, as one; null when their labels are too few. */
function recentAccuracy(
  hours: readonly HourAccuracy[],
  { newestHours, minLabels }: RetrainRules,
): RecentAccuracy | null {
  const newest = hours.filter(({ labelled }) => labelled > 0).slice(-newestHours);
  const labelled = newest.reduce((sum, hour) => sum + hour.labelled, 0);
  if (labelled < minLabels) return null;
  const right = newest.reduce((sum, hour) => sum + (hour.accuracy ?? 0) * hour.labelled, 0);
  const accuracy = right / labelled;
  return { hours: newest.length, labelled, accuracy, margin: marginOf(accuracy, labelled) };
}

function judgeAccuracy(
  recent: RecentAccuracy | null,
  trained: number | undefined,
  { drop, minLabels }: RetrainRules,
): Judgement {
  if (recent === null)
    return { reasons: [], notes: [`accuracy not judged: fewer than ${minLabels} labels`] };
  if (trained === undefined)
    return { reasons: [], notes: ["accuracy not judged: that of training is not known"] };
  const fall = trained - recent.accuracy;
  if (fall <= drop) return { reasons: [], notes: [] };
  const newest = recent.hours === 1 ? "the newest hour" : `the newest ${recent.hours} hours`;
  const said = `accuracy ${recent.accuracy.toFixed(3)} (± ${recent.margin.toFixed(3)}, ${recent.labelled} labels) in ${newest} is ${fall.toFixed(3)} below the ${trained.toFixed(3)} of training`;
  return fall > recent.margin
    ? { reasons: [`${said}; allowed are ${drop}`], notes: [] }
    : { reasons: [], notes: [`${said}, which so few labels cannot tell from chance`] };
}
