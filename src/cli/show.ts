/** @file `millrace tables`, `runs` and `models`: what a workspace holds. */
import { isMillraceError, shown } from "../core/index.ts";
import type { Lake } from "../table/index.ts";
import { openWorkspace, openWorkspaceLake } from "../workspace/index.ts";
import { command } from "./command.ts";
import { columns, moment, number, size, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const tables = command({
  name: "tables",
  summary: "The tables of a workspace, their versions and last changes.",
  about: ["Each is a folder with a Delta log, which Spark, DuckDB and delta-rs read as it is."],
  options: { dir },
  examples: ["tables", "tables --json"],
  run: async (values) => {
    await using lake = await openWorkspaceLake(values.dir);
    const found = [];
    for (const name of await lake.tables()) found.push(await shownTable(lake, name));
    return found;
  },
  render: (found, { width, program }) => {
    if (found.length === 0) return ["no tables yet"];
    const heads = [
      "table",
      "version",
      "rows",
      "files",
      "size",
      "last change",
      "when (UTC)",
      "comment",
    ];
    const how = { right: [1, 2, 3, 4], width, whole: [0, 1, 2, 3, 4, 6], spare: [7, 3, 4, 5, 6] };
    const bad = found.find((table) => "problem" in table)?.name;
    const hint = `what is wrong with a table is said by ${program} describe ${bad}`;
    return [
      ...columns([heads, ...found.map(tableCells)], how),
      ...(bad === undefined ? [] : ["", ...wrap(hint, Math.min(width, 100))]),
    ];
  },
});

/** A table as its log tells of it; one that cannot be read has its problem instead. */
async function shownTable(lake: Lake, name: string) {
  const { bytes, folder } = lake.place(name);
  const path = bytes.locate(folder);
  try {
    const [last] = await lake.history(name, { limit: 1 });
    const { rows, files, sizeBytes, comment, owner } = await lake.describeTable(name);
    return { name, path, ...last, rows, files, sizeBytes, comment, owner };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return { name, path, problem: `${error.code}: ${error.message}` };
  }
}

function tableCells(table: Awaited<ReturnType<typeof shownTable>>): readonly string[] {
  if ("problem" in table) {
    const code = /^[a-z]+\/[a-z-]+/.exec(table.problem)?.[0] ?? "unreadable";
    return [table.name, "–", "–", "–", "–", "", "", code];
  }
  const { name, version = -1, rows, files, sizeBytes, operation = "", atMs = 0, comment } = table;
  return [
    ...[name, String(version), rows === null ? "–" : number(rows), number(files), size(sizeBytes)],
    ...[shown(operation), moment(atMs), shown(comment ?? "")],
  ];
}

export const runs = command({
  name: "runs",
  summary: "The runs of a workspace with their metrics, newest first.",
  about: ["A run keeps parameters, metrics, figures and the model it made."],
  options: { dir },
  examples: ["runs", "runs --json"],
  run: async (values) => {
    await using workspace = await openWorkspace(values.dir, { create: false });
    return await workspace.tracking.runs();
  },
  render: (found, { width }) =>
    found.length === 0
      ? ["no runs yet"]
      : columns(
          [
            ["run", "experiment", "name", "status", "started (UTC)", "auc", "accuracy"],
            ...found.map(({ id, experiment, name, status, startedAtMs, metrics }) => [
              id.slice(0, 8),
              experiment,
              name,
              status,
              moment(startedAtMs),
              metrics["auc"]?.toFixed(4) ?? "",
              metrics["accuracy"]?.toFixed(4) ?? "",
            ]),
          ],
          { width, whole: [0, 2, 4, 5, 6], spare: [1, 4, 6] },
        ),
});

export const models = command({
  name: "models",
  summary: "The registered models, their versions and aliases.",
  about: ["A version is immutable; the alias champion says which one answers."],
  options: { dir },
  examples: ["models", "models --json"],
  run: async (values) => {
    await using workspace = await openWorkspace(values.dir, { create: false });
    const { registry } = workspace;
    const all = (await registry.names()).map((name) => registry.versions(name));
    return (await Promise.all(all)).flat();
  },
  render: (found, { width }) =>
    found.length === 0
      ? ["no models yet"]
      : columns(
          [
            ["model", "version", "aliases", "score", "run", "hash", "registered (UTC)"],
            ...found.map(({ name, number, aliases, metrics, runId, modelHash, createdAtMs }) => [
              name,
              String(number),
              aliases.join(", "),
              scoreText(metrics),
              runId.slice(0, 8),
              modelHash.slice(7, 19),
              moment(createdAtMs),
            ]),
          ],
          { width, right: [1], whole: [0, 1, 3, 4, 5, 6], spare: [5, 6, 4] },
        ),
});

/** The metric that models are compared by: the area under the curve, else the accuracy. */
function scoreText(metrics: Readonly<Record<string, number>>): string {
  const name = ["auc", "accuracy"].find((metric) => metrics[metric] !== undefined);
  return name === undefined ? "" : `${name} ${metrics[name]?.toFixed(4)}`;
}
