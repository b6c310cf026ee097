/** @file Finding what a model could know of its label in training and not when it answers. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Finding } from "../../flow.ts";
import { type Columns, checkFrame, type Frame, quoteName } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Features } from "../features.ts";
import { findAcross } from "./across.ts";
import { labelNumbers } from "./label.ts";
import { type Strength, strengthOf } from "./strength.ts";

/** What is looked at, and from where on something is told. */
export interface FindLeaksOptions<C extends Columns = Columns> {
  /** What the model is to tell: true or false, one of two texts, a number, or a text that is one. */
  readonly label: keyof C & string;
  /** The model's features; what they read is looked at. Default: all columns but keys and the label. */
  readonly features?: Features<Columns, keyof C & string>;
  /** The columns that are looked at, when there are no features yet. */
  readonly columns?: readonly (keyof C & string)[];
  /** The other side of a split, to be compared with the rows. */
  readonly test?: Frame<C>;
  /** The column of the moment at which the label was to be told. */
  readonly time?: keyof C & string;
  /** The column of whom a row is about: nobody should be on both sides. */
  readonly entity?: keyof C & string;
  /** The strength from which on a column alone is too good, 0.5 to 1. Default 0.95. */
  readonly tooGood?: number;
}

/** What was found. */
export interface LeakReport {
  /** What is suspicious, gravest first; none when nothing is. */
  readonly findings: readonly Finding[];
  /** How well each column alone tells the label, best first. */
  readonly strengths: readonly Strength[];
  /** Whether 30 rows have a label, and 5 of either kind: of fewer nothing is told. */
  readonly enough: boolean;
}

/**
 * Looks for leaks: columns that alone tell the label too well; columns that name a row (all values
 * differ, or a declared key); moments after the one at which the label was to be told; the time itself
 * among the features; and, with `test`, rows, keys and entities that are on both sides of the split. How well a column
 * tells is said at {@link Strength}.
 *
 * @param rows - The rows to learn from.
 * @param options - The label, and what is looked at.
 * @returns Findings, and the strength of every column.
 * @throws `feature/unknown-column`, `feature/missing-rows`, `feature/unsupported-label`,
 * `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { age: int(), closedAt: int(), left: bool() });
 * const sql = "SELECT i AS age, CASE WHEN i % 2 = 0 THEN i ELSE 0 END AS closedAt, i % 2 = 0 AS left FROM range(1, 99) t(i)";
 * const { findings } = await findLeaks(frame({ engine, schema: people, sql }), { label: "left", columns: ["closedAt"] });
 * findings.map(({ column }) => column) // => ["closedAt"]
 * await engine.close();
 * ```
 * @see Kaufman et al., Leakage in data mining, TKDD 6(4), 2012.
 */
export async function findLeaks<C extends Columns>(
  rows: Frame<C>,
  options: FindLeaksOptions<C>,
): Promise<LeakReport> {
  checkFrame("findLeaks", rows);
  checkNames("findLeaks", options, known);
  const { label, test, time, entity, tooGood = 0.95 } = options;
  if (test !== undefined) checkFrame("findLeaks, test", test);
  checkNumber("findLeaks", { tooGood }, { min: 0.5, max: 1 });
  const columns = columnsOf(rows, options);
  for (const column of [...columns, label, time, entity])
    if (column !== undefined) checkColumn(rows, column);
  const total = await rows.count();
  if (total === 0) fail("feature/missing-rows", { at: "findLeaks" });
  const told = await labelNumbers(rows, label);
  const strengths: Strength[] = [];
  for (const column of columns) strengths.push(await strengthOf(rows, column, told));
  const findings = [
    ...strengths.flatMap((strength) => tooGoodOf(strength, { label, tooGood, total })),
    ...(await identifiersAmong(rows, columns, total)),
    ...(await timesAmong(rows, columns, { time, total })),
    ...(test === undefined ? [] : await findAcross(rows, test, { columns, entity })),
  ];
  return {
    findings: findings.toSorted((a, b) => grave.indexOf(a.severity) - grave.indexOf(b.severity)),
    strengths: strengths.toSorted((a, b) => (b.strength ?? 0) - (a.strength ?? 0)),
    enough: told.enough,
  };
}

