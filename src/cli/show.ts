/** @file `millrace tables`, `runs` and `models`: what a workspace holds. */
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { columns, moment } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const tables = command({
  name: "tables",
  summary: "The tables of a workspace, their versions and last changes.",
  about: ["Each is a folder with a Delta log, which Spark, DuckDB and delta-rs read as it is."],
  options: { dir },
  examples: ["tables", "tables --json"],
  run: async (values) => {
    await using workspace = await openWorkspace(values.dir, { create: false });
    const { lake } = workspace;
    const found = [];
    for (const name of await lake.tables()) {
      const [last] = await lake.history(name);
      const { bytes, folder } = lake.place(name);
      found.push({ name, path: bytes.locate(folder), ...last });
    }
    return found;
  },
  render: (found) =>
    found.length === 0
      ? ["no tables yet"]
      : columns([
          ["table", "version", "last change", "when (UTC)"],
          ...found.map(({ name, version, operation, atMs }) => [
            name,
            String(version),
            operation ?? "",
            moment(atMs ?? 0),
          ]),
        ]),
});

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
  render: (found) =>
    found.length === 0
      ? ["no runs yet"]
      : columns([
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
        ]),
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
  render: (found) =>
    found.length === 0
      ? ["no models yet"]
      : columns([
          ["model", "version", "aliases", "auc", "run", "hash", "registered (UTC)"],
          ...found.map(({ name, number, aliases, metrics, runId, modelHash, createdAtMs }) => [
            name,
            String(number),
            aliases.join(", "),
            metrics["auc"]?.toFixed(4) ?? "",
            runId.slice(0, 8),
            modelHash.slice(7, 19),
            moment(createdAtMs),
          ]),
        ]),
});
