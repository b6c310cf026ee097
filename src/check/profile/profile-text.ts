/** @file A profile as lines for a terminal, with small bars. */
import { checkNames, checkNumber, count, cutTo, padTo, widthOf } from "../../core/index.ts";
import type { ColumnProfile, NumberProfile, TableProfile, ValueCount } from "./profile.ts";
import { percent, shortNumber, valueText, visible } from "./words.ts";

const blocks = "▁▂▃▄▅▆▇█";
/** Pairs of columns that are told about. */
const toldPairs = 5;
/** |z| and |r| from which a pair is worth a line. */
const oddZ = 4;
const strongR = 0.5;
/** Numbers of no more different values than this are told value by value too. */
const fewNumbers = 10;
/** From this width on, a column's facts stand besides its name. */
const besides = 60;
/** Columns whose names are listed in one sentence. */
const listedNames = 8;

/**
 * A profile as lines for a terminal: the table's facts, a line or two per column with its
 * distribution as small bars, then what is missing together, correlated, or has moved. Control
 * characters in names and values are shown, not obeyed.
 *
 * @param options - `width`: characters in a line, 30 to 400; below 60 a column has lines of its own
 * for its facts. Default 100.
 * @returns Lines without a newline at their end.
 * @throws `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.points", schema("points", { x: int() }));
 * await table.append([1, 2, 2, 4].map((x) => ({ x })));
 * profileText(await profileTable(await table.read()))[5]
 * // => "x       int             0 %           3  1 ▄█ ▄ 4"
 * ```
 */
export function profileText(
  profile: TableProfile,
  options: { readonly width?: number } = {},
): readonly string[] {
  checkNames("profileText", options, ["width"]);
  const { width = 100 } = options;
  checkNumber("profileText", { width }, { min: 30, max: 400, integer: true });
  const names = profile.columns.map(({ name }) => widthOf(visible(name, 28)));
  const nameWidth = Math.max(6, ...names);
  const wrapped = (lines: readonly string[]): readonly string[] =>
    lines.flatMap((line) => wrapTo(line.trimEnd(), width));
  const columns =
    width < besides
      ? profile.columns.flatMap((column) => narrowLines(column, width))
      : [
          `${padTo("column", nameWidth)}  kind       missing    distinct  values`,
          ...profile.columns.flatMap((column) => columnLines(column, { nameWidth, width })),
        ];
  return [
    ...wrapped(tableLines(profile)),
    "",
    ...columns.map((line) => cutTo(line.trimEnd(), width)),
    ...wrapped([...missingLines(profile), ...correlationLines(profile), ...driftLines(profile)]),
  ];
}

/** Counts as small bars: the largest is a full block, and what is not zero is seen. */
export function spark(counts: readonly number[]): string {
  const top = Math.max(1, ...counts);
  const level = (n: number): number => Math.min(7, Math.max(0, Math.ceil((8 * n) / top) - 1));
  return counts.map((n) => (n === 0 ? " " : (blocks[level(n)] ?? ""))).join("");
}

function tableLines(profile: TableProfile): readonly string[] {
  const { rows, looked, columns, duplicateRows, duplicateKeys } = profile;
  const head = `${visible(profile.table)}: ${count(rows, "row")}, ${count(columns.length, "column")}`;
  const keys =
    duplicateKeys === null
      ? ""
      : `, ${count(duplicateKeys, "duplicate key")} (${names(profile.key)})`;
  return [
    looked === rows ? head : `${head}; a sample of ${count(looked, "row")} was looked at`,
    `${count(duplicateRows, "duplicate row")}${keys}`,
    `constant: ${names(profile.constantColumns)} · all missing: ${names(profile.emptyColumns)}`,
    ...(profile.leftOut.length === 0
      ? []
      : [`not counted, being technical: ${names(profile.leftOut)}`]),
  ];
}

function columnLines(
  column: ColumnProfile,
  { nameWidth, width }: { readonly nameWidth: number; readonly width: number },
): readonly string[] {
  const distinct = `${column.distinctExact ? "" : "≈ "}${shortNumber(column.distinct)}`;
  const head = [
    padTo(visible(column.name, 28), nameWidth),
    column.kind.padEnd(9),
    percent(column.missingShare).padStart(8),
    distinct.padStart(10),
  ].join("  ");
  const indent = widthOf(head) + 2;
  const [first = "", ...rest] = valueLines(column, width - indent);
  return [`${head}  ${first}`, ...rest.map((line) => " ".repeat(indent) + line)];
}

/** A column where the facts do not fit besides its name: they stand below it. */
function narrowLines(column: ColumnProfile, width: number): readonly string[] {
  const { name, kind, missingShare, distinct, distinctExact } = column;
  const different = `${distinctExact ? "" : "≈ "}${shortNumber(distinct)} different`;
  const missing = missingShare === 0 ? [] : [`${percent(missingShare)} missing`];
  return [
    visible(name, width),
    `  ${[kind, ...missing, different].join(" · ")}`,
    ...valueLines(column, width - 2).map((line) => `  ${line}`),
  ];
}

function valueLines(column: ColumnProfile, room: number): readonly string[] {
  const { number, text, top, kind, topHolds, distinct } = column;
  if (column.count === 0) return ["no values"];
  const isMany = number !== null && topHolds !== "heavy" && distinct > fewNumbers;
  const common = isMany || kind === "timestamp" ? [] : top.filter((value) => value.count > 1);
  const listed = common.length === 0 ? [] : [valuesLine(column, common, room)];
  if (number !== null) return [...numberLines(column, number, room), ...listed];
  if (listed.length > 0) return listed;
  if (text?.pattern != null) return [`all like ${visible(text.pattern, room - 9)}`];
  const { shortest = 0, longest = 0 } = text ?? {};
  return [`${shortest === longest ? shortest : `${shortest} to ${longest}`} characters`];
}

