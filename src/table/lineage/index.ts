/** @file Where the columns of tables come from, as other rooms see it. */
export type { DirectLineage, LineageEdge, LineageEnd, LineageTarget } from "./edges.ts";
export { formatDot, formatMermaid } from "./format-drawing.ts";
export { formatTree } from "./format-tree.ts";
export type { FormatLineageOptions } from "./lineage-text.ts";
export {
  type ColumnSource,
  type Derived,
  type LineageSource,
  narrowed,
  type RowOrigin,
} from "./origin.ts";
export type { LineageOptions, TableLineage } from "./table-lineage.ts";
