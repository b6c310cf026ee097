/** @file `millrace automl`: the best model of a table under a budget, with a leaderboard and a program of it. */
import { writeFile } from "node:fs/promises";
import { count, type LongWork } from "../core/index.ts";
import { type MetricName, metricOf } from "../metric/index.ts";
import { type AutoMlResult, autoMl, type FamilyName, formatAutoMl } from "../tune/index.ts";
import { openWorkspace, type Workspace } from "../workspace/index.ts";
import { familyFailures } from "./automl-failures.ts";
import { keepBest } from "./automl-keep.ts";
import { checkLines, keptLines, leaderboardLines, marks, programLines } from "./automl-lines.ts";
import { checkProgram } from "./automl-program.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { fileForm, fileOptions } from "./file-options.ts";
import { namesOf } from "./options.ts";
import { type Source, sourceArgument, withSource } from "./source.ts";
import { atOptions, atVersion } from "./table-option.ts";
import { columns, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const labelHelp = "what is to be told; its kind decides the task";
const familyNames = [
  "baseline",
  "linear",
  "forest",
  "boost",
] as const satisfies readonly FamilyName[];

export const automl = command({
  name: "automl",
  summary: "Find the best model of a table under a budget.",
  about: [
    "Checks the data, proposes features, and tries families of models beside the trivial baseline:",
    "classification of truth values and of categories, regression of numbers. Rows are set aside",
    "first and scored once, with the winner. Every trial is a run and is kept: the same command with",
    "more --trials goes on where it stopped. --program writes TypeScript that makes the same model; it",
    "needs a table, of which a version stays as it is, and takes no file: `ingest` makes a table of one.",
  ],
  arguments: { source: sourceArgument },
  options: {
    label: { type: "string", value: "COLUMN", help: labelHelp },
    by: {
      type: "string",
      value: "COLUMN",
      help: "what tells rows apart; the table's key if not given",
    },
    metric: {
      type: "string",
      value: "NAME",
      help: "auc, logLoss of classes, rmse of numbers if not given",
    },
    trials: {
      type: "number",
      default: 40,
      min: 1,
      max: 10_000,
      whole: true,
      value: "N",
      help: "most trials in all, beside the baseline",
    },
    minutes: {
      type: "number",
      default: 5,
      min: 0.01,
      max: 100_000,
      value: "M",
      help: "no trial is begun after these",
    },
    families: {
      type: "string",
      many: true,
      value: "A,B",
      help: `some of ${familyNames.join(", ")}; all if not given`,
    },
    leave: { type: "string", many: true, value: "A,B", help: "columns to leave out" },
    weights: { type: "string", value: "COLUMN", help: "how much each row counts" },
    test: {
      type: "number",
      default: 0.2,
      min: 0,
      max: 0.9,
      value: "SHARE",
      help: "share of the rows that judge in the end",
    },
    seed: {
      type: "number",
      default: 0,
      value: "N",
      help: "chooses the rows, the draws and the samples",
    },
    register: {
      type: "string",
      value: "MODEL",
      help: "register the winner as a version of this model",
    },
    program: {
      type: "string",
      value: "FILE",
      help: "write a TypeScript program of the winner; of a table, not of a file",
    },
    predictions: {
      type: "string",
      value: "TABLE",
      help: "write what the winner predicts for the test rows",
    },
    again: { type: "string", value: "WHY", help: "score test rows again that were scored before" },
    ...atOptions,
    ...fileOptions,
    dir,
  },
  examples: [
    "automl telco.silver --label churn --minutes 2",
    "automl telco.silver --label churn --leave total_charges --register churn --program churn.ts",
    "automl houses.csv --label price --by id --metric mae --trials 20 --json",
  ],
  run: async (values, around) => {
    const { source: from, dir } = values;
    const label = values.label ?? missing("label", labelHelp);
    const families = familiesOf(namesOf(values.families));
    const task = {
      from,
      dir,
      at: atVersion("automl", values),
      form: fileForm(values),
      command: "automl",
    };
    const metric = values.metric === undefined ? undefined : metricOf(values.metric).name;
    const asked = { ...values, label, families, metric, leave: namesOf(values.leave) };
    return withSource(task, around, async (source) => {
      await checkProgram("automl", values.program, source);
      await using workspace = await openWorkspace(dir);
      const found = await around.reporter.stage(
        `automl ${from}`,
        (progress) => searched(source, workspace, { ...asked, progress, signal: around.signal }),
        ({ leaderboard }) => `${count(leaderboard.length, "trial")}`,
      );
      const program = programOf(found, source, { dir, path: values.program });
      const kept = await keepBest(workspace, source, { ...asked, found, program });
      if (program !== null) await writeFile(program.path, program.text);
      return { source: source.name, label, found, kept, program: program?.path ?? null };
    });
  },
  data: ({ source, label, found, kept, program }) => ({
    ...{ source, label, task: found.task, metric: found.metric.name, checks: found.checks },
    columns: found.columns[found.best.features],
    leaderboard: found.leaderboard.map(({ candidate: _, ...entry }) => entry),
    failures: familyFailures(found.leaderboard),
    test:
      found.test === null
        ? null
        : { rows: found.test.rows, metrics: found.test.metrics, baseline: found.test.baseline },
    ...kept,
    program,
  }),
  render: (shown, { width, program }) => linesOf(shown, { width: Math.min(width, 100), program }),
});

const missing = (option: string, help: string): never =>
  fail("cli/missing-option", { command: "automl", option, value: "COLUMN", help });

function familiesOf(names: readonly string[]): readonly FamilyName[] {
  return names.map((name) => {
    const [found] = familyNames.filter((known) => known === name);
    const expected = `some of ${familyNames.join(", ")}`;
    return (
      found ??
      fail("cli/mismatch-option", { command: "automl", option: "families", expected, got: name })
    );
  });
}

interface Asked {
  readonly label: string;
  readonly by?: string | undefined;
  readonly metric?: MetricName | undefined;
  readonly trials: number;
  readonly minutes: number;
  readonly families: readonly FamilyName[];
  readonly leave: readonly string[];
  readonly weights?: string | undefined;
  readonly test: number;
  readonly seed: number;
  readonly again?: string | undefined;
}

async function searched(
  { rows, name, version }: Source,
  workspace: Workspace,
  asked: Asked & Required<LongWork>,
): Promise<AutoMlResult> {
  const { label, by, metric, weights, again, families, leave, trials, test, seed } = asked;
  const known = Object.keys(rows.schema.columns);
  for (const [option, column] of [
    ["label", label],
    ["by", by],
    ["weights", weights],
    ...leave.map((one) => ["leave", one]),
  ] as const)
    if (column !== undefined && !known.includes(column))
      failTable("table/unknown-column", { at: `automl, --${option}`, column, columns: known });
  const { records, tracking, testLog } = workspace;
  const of = version === null ? name : `${name} v${version}`;
  const study = `automl ${of}: ${label}${metric === undefined ? "" : ` by ${metric}`}`;
  const { progress, signal } = asked;
  return autoMl(
    rows,
    {
      ...{ label, leave, trials, test, seed, timeMs: asked.minutes * 60_000, name: study },
      ...{ records, tracking, testLog },
      ...(by === undefined ? {} : { by }),
      ...(metric === undefined ? {} : { metric }),
      ...(weights === undefined ? {} : { weights }),
      ...(again === undefined ? {} : { again }),
      ...(families.length === 0 ? {} : { families }),
    },
    { signal, progress },
  );
}

/** The program of a winner, and where it goes; null where nobody asked. */
function programOf(
  { recipe }: AutoMlResult,
  { name, version, rows }: Source,
  { dir, path }: { readonly dir: string; readonly path: string | undefined },
) {
  if (path === undefined) return null;
  if (version === null) return null; // refused before
  return { path, text: formatAutoMl(recipe, { dir, table: name, version, schema: rows.schema }) };
}

interface Shown {
  readonly source: string;
  readonly label: string;
  readonly found: AutoMlResult;
  readonly kept: Awaited<ReturnType<typeof keepBest>>;
  readonly program: string | null;
}

function linesOf(
  { found, kept, program: file, label }: Shown,
  { width, program }: { readonly width: number; readonly program: string },
): readonly string[] {
  const { checks, leaderboard, metric, best, test } = found;
  const left = found.columns[best.features].filter(({ as }) => as === null);
  const style = {
    metric: metric.name,
    what: "estimator",
    format: (score: number) => score.toFixed(4),
    width,
  };
  const told = Object.entries(test?.metrics ?? {}).map(([name, value]) => [
    name,
    fixed(value),
    fixed(Object.entries(test?.baseline ?? {}).find(([other]) => other === name)?.[1]),
  ]);
  return [
    ...checkLines(checks, width),
    ...left.flatMap(({ column, why }) => wrap(`· ${column} is left out: ${why}`, width)),
    ...(checks.length + left.length > 0 ? [""] : []),
    ...leaderboardLines(leaderboard, style),
    ...familyFailures(leaderboard).flatMap(({ message }) =>
      wrap(`${marks.warning} ${message}`, width),
    ),
    "",
    ...(test === null
      ? []
      : [
          `on ${count(test.rows, "test row")}, scored once:`,
          ...columns([["metric", "winner", "best constant"], ...told], {
            right: [1, 2],
            width,
            indent: "  ",
          }),
          "",
        ]),
    ...wrap(`the winner predicts ${label}: ${best.code}`, width),
    ...keptLines(kept, program),
    ...(kept.predictions === null
      ? []
      : [`what it predicts for the test rows is in ${kept.predictions}`]),
    ...programLines(file, program),
  ];
}

const fixed = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? "–" : value.toFixed(4);
