/** @file `millrace lineage`: what the columns of a table are made of, and what is made of them. */
import { formatDot, formatMermaid, formatTree, type TableLineage } from "../table/index.ts";
import { command } from "./command.ts";
import { failTable } from "./fail-table.ts";
import { tableArgument, withTable } from "./table-option.ts";
import { dir } from "./workspace-folder.ts";

/** A lineage, and what of it was asked for. */
interface Asked {
  readonly lineage: TableLineage;
  readonly column: string | undefined;
  readonly downstream: boolean;
  readonly format: "tree" | "mermaid" | "dot";
}

export const lineage = command({
  name: "lineage",
  summary: "What each column of a table is made of, up to the files; or what is made of it.",
  about: [
    "Every write records in its commit which columns of which tables, at which versions, and of which",
    "files its columns are made of, and what decided which rows there are. What other programs wrote is",
    "told as not recorded.",
  ],
  arguments: { table: tableArgument },
  options: {
    column: { type: "string", value: "NAME", help: "only this column" },
    downstream: {
      type: "boolean",
      default: false,
      help: "the other way: which tables are made of this one",
    },
    version: { type: "number", min: 0, whole: true, value: "N", help: "of an earlier version" },
    format: {
      type: "string",
      choices: ["tree", "mermaid", "dot"],
      default: "tree",
      help: "a tree, or a drawing in the language of Mermaid or Graphviz",
    },
    dir,
  },
  examples: [
    "lineage telco.silver --column churn",
    "lineage telco.bronze --downstream",
    "lineage telco.silver --format mermaid > lineage.mmd",
  ],
  run: async ({ table, dir, version, ...asked }, { json }): Promise<Asked> =>
    withTable({ table, dir }, async ({ table: opened }) => {
      const { column, downstream } = asked;
      const found = await opened.lineage({
        ...(version === undefined ? {} : { version }),
        downstream: downstream || json,
      });
      const columns = Object.keys(found.columns);
      if (column !== undefined && !columns.includes(column))
        failTable("table/unknown-column", { at: found.table, column, columns });
      return { ...asked, lineage: found };
    }),
  render: ({ lineage: found, column, downstream, format }) => {
    const options = {
      direction: downstream ? ("downstream" as const) : ("upstream" as const),
      ...(column === undefined ? {} : { column }),
    };
    if (format === "tree") return formatTree(found, options);
    const drawing = format === "mermaid" ? formatMermaid : formatDot;
    return drawing(found, options).trimEnd().split("\n");
  },
  data: ({ lineage: found }) => found,
});
