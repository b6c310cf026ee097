/** @file Judges rows on their way into a table by the expectations attached to it: keeps, drops, refuses, counts. */
import { count } from "../../core/index.ts";
import { duckTypes, type Engine } from "../adapter/duckdb.ts";
import type { MetaData } from "../delta/actions.ts";
import type { Shape } from "../delta/shape.ts";
import { fail } from "../errors.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { unsafeSql } from "./safe-sql.ts";
import {
  checkExpectations,
  droppingRules,
  type ExpectationCount,
  parseExpectations,
  type RowExpectation,
  type TableExpectations,
} from "./table-expectations.ts";

/** Rows judged. */
export interface Judged {
  /** A SELECT of those to write, in the order they came. */
  readonly kept: string;
  /** A SELECT of the dropped ones with `_rule`, the rules they break; undefined when there are none. */
  readonly dropped: string | undefined;
  readonly rows: number;
  readonly droppedRows: number;
  readonly counts: readonly ExpectationCount[];
}

/** Judges SELECTs of at least a table's columns. */
export interface Judge {
  /** The table's rules; undefined where it has none, and then nothing is read. */
  readonly expectations: TableExpectations | undefined;
  /** Rows that come from outside. Throws `table/mismatch-expectation`. */
  readonly incoming: (sql: string) => Promise<Judged>;
  /** Rows of the table that change where they are: one that would be dropped is refused. */
  readonly changing: (sql: string) => Promise<Judged>;
}

/** What the judge of a table is made from. */
export interface JudgeParts {
  readonly name: string;
  readonly engine: Engine;
  readonly metaData: MetaData;
  readonly shape: Shape;
}

/**
 * The judge of a table: one scan of the rows for all rules, and a look at what a refusal is about.
 *
 * @throws `table/unsupported-expectation` for rules that are not conditions on a row of the table
 */
export async function judgeOf(parts: JudgeParts): Promise<Judge> {
  const { name, engine, metaData, shape } = parts;
  const expectations = parseExpectations(name, metaData.configuration);
  if (expectations === undefined || expectations.rules.length === 0) {
    const pass = async (sql: string): Promise<Judged> => ({ ...nothing, kept: sql });
    return { expectations, incoming: pass, changing: pass };
  }
  await checkRules(parts, expectations);
  const rows: Rows = { name, engine, shape, rules: expectations.rules };
  return {
    expectations,
    incoming: (sql) => judged(rows, sql),
    changing: async (sql) => {
      const found = await judged(rows, sql);
      if (found.droppedRows > 0) {
        const rules = found.counts.filter(({ dropped }) => dropped > 0);
        fail("table/unsupported-drop", {
          name,
          rows: found.droppedRows,
          expectations: rules.map((rule) => rule.name),
        });
      }
      return found;
    },
  };
}

const nothing = { dropped: undefined, rows: 0, droppedRows: 0, counts: [] } as const;

/** Refuses rules that cannot be used. Throws `table/unsupported-expectation`, `table/out-of-range-name`. */
export async function checkRules(
  { name, engine, shape }: Pick<JudgeParts, "name" | "engine" | "shape">,
  expectations: TableExpectations,
): Promise<void> {
  const columns = Object.keys(shape.columns);
  checkExpectations(name, expectations, columns);
  const { rules } = expectations;
  const all = rules.flatMap(({ looked, broken }) => [looked, broken]);
  if ((await unsafeSql(engine, all, columns)) === undefined) return;
  for (const { name: expectation, looked, broken } of rules) {
    const reason = await unsafeSql(engine, [looked, broken], columns);
    if (reason !== undefined) fail("table/unsupported-expectation", { name, expectation, reason });
  }
}

interface Rows {
  readonly name: string;
  readonly engine: Engine;
  readonly shape: Shape;
  readonly rules: readonly RowExpectation[];
}

