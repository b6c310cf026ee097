/** @file `millrace vacuum`: files that no version within the retention needs, removed. */
import { count } from "../core/index.ts";
import { command } from "./command.ts";
import { tableArgument, withTable } from "./table-option.ts";
import { number, size } from "./text.ts";
import { dir } from "./workspace-folder.ts";

/** Files that are listed for people; all of them are in the JSON. */
const listed = 20;

export const vacuum = command({
  name: "vacuum",
  summary: "Remove the files of a table that no recent version needs.",
  about: [
    "Versions older than the retention can then no longer be read; the newest always can. Files that",
    "this process still reads or writes are left. With --dry-run nothing is removed.",
  ],
  arguments: { table: tableArgument },
  options: {
    hours: {
      type: "number",
      min: 0,
      value: "N",
      help: "the retention; default the table's own, else 168, 7 days; less needs --force or --dry-run",
    },
    dryRun: { type: "boolean", default: false, help: "say what would be removed" },
    force: {
      type: "boolean",
      default: false,
      help: "allow a short retention; only when nobody else reads or writes the table",
    },
    dir,
  },
  examples: ["vacuum telco.bronze --dry-run", "vacuum telco.bronze --hours 0 --force"],
  run: ({ table, dir, hours, dryRun, force }, { reporter }) =>
    withTable({ table, dir }, async ({ table: opened }) => {
      const report = await reporter.stage(
        `vacuum ${table}`,
        () =>
          opened.vacuum({
            ...(hours === undefined ? {} : { retentionHours: hours }),
            ...{ dryRun, force },
          }),
        () => null,
      );
      return { table, dryRun, ...report };
    }),
  render: ({ table, dryRun, removed, removedBytes, held }) => {
    const kept = held.length === 0 ? [] : [`${count(held.length, "file")} still in use: left`];
    if (removed.length === 0)
      return [`${table}: no file is old enough to go and needed by no version`, ...kept];
    const what = `${count(removed.length, "file")}, ${size(removedBytes)}`;
    const more = removed.length - listed;
    return [
      dryRun ? `${table}: would remove ${what}` : `${table}: removed ${what}`,
      ...removed.slice(0, listed).map((path) => `  ${path}`),
      ...(more > 0 ? [`  and ${number(more)} more; --json lists them all`] : []),
      ...kept,
    ];
  },
});
