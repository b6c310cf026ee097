/** @file `millrace restore`: a table made what it was at an earlier version. */
import { count } from "../core/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { atOptions, atVersion, tableArgument, withTable } from "./table-option.ts";
import { moment, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const restore = command({
  name: "restore",
  summary: "Make a table what it was at an earlier version.",
  about: [
    "Writes a new version with the files, schema and settings of the earlier one; what the table was",
    "until now stays readable, and can be restored in turn. Attached expectations stay as they are now:",
    "they judge rows to come. See history for the versions.",
  ],
  arguments: { table: tableArgument },
  options: { ...atOptions, dir },
  examples: ["restore telco.silver --version 3", 'restore telco.silver --at "2026-01-05 14:30"'],
  run: ({ table, dir, ...at }, { reporter }) => {
    const to = atVersion("restore", at);
    if (to.version === undefined && to.at === undefined) fail("cli/missing-version", { table });
    return withTable({ table, dir }, async ({ table: opened }) => {
      const earlier = await opened.detail(to);
      const before = await opened.detail();
      const { version, skipped, metrics } = await reporter.stage(
        `restore ${table}`,
        () => opened.restore({ version: earlier.version }),
        () => null,
      );
      const rows = { before: before.rows, after: earlier.rows };
      const from = { version: earlier.version, atMs: earlier.modifiedAtMs };
      return { table, version, skipped, restored: from, rows, metrics };
    });
  },
  render: ({ table, version, skipped, restored, rows, metrics }) => {
    const earlier = `version ${restored.version} of ${moment(restored.atMs)} UTC`;
    if (skipped) return [`${table} is as it was at ${earlier}; nothing was done`];
    const { numRestoredFiles = 0, numRemovedFiles = 0 } = metrics;
    const told = (n: number | null): string => (n === null ? "–" : number(n));
    return [
      `${table} version ${version} is what it was at ${earlier}`,
      `rows: ${told(rows.before)} before, ${told(rows.after)} now; ${count(numRestoredFiles, "file")} brought back, ${count(numRemovedFiles, "file")} taken out`,
    ];
  },
});
