/** @file `millrace history`: what was done to a table, newest first. */
import { count, shown } from "../core/index.ts";
import type { HistoryEntry } from "../table/index.ts";
import { command } from "./command.ts";
import { settingsText } from "./settings-text.ts";
import { tableArgument, withTable } from "./table-option.ts";
import { columns, moment, size } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const history = command({
  name: "history",
  summary: "What was done to a table: its versions, newest first.",
  about: [
    "Each version stays readable (profile, check, export and describe take --version and --at) until",
    "a vacuum removes its files, and can be restored. One whose files are gone says so.",
  ],
  arguments: { table: tableArgument },
  options: {
    limit: {
      type: "number",
      default: 20,
      min: 1,
      whole: true,
      value: "N",
      help: "at most so many versions",
    },
    dir,
  },
  examples: ["history telco.silver", "history telco.silver --limit 1 --json"],
  run: ({ table, dir, limit }) =>
    withTable({ table, dir }, ({ table: opened }) => opened.history({ limit, checkFiles: true })),
  render: (entries, { width }) => {
    const isOurs = entries.every(({ engine }) => engine === "Millrace");
    const by = (engine: string): readonly string[] => (isOurs ? [] : [engine]);
    const rows = entries.map((entry) => [
      String(entry.version),
      moment(entry.atMs),
      entry.operation,
      whatOf(entry),
      ...by(entry.engine ?? ""),
    ]);
    const heads = ["version", "when (UTC)", "operation", "what", ...by("by")];
    return columns([heads, ...rows], { width, right: [0], whole: [0, 1, 2], spare: [1] });
  },
});

/** How the metrics of operations are told, in the names that Delta gives them. */
const told: Readonly<Record<string, (value: number) => string>> = {
  numOutputRows: (n) => `${count(n, "row")} written`,
  numAddedRows: (n) => `${count(n, "row")} written`,
  numTargetRowsInserted: (n) => `${count(n, "row")} inserted`,
  numTargetRowsUpdated: (n) => `${count(n, "row")} updated`,
  numUpdatedRows: (n) => `${count(n, "row")} updated`,
  numTargetRowsDeleted: (n) => `${count(n, "row")} deleted`,
  numDeletedRows: (n) => `${count(n, "row")} deleted`,
  numDroppedRows: (n) => `${count(n, "row")} dropped`,
  numRestoredFiles: (n) => `${count(n, "file")} brought back`,
};
const files: typeof told = {
  numRemovedFiles: (n) => `${count(n, "file")} out`,
  numAddedFiles: (n) => `${count(n, "file")} in`,
  numAddedBytes: (n) => size(n),
};

/** The names that delta-rs gives metrics, `num_added_rows`, as others give them. */
const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What an operation did, and whether its files are there still. */
function whatOf(entry: HistoryEntry): string {
  const gone = entry.readable === false ? ["its files are gone"] : [];
  return [deedOf(entry), ...gone].filter((text) => text !== "").join("; ");
}

/** What an operation did, from its metrics and the table's expectations. */
function deedOf(entry: HistoryEntry): string {
  const { operation, parameters, expectations } = entry;
  const metrics = Object.fromEntries(
    Object.entries(entry.metrics).map(([name, value]) => [camel(name), value]),
  );
  const tell = (words: typeof told): readonly string[] =>
    Object.entries(words).flatMap(([name, say]) => {
      const value = Number(metrics[name]);
      return value > 0 ? [say(value)] : [];
    });
  if (operation === "OPTIMIZE") return tell(files).join(", ");
  if (/^(UN)?SET TBLPROPERTIES$/.test(operation)) return settingsText(parameters).join("; ");
  if (operation === "RESTORE")
    return [`to version ${parameters["version"] ?? "?"}`, ...tell(told)].join(": ");
  const broken = expectations.filter(({ failed }) => failed > 0).length;
  const isTold = broken === 0 || Number(metrics["numDroppedRows"]) > 0;
  const judged = isTold ? [] : [`${count(broken, "expectation")} broken`];
  const done = [...tell(told)];
  const mode = parameters["mode"]?.toLowerCase();
  const isCounted = Object.keys(told).some((name) => name in metrics);
  if (!isCounted) done.push(...tell(files)); // another program's, of which only the files are known
  if (done.length === 0)
    return [...(mode === "append" && isCounted ? ["no rows"] : []), ...judged].join(", ");
  const others = parameters["predicate"] === undefined ? "all" : "some";
  const place = mode === "overwrite" ? ` in place of ${others}` : "";
  return [`${done.join(", ")}${place}${fromText(entry)}`, ...judged].join(", ");
}

/** File names that are told of one version. */
const toldFiles = 3;

function fromText({ files }: HistoryEntry): string {
  if (files.length === 0) return "";
  const more = files.length - toldFiles;
  const names = files.slice(0, toldFiles).map(shown).join(", ");
  return ` from ${names}${more > 0 ? ` and ${count(more, "more file")}` : ""}`;
}
