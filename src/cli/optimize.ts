/** @file `millrace optimize`: small files packed into large ones, or all rows sorted by columns. */
import { count } from "../core/index.ts";
import type { TableDetail } from "../table/index.ts";
import { command } from "./command.ts";
import { namesOf } from "./options.ts";
import { stoppable } from "./stoppable.ts";
import { tableArgument, withTable } from "./table-option.ts";
import { size } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const megabyte = 1024 * 1024;

export const optimize = command({
  name: "optimize",
  summary: "Pack a table's small files into large ones, or sort its rows.",
  about: [
    "No row changes. Sorted by a column, most files can be skipped when somebody asks for a few of its",
    "values; by several columns the rows lie in Z-order. The files before stay for earlier versions",
    "until a vacuum.",
  ],
  arguments: { table: tableArgument },
  options: {
    clusterBy: { type: "string", many: true, value: "A,B", help: "sort all rows by these columns" },
    targetMb: {
      type: "number",
      default: 128,
      min: 1,
      value: "N",
      help: "how large a file should be, in MiB",
    },
    dir,
  },
  examples: ["optimize telco.bronze", "optimize telco.silver --cluster-by contract,tenure"],
  run: ({ table, dir, clusterBy, targetMb }, { reporter, signal }) =>
    withTable({ table, dir }, async ({ lake, table: opened }) => {
      const columns = namesOf(clusterBy);
      const before = await opened.detail();
      const how = columns.length === 0 ? {} : { clusterBy: columns };
      const { skipped, version } = await reporter.stage(
        `optimize ${table}`,
        () =>
          stoppable({ engine: lake.engine, signal }, () =>
            opened.optimize({ targetBytes: targetMb * megabyte, ...how }),
          ),
        () => null,
      );
      const after = await opened.detail();
      return { table, version, skipped, clusterBy: columns, ...moved(before, after) };
    }),
  render: ({ table, version, skipped, clusterBy, files, sizeBytes }) =>
    skipped
      ? [
          `${table}: nothing to gain; it has ${count(files.after, "file")} of ${size(sizeBytes.after)}`,
        ]
      : [
          `${table} version ${version}: from ${count(files.before, "file")}, ${size(sizeBytes.before)}, to ${count(files.after, "file")}, ${size(sizeBytes.after)}`,
          ...(clusterBy.length === 0 ? [] : [`its rows are sorted by ${clusterBy.join(", ")}`]),
        ],
});

const moved = (before: TableDetail, after: TableDetail) => ({
  files: { before: before.files, after: after.files },
  sizeBytes: { before: before.sizeBytes, after: after.sizeBytes },
});