async function judged(rows: Rows, sql: string): Promise<Judged> {
  const { engine, rules } = rows;
  const drops = droppingRules({ rules });
  const drop = drops.map(({ broken }) => `(${broken})`).join(" OR ") || "false";
  const masked = maskedSql(rows, sql);
  const asks = rules.flatMap(({ looked, broken }, i) => [
    `count(*) FILTER (${looked}) AS l${i}`,
    `count(*) FILTER (${broken}) AS b${i}`,
  ]);
  const [found = {}] = await engine.queryJson(
    `SELECT count(*) AS n, count(*) FILTER (${drop}) AS d, ${asks.join(", ")} FROM (${masked})`,
  );
  const of = (column: string): number => Number(found[column] ?? 0);
  const tallies = rules.map((rule, i) => ({ rule, looked: of(`l${i}`), broken: of(`b${i}`) }));
  await refuseBroken(rows, masked, tallies);
  const unmasked = unmaskedSql(rows);
  const rule = drops.map(({ name, broken }) => `CASE WHEN ${broken} THEN ${quoteText(name)} END`);
  return {
    kept: of("d") === 0 ? sql : `SELECT ${unmasked} FROM (${masked}) WHERE NOT (${drop})`,
    dropped:
      of("d") === 0
        ? undefined
        : `SELECT ${unmasked}, concat_ws('; ', ${rule.join(", ")}) AS _rule FROM (${masked}) WHERE ${drop}`,
    rows: of("n"),
    droppedRows: of("d"),
    counts: tallies.map(({ rule: { name, action }, broken }) => ({
      name,
      action,
      passed: of("n") - broken,
      failed: broken,
      dropped: action === "drop" ? broken : 0,
    })),
  };
}

/** What a column is called while the judge sees it without its NaN. */
const hidden = (column: string): string => quoteName(`\u001e${column}`);

/** The columns that a rule reads. */
const readBy = ({ shape, rules }: Rows): readonly string[] => {
  const read = new Set(rules.flatMap(({ columns }) => columns));
  return Object.keys(shape.columns).filter((name) => read.has(name));
};

/** The rows as rules see them: what they read is of its kind and a NaN missing; as it came beside. */
function maskedSql(rows: Rows, sql: string): string {
  const read = readBy(rows);
  if (read.length === 0) return sql;
  const casts = read.map((name) => {
    const kind = rows.shape.columns[name]?.kind ?? "text";
    const [column, value] = [quoteName(name), `CAST(${quoteName(name)} AS ${duckTypes[kind]})`];
    return kind === "float"
      ? `CASE WHEN NOT isnan(${value}) THEN ${value} END AS ${column}`
      : `${value} AS ${column}`;
  });
  const beside = read.map((name) => `${quoteName(name)} AS ${hidden(name)}`);
  return `SELECT * REPLACE (${casts.join(", ")}), ${beside.join(", ")} FROM (${sql})`;
}

/** The rows again as they came. */
function unmaskedSql(rows: Rows): string {
  const read = readBy(rows);
  if (read.length === 0) return "*";
  const back = read.map((name) => `${hidden(name)} AS ${quoteName(name)}`);
  return `* EXCLUDE (${read.map(hidden).join(", ")}) REPLACE (${back.join(", ")})`;
}

interface Tally {
  readonly rule: RowExpectation;
  readonly looked: number;
  readonly broken: number;
}

/** Refuses the write when a rule that fails it is broken too often. Throws `table/mismatch-expectation`. */
async function refuseBroken(rows: Rows, masked: string, tallies: readonly Tally[]): Promise<void> {
  const stops = tallies.filter(
    ({ rule: { action, mostly }, looked, broken }) =>
      action === "fail" && broken > 0 && (looked - broken) / looked < mostly,
  );
  if (stops.length === 0) return;
  const failures: string[] = [];
  for (const { rule, looked, broken } of stops) {
    const shown = await sampleOf(rows, masked, rule);
    failures.push(`${rule.name} (${broken} of ${count(looked, "row")}: ${shown})`);
  }
  fail("table/mismatch-expectation", { name: rows.name, failures });
}

/** Up to three rows that break a rule: the table's key, and the columns that the rule reads. */
async function sampleOf(
  { engine, shape }: Rows,
  masked: string,
  { columns, broken }: RowExpectation,
): Promise<string> {
  const keys = Object.keys(shape.columns).filter((name) => shape.columns[name]?.key === true);
  const names = [...new Set([...keys, ...columns])];
  const select = names.map(quoteName).join(", ") || "1 AS broken";
  const found = await engine.query(`SELECT ${select} FROM (${masked}) WHERE ${broken} LIMIT 3`);
  return found.map((row) => JSON.stringify(row)).join(", ");
}
