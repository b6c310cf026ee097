/** @file `millrace leaks`: what a model could know of its label in training and not when it answers. */
import { count } from "../core/index.ts";
import { split } from "../dataset/index.ts";
import { findLeaks, type LeakReport } from "../feature/index.ts";
import type { Finding } from "../flow.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { fileForm, fileOptions } from "./file-options.ts";
import { namesOf } from "./options.ts";
import { type Source, sourceArgument, withSource } from "./source.ts";
import { atOptions, atVersion } from "./table-option.ts";
import { columns, number, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const labelHelp = "what the model is to tell: true or false, one of two texts, or a number";

export const leaks = command({
  name: "leaks",
  summary: "Find columns and rows that would let a model cheat.",
  about: [
    "How well each column alone tells the label, and what is too good to be true; columns that name a",
    "row; moments after the one of the label (--time); with --split the rows, keys and entities that",
    "would be on both sides. Texts of numbers, as bronze has them, are taken for numbers. Exit code 1",
    "when something critical was found.",
  ],
  arguments: { source: sourceArgument },
  options: {
    label: { type: "string", value: "COLUMN", help: labelHelp },
    columns: {
      type: "string",
      many: true,
      value: "A,B",
      help: "the columns to look at; all but keys if not given",
    },
    time: { type: "string", value: "COLUMN", help: "when the label was to be told" },
    split: { type: "string", value: "COLUMN", help: "look across a split by this column too" },
    entity: { type: "string", value: "COLUMN", help: "with --split: whom a row is about" },
    tooGood: {
      type: "number",
      default: 0.95,
      min: 0.5,
      max: 1,
      value: "STRENGTH",
      help: "from where on a column alone is too good",
    },
    ...atOptions,
    ...fileOptions,
    dir,
  },
  examples: [
    "leaks telco.silver --label churn",
    "leaks telco.silver --label churn --split customer_id --json",
    "leaks orders.csv --label returned --time ordered_at --split id --entity customer",
  ],
  run: async (values, around) => {
    const { source: from, dir } = values;
    const asked = { ...values, columns: namesOf(values.columns), label: labelOf(values.label) };
    const task = { from, dir, at: atVersion("leaks", values), form: fileForm(values) };
    return around.reporter.stage(
      `leaks ${from}`,
      () => withSource({ ...task, command: "leaks" }, around, (source) => lookedAt(source, asked)),
      () => null,
    );
  },
  render: (found, { width }) => linesOf(found, Math.min(width, 100)),
  isBad: ({ findings }) => findings.some(({ severity }) => severity === "critical"),
});

interface Asked {
  readonly label: string;
  readonly columns: readonly string[];
  readonly time?: string | undefined;
  readonly split?: string | undefined;
  readonly entity?: string | undefined;
  readonly tooGood: number;
}

/** What was found, and of what. */
interface Found extends LeakReport {
  readonly name: string;
  readonly label: string;
  readonly rows: number;
  readonly warnings: readonly string[];
}

const labelOf = (label: string | undefined): string =>
  label ??
  fail("cli/missing-option", {
    command: "leaks",
    option: "label",
    value: "COLUMN",
    help: labelHelp,
  });

async function lookedAt({ name, rows, count }: Source, asked: Asked): Promise<Found> {
  const { label, columns: chosen, time, split: by, entity, tooGood } = asked;
  const known = Object.keys(rows.schema.columns);
  for (const [option, column] of Object.entries({ label, time, split: by, entity }))
    if (column !== undefined && !known.includes(column))
      failTable("table/unknown-column", { at: `leaks, --${option}`, column, columns: known });
  if (entity !== undefined && by === undefined)
    fail("cli/missing-option", {
      command: "leaks",
      option: "split",
      value: "COLUMN",
      help: "--entity looks across a split",
    });
  const sides = by === undefined ? { train: rows, warnings: [] } : await split(rows, { by });
  const report = await findLeaks(sides.train, {
    label,
    tooGood,
    ...(chosen.length === 0 ? {} : { columns: chosen }),
    ...("test" in sides ? { test: sides.test } : {}),
    ...(time === undefined ? {} : { time }),
    ...(entity === undefined ? {} : { entity }),
  });
  return { name, label, rows: count, warnings: sides.warnings, ...report };
}

/** The columns that tell most, with a bar from 0.5 to 1. */
const shown = 10;

function linesOf(found: Found, width: number) {
  const { findings, strengths, warnings } = found;
  const best = strengths
    .slice(0, shown)
    .map(({ column, strength }) => [
      column,
      strength === null ? "–" : strength.toFixed(3),
      strength === null ? "" : "█".repeat(Math.round((strength - 0.5) * 40)),
    ]);
  const more = strengths.length - best.length;
  return [
    ...columns([["column alone", "strength", ""], ...best], { right: [1], width }),
    ...(more > 0 ? [`… and ${count(more, "column")} that tell less`] : []),
    "",
    ...findings.flatMap((finding) => findingLines(finding, width)),
    ...warnings.flatMap((warning) => hanging(`⚠ ${warning}`, width)),
    ...wrap(verdictOf(found), width),
  ];
}

function findingLines(
  { severity, expectation, failedRows, rows, observed, sample }: Finding,
  width: number,
) {
  const some = sample.length === 0 ? "" : `, for example ${sample.join(", ")}`;
  const told =
    observed === undefined ? `${number(failedRows)} of ${number(rows)}${some}` : String(observed);
  return hanging(`✖ ${severity}: ${expectation}; found: ${told}`, width);
}

const hanging = (line: string, width: number): readonly string[] =>
  wrap(line, width - 4).map((one, i) => (i === 0 ? one : `    ${one}`));

function verdictOf({ findings, name, label, rows, enough }: Found): string {
  const few = `${name}: ${count(rows, "row")} are too few to tell whether a column tells ${label} too well; at least 30 with a label are needed, and 5 of either kind`;
  if (findings.length === 0)
    return enough
      ? `${name}: no leak found in ${count(rows, "row")}; ${label} has to be earned`
      : few;
  const found = `${name}: ${count(findings.length, "suspicion")} in ${count(rows, "row")}; a column that a model would not have when it answers must go`;
  return enough ? found : `${found}. ${few}`;
}