/** Common values with their shares: as many as there is room for, and at least one. */
function valuesLine(
  { count: rows }: ColumnProfile,
  common: readonly ValueCount[],
  room: number,
): string {
  const [first = "", ...others] = common.map(({ value, count: n }) => {
    const shown = value === "" ? "(empty)" : visible(value, 24);
    return `${shown} ${bar(n / rows)} ${percent(n / rows)}`;
  });
  const fits = (line: string): boolean => widthOf(line) <= room;
  const end = others.findIndex((_, i) => !fits([first, ...others.slice(0, i + 1)].join("  ")));
  return [first, ...(end === -1 ? others : others.slice(0, end))].join("  ");
}

function numberLines(
  { kind, distinct }: ColumnProfile,
  number: NumberProfile,
  room: number,
): readonly string[] {
  const { histogram, quantiles, min, max, mean, std, infinite } = number;
  const median = quantiles.find(({ p }) => p === 0.5)?.value ?? min;
  const [low, high] = [valueText(kind, min), valueText(kind, max)];
  if (distinct === 1 && infinite === 0) return [low];
  const bars = histogram === null ? "…" : spark(histogram.counts);
  const range = [`${low} ${bars} ${high}`];
  const spread = std === null || kind === "timestamp" ? "" : ` ± ${shortNumber(std)}`;
  const middle = [
    `median ${valueText(kind, median)}`,
    ...(mean === null ? [] : [`mean ${valueText(kind, mean)}${spread}`]),
    ...(infinite > 0 ? [count(infinite, "infinite value")] : []),
  ];
  const fits = (line: string): boolean => widthOf(line) <= room;
  const joined = middle.join(" · ");
  return [
    ...(range.every(fits) ? range : [bars, `${low} … ${high}`]),
    ...(fits(joined) ? [joined] : middle),
  ];
}

function missingLines({ missing, looked }: TableProfile): readonly string[] {
  const incomplete = missing.rows.filter((entry) => entry.missing > 0);
  if (incomplete.length === 0) return [];
  const rows = incomplete.reduce((sum, entry) => sum + entry.rows, 0);
  const odd = missing.pairs.filter(({ z }) => Math.abs(z) >= oddZ).slice(0, toldPairs);
  return [
    "",
    `missing cells in ${count(rows, "row")} (${percent(rows / Math.max(1, looked))})`,
    ...odd.map(
      ({ a, b, both, expected, z }) =>
        `  ${visible(a, 28)} and ${visible(b, 28)} are missing together in ${count(both, "row")}; by chance ${shortNumber(expected)} (z ${shortNumber(z)})`,
    ),
  ];
}

function correlationLines({ correlations }: TableProfile): readonly string[] {
  const strong = strongCorrelations(correlations).filter(({ r }) => Math.abs(r) >= strongR);
  if (strong.length === 0) return [];
  return [
    "",
    "correlated",
    ...strong
      .slice(0, toldPairs)
      .map(
        ({ a, b, r }) => `  ${r.toFixed(2).padStart(5)}  ${visible(a, 28)} and ${visible(b, 28)}`,
      ),
  ];
}

/** The pairs of correlated columns, largest |r| first. */
export function strongCorrelations({ columns, values }: TableProfile["correlations"]): readonly {
  readonly a: string;
  readonly b: string;
  readonly r: number;
}[] {
  const pairs = columns.flatMap((a, i) =>
    columns.slice(i + 1).flatMap((b, j) => {
      const r = values[i]?.[i + 1 + j];
      return r == null ? [] : [{ a, b, r }];
    }),
  );
  return pairs.toSorted((p, q) => Math.abs(q.r) - Math.abs(p.r));
}

function driftLines({ drift }: TableProfile): readonly string[] {
  if (drift === null) return [];
  const moved = drift.columns.filter(({ level, psi, noise }) => level !== "none" && psi > noise);
  const changes = [
    ["new columns", drift.added],
    ["columns gone", drift.removed],
    ["columns of another kind", drift.changedKind],
  ] as const;
  return [
    "",
    `since the earlier profile (${count(drift.rowsBefore, "row")}): ${count(moved.length, "column")} moved`,
    ...changes
      .filter(([, list]) => list.length > 0)
      .map(([what, list]) => `  ${what}: ${names(list)}`),
    ...moved.map(
      ({ column, psi, level }) =>
        `  ${psi.toFixed(3).padStart(6)}  ${level.padEnd(8)}  ${visible(column, 28)}`,
    ),
  ];
}

/** A share as a bar of up to ten blocks. */
const bar = (share: number): string => "█".repeat(Math.max(1, Math.round(share * 10)));

function names(list: readonly string[]): string {
  if (list.length === 0) return "none";
  const shown = list.slice(0, listedNames).map((name) => visible(name, 28));
  return (
    shown.join(", ") + (list.length > listedNames ? ` and ${list.length - listedNames} more` : "")
  );
}

/** A line broken between words, what comes after the first indented; longer words are cut. */
function wrapTo(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of line.split(/(?<=\S) /)) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || widthOf(joined) > width)
      lines.push(last === undefined ? word : `    ${word}`);
    else lines[lines.length - 1] = joined;
  }
  return lines.map((one) => cutTo(one, width));
}
