/** @file What `millrace cluster` says of the groups. */
import type { Clusters } from "../cluster/index.ts";
import type { Cells, Matrix } from "../flow.ts";
import { silhouette } from "../metric/index.ts";
import type { Schema } from "../table/index.ts";

/** One group: its size, and the means of the numbers in it. */
export interface ClusterGroup {
  readonly cluster: number;
  readonly rows: number;
  readonly share: number;
  readonly means: Readonly<Record<string, number | null>>;
}

/** The groups of some rows. */
export interface ClusterReport {
  readonly name: string;
  readonly method: string;
  readonly rows: number;
  readonly groups: readonly ClusterGroup[];
  /** Rows in no group. */
  readonly noise: number;
  /** Of 2,000 rows at most; null where there is one group. */
  readonly silhouette: number | null;
  /** The columns that have means, in their order. */
  readonly columns: readonly string[];
  readonly warnings: readonly string[];
}

/** What the report is made of. */
interface Found {
  readonly name: string;
  readonly method: string;
  readonly learned: Clusters;
  readonly labels: Int32Array;
  readonly x: Matrix;
  readonly seed: number;
  readonly rows: readonly Cells[];
  readonly schema: Schema;
}

/** Sizes, means and the silhouette. O(n·d), and 2,000·n·d for the silhouette. */
export function reportOf({
  name,
  method,
  learned,
  labels,
  x,
  seed,
  rows,
  schema,
}: Found): ClusterReport {
  const columns = Object.entries(schema.columns)
    .filter(([, { kind, key }]) => (kind === "int" || kind === "float") && key !== true)
    .map(([column]) => column);
  const noise = labels.filter((label) => label < 0).length;
  const score = noise === labels.length ? Number.NaN : silhouette(x, labels, { rows: 2000, seed });
  const groups = Array.from({ length: learned.clusters }, (_, cluster) => {
    const own = rows.filter((_row, i) => labels[i] === cluster);
    const means = Object.fromEntries(columns.map((column) => [column, meanOf(own, column)]));
    return { cluster, rows: own.length, share: own.length / rows.length, means };
  });
  return {
    name,
    method,
    rows: rows.length,
    groups,
    noise,
    silhouette: Number.isFinite(score) ? score : null,
    columns,
    warnings: learned.warnings,
  };
}

/** The mean of a column's cells that are numbers; null where there is none. */
function meanOf(rows: readonly Cells[], column: string): number | null {
  const values = rows.flatMap((row) => {
    const cell = row[column];
    return typeof cell === "number" && Number.isFinite(cell) ? [cell] : [];
  });
  return values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
}
