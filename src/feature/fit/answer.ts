/** @file The requests of all features answered together: a query for numbers, one for counts, one for texts. */
import { invariant, type Ordered } from "../../core/index.ts";
import { type Columns, type Frame, quoteName, toSql } from "../../table/index.ts";
import { byCodePoint } from "../code-points.ts";
import type { LabelCount, Measured, Request, TextCounts } from "../feature.ts";
import { ordered } from "./ordered.ts";
import { foldSql } from "./row-keys.ts";

/** What is measured, and on which rows. */
export interface Questions {
  readonly frame: Frame<Columns>;
  readonly requests: readonly Request[];
  /** SQL for the hash of a row's key, where the schema has a key. */
  readonly keyHash: string | undefined;
  /** A bool column that is true or false in every row. */
  readonly label: string | undefined;
}

/** The answers to one feature, whatever they are. */
export type Answered = Omit<Measured, "finite">;

/** The answers. */
export interface Answers {
  readonly rows: number;
  /** The hashes of the rows' keys, [n]. */
  readonly keyHashes: Float64Array | undefined;
  /** The answers to the requests from the place `first` on. */
  from(first: number): Answered;
}

/**
 * Answers requests. Numbers come in row order and are summed in it; counts are whole numbers, and
 * sorted: neither depends on the number of threads.
 */
export async function answer(questions: Questions): Promise<Answers> {
  const { frame, requests, keyHash } = questions;
  const asked = (measure: Request["measure"]) =>
    requests.flatMap((request) =>
      request.measure === measure ? [toSql({ node: request.of })] : [],
    );
  const numberSql = [...new Set(asked("numbers"))];
  const [columns, groups] = await Promise.all([
    frame.numbers([...numberSql, ...(keyHash === undefined ? [] : [keyHash])]),
    countGroups(questions), // the engine counts while numbers are taken over
  ]);
  const rows = columns[0]?.length ?? groups.rows ?? (await frame.count());
  const texts = new Map<string, readonly (string | null)[]>();
  for (const sql of new Set(asked("texts"))) texts.set(sql, await frame.texts(sql));
  const present = new Map<string, Float64Array>();
  const numbersOf = (sql: string): Float64Array => {
    const column = columns[numberSql.indexOf(sql)] ?? new Float64Array();
    const found = present.get(sql) ?? withoutMissing(column);
    present.set(sql, found);
    return found;
  };
  const risen = new Map<string, Ordered>();
  const sortedOf = (sql: string): Ordered => {
    const found = risen.get(sql) ?? ordered(numbersOf(sql));
    risen.set(sql, found);
    return found;
  };
  return {
    rows,
    keyHashes: keyHash === undefined ? undefined : columns.at(-1),
    from: (first) => {
      const at = (place: number): string => {
        const request = requests[first + place];
        invariant(request, "a feature reads the answers to its own requests");
        return toSql({ node: request.of });
      };
      return {
        rows,
        numbers: (place) => numbersOf(at(place)),
        sorted: (place) => sortedOf(at(place)),
        counts: (place) => groups.counts(first + place),
        labels: (place) => groups.labels(first + place),
        texts: (place) => texts.get(at(place)) ?? [],
      };
    },
  };
}

/** The numbers that are there, moved to the front of the column: a copy of a million takes longer to make. */
function withoutMissing(column: Float64Array): Float64Array {
  let n = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? 0;
    column[n] = value;
    if (!Number.isNaN(value)) n += 1;
  }
  return column.subarray(0, n);
}

interface Groups {
  /** The rows of the frame, where they were counted. */
  readonly rows: number | undefined;
  counts(request: number): TextCounts;
  labels(request: number): readonly LabelCount[];
}

interface Group extends LabelCount {
  readonly select: string;
}

/** One query: the rows of every request that counts, in groups; the same is asked once. */
async function countGroups(questions: Questions): Promise<Groups> {
  const { frame, requests } = questions;
  const selectOf = requests.map((request) => groupSql(request, questions));
  const selects = [...new Set(selectOf.filter((select) => select !== undefined))];
  if (selects.length === 0) return groupsOf([], selectOf);
  const from = `FROM (${frame.sql}) GROUP BY ALL`;
  const parts = selects.map((select, i) => `SELECT ${i} AS i, ${select} ${from}`);
  const found = await frame.engine.query(parts.join(" UNION ALL "));
  const groups = found.map(
    ({ i, t, f, p, n }): Group => ({
      select: selects[Number(i)] ?? "",
      text: typeof t === "string" ? t : null,
      fold: Number(f),
      positives: Number(p),
      rows: Number(n),
    }),
  );
  return groupsOf(groups, selectOf);
}

function groupSql(request: Request, { keyHash, label }: Questions): string | undefined {
  const text = `(${toSql({ node: request.of })})::VARCHAR AS t`;
  if (request.measure === "counts") return `${text}, 0 AS f, 0 AS p, count(*) AS n`;
  if (request.measure !== "labels") return undefined;
  invariant(keyHash !== undefined && label !== undefined, "folds have a key and a label");
  const fold = foldSql(keyHash, request.folds);
  return `${text}, ${fold} AS f, count(*) FILTER (${quoteName(label)}) AS p, count(*) AS n`;
}

function groupsOf(all: readonly Group[], selectOf: readonly (string | undefined)[]): Groups {
  const bySelect = Map.groupBy(all, ({ select }) => select);
  const sorted = new Map([...bySelect].map(([select, groups]) => [select, groups.sort(byText)]));
  const of = (request: number): readonly Group[] => sorted.get(selectOf[request] ?? "") ?? [];
  const rowsOf = (groups: readonly Group[]) => groups.reduce((sum, { rows }) => sum + rows, 0);
  const [first] = sorted.values();
  return {
    rows: first === undefined ? undefined : rowsOf(first),
    labels: of,
    counts: (request) => {
      const groups = of(request);
      const counts = groups.flatMap(({ text, rows }) => (text === null ? [] : [{ text, rows }]));
      const missing = rowsOf(groups.filter(({ text }) => text === null));
      return { counts, missing, rows: rowsOf(groups) };
    },
  };
}

/** Texts by code point, a missing one first; then by fold. */
const byText = (a: Group, b: Group): number =>
  byCodePoint(a.text ?? "", b.text ?? "") ||
  Number(b.text === null) - Number(a.text === null) ||
  a.fold - b.fold;
