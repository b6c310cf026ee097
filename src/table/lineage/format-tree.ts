/** @file A lineage as an indented tree, for people. */
import type { LineageEnd, LineageTarget } from "./edges.ts";
import {
  columnText,
  endTarget,
  type FormatLineageOptions,
  filesText,
  placeKey,
  targetText,
  versionsText,
} from "./lineage-text.ts";
import type { TableLineage } from "./table-lineage.ts";

/**
 * A lineage as an indented tree: each column, and below it the columns it is made of, up to the files;
 * or, downstream, those that are made of it. What stands in the tree already is not written out again.
 *
 * @returns Lines.
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = lake.table("demo.points", schema("points", { x: int() }));
 * await points.append([{ x: 1 }]);
 * const twice = schema("twice", { y: int({ nullable: true }) });
 * await lake.table("demo.twice", twice).append(await lake.sql("SELECT 2 * x AS y FROM demo.points", { schema: twice }));
 * formatTree(await lake.lineage("demo.twice")).join("\n")
 * // => "demo.twice, version 0\n  y\n    ← demo.points.x (version 0)\n        ← rows in memory: x"
 * ```
 */
export function formatTree(
  lineage: TableLineage,
  options: FormatLineageOptions = {},
): readonly string[] {
  const { direction = "upstream" } = options;
  const from = stepsOf(lineage, direction);
  const lines = [`${lineage.table}, version ${lineage.version}`];
  for (const column of chosenColumns(lineage, options)) {
    const at = { table: lineage.table, column };
    const below = linesBelow(at, "    ", { from, seen: new Set() });
    if (below.length > 0) lines.push(`  ${columnText(column)}`, ...below);
    else if (isTold(options, column))
      lines.push(`  ${columnText(column)}: ${noneText(lineage, column, direction)}`);
  }
  return [...lines, ...remarks(lineage, options)];
}

/** Whether a place without a step is told: one that was asked for, and a column that is made of none. */
function isTold(
  { column: asked, direction }: FormatLineageOptions,
  column: string | null,
): boolean {
  return asked !== undefined || (column !== null && direction !== "downstream");
}

function noneText(
  { columns, rows }: TableLineage,
  column: string | null,
  direction: "upstream" | "downstream",
): string {
  if (direction === "downstream") return "nothing is made of it";
  const found = column === null ? rows : columns[column];
  return found?.unknown === true ? "not recorded" : "made of no column";
}

/** The columns to write: the one that was asked for, or all, and the rows. */
function chosenColumns(
  { columns }: TableLineage,
  { column }: FormatLineageOptions,
): readonly (string | null)[] {
  return column === undefined ? [...Object.keys(columns), null] : [column];
}

interface Steps {
  /** The steps from a place, by its key. */
  readonly from: ReadonlyMap<string, readonly Step[]>;
  /** The places that stand in the tree already. */
  readonly seen: Set<string>;
}

interface Step {
  readonly label: string;
  readonly next: LineageTarget | undefined;
}

function stepsOf(lineage: TableLineage, direction: "upstream" | "downstream"): Steps["from"] {
  const steps = new Map<string, Step[]>();
  const add = (at: LineageTarget | undefined, step: Step): void => {
    const key = placeKey(at);
    steps.set(key, [...(steps.get(key) ?? []), step]);
  };
  if (direction === "upstream")
    for (const { from, to } of lineage.upstream)
      add(to, { label: `← ${endText(from)}`, next: endTarget(from) });
  else
    for (const { from, to } of lineage.downstream)
      add(endTarget(from), { label: `→ ${targetText(to)}`, next: to });
  return steps;
}

/** The lines below a place; what is below a place stands there once. */
function linesBelow(at: LineageTarget, indent: string, steps: Steps): readonly string[] {
  steps.seen.add(placeKey(at));
  return (steps.from.get(placeKey(at)) ?? []).flatMap(({ label, next }) => {
    const isSeen = next !== undefined && steps.seen.has(placeKey(next));
    const isCut = isSeen && steps.from.has(placeKey(next));
    const line = `${indent}${label}${isCut ? " …" : ""}`;
    if (next === undefined || isSeen) return [line];
    return [line, ...linesBelow(next, `${indent}    `, steps)];
  });
}

function endText(end: LineageEnd): string {
  const column = end.column === null ? "" : `: ${end.column}`;
  switch (end.kind) {
    case "table":
      return `${targetText({ table: end.name, column: end.column })} (${versionsText(end.versions)})`;
    case "file":
      return `${filesText(end.names)}${column}`;
    case "catalog":
      return `${end.name}${column}`;
    case "rows":
      return `rows in memory${column}`;
  }
}

function remarks(
  lineage: TableLineage,
  { direction, column }: FormatLineageOptions,
): readonly string[] {
  const { unrecorded, gone, quarantine, downstream } = lineage;
  const aside = quarantine === null ? [] : [`rows that its expectations drop: in ${quarantine}`];
  if (direction === "downstream") {
    const none = downstream.length === 0 && column === undefined ? ["no table is made of it"] : [];
    return none.length + aside.length === 0 ? [] : ["", ...none, ...aside];
  }
  const tables = [...new Set(unrecorded.map(({ table }) => table))].map((table) => {
    const versions = unrecorded.filter((one) => one.table === table).map(({ version }) => version);
    return `not recorded: what ${versionsText(versions.sort((a, b) => a - b))} of ${table} brought`;
  });
  const lost = gone.map((name) => `gone: ${name}, or another table has its name now`);
  const told = [...tables, ...lost, ...aside];
  return told.length === 0 ? [] : ["", ...told];
}
