/** @file The rows of a snapshot: a SELECT that skips files by conditions, and the lease that keeps the files there. */
import type { Add } from "./delta/actions.ts";
import { addressOf } from "./delta/file-paths.ts";
import { type Lease, leaseFiles } from "./delta/held.ts";
import type { TablePlace } from "./delta/log.ts";
import { pruneFiles } from "./delta/prune.ts";
import { scanSql } from "./delta/scan.ts";
import type { Snapshot } from "./delta/snapshot.ts";
import type { ExprNode } from "./expr/index.ts";
import type { Columns } from "./schema.ts";

/** A snapshot that can be read. */
export interface SnapshotRows {
  /** A SELECT of the columns from the files that may hold a row that meets all conditions. */
  readonly narrow: (conditions: readonly ExprNode[]) => string;
  /** Files are not vacuumed while anybody holds this. */
  readonly keep: Lease;
}

/** The rows of a snapshot, of some columns. */
export function snapshotRows(
  place: TablePlace,
  { files, shape }: Snapshot,
  columns: Columns,
): SnapshotRows {
  const all = [...files.values()];
  const { partitionBy } = shape;
  return {
    narrow: (conditions) => {
      const left = conditions.reduce<readonly Add[]>(
        (some, condition) => pruneFiles(some, shape, condition),
        all,
      );
      return scanSql(place, { files: left, columns, partitionBy });
    },
    keep: leaseFiles(() => all.map(({ path }) => addressOf(place, path))),
  };
}
