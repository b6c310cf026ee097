/** @file `millrace explain`: what a registered model makes of the columns of rows, and why it told what it told of one. */
import { join, resolve } from "node:path";
import { count } from "../core/index.ts";
import type { Cell } from "../flow.ts";
import { metricOf } from "../metric/index.ts";
import { renderPng, renderSvg } from "../plot/index.ts";
import { folderBytes } from "../store/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { explainCharts, type NamedChart } from "./explain-charts.ts";
import { type Explained, explained, type OneRow } from "./explain-model.ts";
import { fileForm, fileOptions } from "./file-options.ts";
import { pairsOf } from "./options.ts";
import { registeredModel, versionOptions } from "./registered-model.ts";
import { sourceArgument, withSource } from "./source.ts";
import { columns, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const explain = command({
  name: "explain",
  summary: "What each column is worth to a model, and why it told what it told of a row.",
  about: [
    "Each column of the rows in turn is given to other rows: how much worse the metric is then, is what the model makes of",
    "that column; the rows need labels for it. Models of trees and linear ones also have exact Shapley values: how",
    "much each column moved what the model tells, summed before the link, so of boosted and logistic models in log-odds.",
    "One row is taken apart: the first, or the first that has what --row says. --out draws all of it, and what",
    "is told as the columns that matter most change.",
  ],
  arguments: {
    model: { type: "string", help: "the registered model" },
    source: sourceArgument,
  },
  options: {
    ...versionOptions,
    rows: {
      type: "number",
      default: 500,
      min: 1,
      max: 1_000_000,
      whole: true,
      value: "N",
      help: "the most rows that are looked at, chosen by their content",
    },
    row: {
      type: "string",
      many: true,
      value: "KEY=VALUE",
      help: "which row is taken apart; the first if not given",
    },
    metric: {
      type: "string",
      value: "NAME",
      help: "auc of true and false, logLoss of classes, rmse of numbers if not given",
    },
    label: {
      type: "string",
      value: "COLUMN",
      help: "the label's column; what the model tells if not given",
    },
    repeats: {
      type: "number",
      default: 5,
      min: 1,
      max: 1000,
      whole: true,
      value: "N",
      help: "how often each column is given to other rows",
    },
    seed: {
      type: "number",
      default: 0,
      whole: true,
      value: "N",
      help: "chooses the rows and the orders",
    },
    out: { type: "string", value: "FOLDER", help: "write the pictures" },
    picture: {
      type: "string",
      choices: ["svg", "png"],
      default: "svg",
      help: "how they are drawn",
    },
    ...fileOptions,
    dir,
  },
  examples: [
    "explain churn telco.silver --out pictures",
    "explain churn telco.silver --row customer_id=7590-VHVEG --metric logLoss",
    "explain churn new-customers.csv --version 2 --label left --json",
  ],
  run: async (values, around) => {
    const { model: name, source: from, dir, version, alias } = values;
    const metric = values.metric === undefined ? undefined : metricOf(values.metric).name;
    const row = pairsOf("explain", "row", values.row);
    const { label, repeats, seed, rows: most } = values;
    const task = { from, dir, at: {}, form: fileForm(values), command: "explain" };
    await using workspace = await openWorkspace(dir, { create: false });
    const found = await registeredModel(workspace.registry, {
      command: "explain",
      name,
      version,
      alias,
    });
    const { model } = found;
    const asked = { model, most, metric, label, repeats, seed, row };
    const why = await around.reporter.stage(
      `explain ${name}/${found.version.number}`,
      (progress) =>
        withSource(task, around, (source) =>
          explained(source, asked, { progress, signal: around.signal }),
        ),
      () => null,
    );
    const { out, picture } = values;
    const charts = out === undefined ? [] : explainCharts(model, why);
    const pictures = await drawn(charts, { out: out ?? ".", picture });
    const { rows, output, lost, shapley, row: one, warnings } = why;
    return {
      ...{ model: name, version: found.version.number, kind: model.kind, source: from, rows },
      ...{ output: output.of, permutation: lost, row: one, warnings, pictures },
      shapley: shapley === null ? null : { base: shapley.base, columns: shapley.columns },
    };
  },
  render: (found, { width }) => {
    const { model, version, kind, source, rows, permutation, row, warnings, pictures } = found;
    const score = permutation === null ? "" : `; ${permutation.metric} ${short(permutation.score)}`;
    return [
      ...importanceLines(found, width),
      ...(row === null ? [] : ["", ...rowLines(row, found.output, width)]),
      "",
      ...warnings.flatMap((warning) => hanging(`⚠ ${warning}`, Math.min(width, 100))),
      `${model}/${version}, ${kind}, on ${count(rows, "row")} of ${source}${score}`,
      ...pictures.map((path) => `picture: ${path}`),
    ];
  },
});

/** Writes the pictures into a folder; gives their paths. */
async function drawn(
  charts: readonly NamedChart[],
  { out, picture }: { readonly out: string; readonly picture: "svg" | "png" },
): Promise<readonly string[]> {
  const folder = resolve(out);
  const paths: string[] = [];
  for (const { name, spec } of charts) {
    const file = `${name}.${picture}`;
    const bytes = picture === "svg" ? Buffer.from(await renderSvg(spec)) : await renderPng(spec);
    await folderBytes(folder).put(file, bytes);
    paths.push(join(folder, file));
  }
  return paths;
}

const short = (value: number): string => String(Number(value.toPrecision(4))).replace("-", "−");
const signed = (value: number): string => `${value < 0 ? "−" : "+"}${short(Math.abs(value))}`;
const mostShown = 20;
const barLength = 20;

const hanging = (line: string, width: number): readonly string[] =>
  wrap(line, width - 4).map((one, i) => (i === 0 ? one : `    ${one}`));

/** What people see of the importances. */
interface Important {
  readonly permutation: Explained["lost"];
  readonly shapley: Pick<NonNullable<Explained["shapley"]>, "columns"> | null;
}

function importanceLines({ permutation, shapley }: Important, width: number): readonly string[] {
  const ranked = permutation?.columns ?? shapley?.columns ?? [];
  if (ranked.length === 0) return ["nothing can be told of the columns; see below"];
  const most = Math.max(...ranked.map(({ mean }) => mean)) || 1;
  const heads = [
    "column",
    ...(permutation === null ? [] : [`${permutation.metric} lost`, "±"]),
    ...(shapley === null ? [] : ["mean |Shapley|"]),
    "",
  ];
  const cells = ranked.slice(0, mostShown).map(({ name, mean }) => {
    const lost = permutation?.columns.find((one) => one.name === name);
    const moved = shapley?.columns.find((one) => one.name === name);
    return [
      name,
      ...(lost === undefined ? [] : [short(lost.mean), short(lost.deviation)]),
      ...(moved === undefined ? [] : [short(moved.mean)]),
      "█".repeat(Math.max(0, Math.round((mean / most) * barLength))),
    ];
  });
  const more = ranked.length - cells.length;
  const right = heads.map((_, i) => i).slice(1, -1);
  return [
    ...columns([heads, ...cells], { width, right }),
    ...(more > 0 ? [`… and ${count(more, "column")} that matter less`] : []),
  ];
}

/** From the base to the output, the largest step first. */
function rowLines(row: OneRow, output: string, width: number): readonly string[] {
  const { told, base, contributions } = row;
  const most = Math.max(...contributions.map(({ amount }) => Math.abs(amount))) || 1;
  let reached = base;
  const steps = contributions.slice(0, mostShown).map(({ column, value, amount }) => {
    reached += amount;
    const bar = (amount < 0 ? "░" : "█").repeat(Math.round((Math.abs(amount) / most) * barLength));
    return [`${column} = ${cellText(value)}`, signed(amount), short(reached), bar];
  });
  const others = contributions.slice(mostShown).reduce((sum, { amount }) => sum + amount, 0);
  const rest = contributions.length - steps.length;
  const lines = [
    ["what is expected of all", "", short(base), ""],
    ...steps,
    ...(rest > 0 ? [[`${rest} others`, signed(others), short(row.output), ""]] : []),
  ];
  return [
    `one row: ${told}`,
    ...columns([["column", "effect", `sum for ${output}`, ""], ...lines], {
      width,
      right: [1, 2],
      whole: [1, 2],
    }),
  ];
}

function cellText(value: Cell): string {
  if (value === null) return "missing";
  return value instanceof Date ? value.toISOString() : String(value);
}
