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
    "a vacuum removes its files, and can be restored.",
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
    withTable({ table, dir }, ({ table: opened }) => opened.history({ limit })),
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

/** What an operation did, from its metrics and the table's expectations. */
function whatOf(entry: HistoryEntry): string {
  const { operation, metrics, parameters, expectations } = entry;
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
  const done = tell(told);
  const mode = parameters["mode"]?.toLowerCase();
  if (done.length === 0) return [...(mode === "append" ? ["no rows"] : []), ...judged].join(", ");
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