const known = ["label", "features", "columns", "test", "time", "entity", "tooGood"];
const grave: readonly Finding["severity"][] = ["critical", "warning", "info"];

function columnsOf<C extends Columns>(
  { schema }: Frame<C>,
  { label, features, columns }: FindLeaksOptions<C>,
): readonly string[] {
  if (features !== undefined) return features.reads;
  if (columns !== undefined) return columns;
  return Object.entries(schema.columns)
    .filter(([name, { key }]) => name !== label && key !== true && !name.startsWith("_"))
    .map(([name]) => name);
}

function checkColumn({ schema }: Frame, column: string): void {
  const columns = Object.keys(schema.columns);
  if (!columns.includes(column))
    fail("feature/unknown-column", { at: "findLeaks", column, columns });
}

function tooGoodOf(
  { column, strength }: Strength,
  { label, tooGood, total }: { label: string; tooGood: number; total: number },
): readonly Finding[] {
  if (strength === null || strength < tooGood) return [];
  return [
    suspicion({
      severity: "critical",
      column,
      expectation: `${column} alone tells ${label} too well: strength ${tooGood} or more`,
      rows: total,
      observed: Number(strength.toFixed(4)),
    }),
  ];
}

/** Below so many rows it is no wonder that all values differ. */
const fewRows = 50;

async function identifiersAmong(
  rows: Frame,
  columns: readonly string[],
  total: number,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const column of columns) {
    const spec = rows.schema.columns[column];
    const named = spec?.key === true;
    const countable = spec?.kind === "text" || spec?.kind === "int";
    if (!named && (!countable || total < fewRows)) continue;
    const [row] = await rows.engine.query(
      `SELECT count(DISTINCT ${quoteName(column)}) AS n, count(${quoteName(column)}) AS there FROM (${rows.sql})`,
    );
    const [different, there] = [Number(row?.["n"]), Number(row?.["there"])];
    if (!named && (there < fewRows || different < 0.98 * there)) continue;
    found.push(
      suspicion({
        severity: named || spec?.kind === "text" ? "critical" : "warning",
        column,
        expectation: `${column} names the row, so that a model can learn rows by heart`,
        rows: total,
        observed: `${different} different values in ${there} rows`,
      }),
    );
  }
  return found;
}

async function timesAmong(
  rows: Frame,
  columns: readonly string[],
  { time, total }: { readonly time: string | undefined; readonly total: number },
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  if (time !== undefined && columns.includes(time))
    found.push(
      suspicion({
        severity: "warning",
        column: time,
        expectation: `${time} is no feature: a later row has a time that training never saw`,
        rows: total,
        observed: "it is among the features",
      }),
    );
  for (const column of columns) {
    const isLater = time !== undefined && column !== time;
    if (!isLater || rows.schema.columns[column]?.kind !== "timestamp") continue;
    const [row] = await rows.engine.query(
      `SELECT count(*) AS n FROM (${rows.sql}) WHERE ${quoteName(column)} > ${quoteName(time)}`,
    );
    const later = Number(row?.["n"]);
    if (later === 0) continue;
    found.push({
      ...suspicion({
        severity: "critical",
        column,
        expectation: `${column} may be later than ${time}, when the label is to be told`,
        rows: total,
      }),
      failedRows: later,
    });
  }
  return found;
}

type Suspicion = Pick<Finding, "severity" | "column" | "expectation" | "rows" | "observed">;

/** A finding that is not of single rows. */
export const suspicion = (said: Suspicion): Finding => ({
  ...said,
  passed: false,
  failedRows: 0,
  sample: [],
});
