/** @file OPTIMIZE: small files packed into large ones, or all of them clustered by columns; no row changes. */
import { quoteName } from "../sql-text.ts";
import { type Add, removeOf } from "./actions.ts";
import type { Plan } from "./commit.ts";
import { fileCounts, scanOf } from "./rewrite.ts";
import type { Snapshot } from "./snapshot.ts";
import { targetBytes, type Writer, writeFiles } from "./write-files.ts";

/** How a table is optimized. */
export interface Compaction {
  /** How large a file should be, in bytes. Default 128 MiB. */
  readonly target?: number | undefined;
  /** Columns by which all rows are sorted, so that each file has few values of each. */
  readonly clusterBy?: readonly string[] | undefined;
}

/**
 * Plans an OPTIMIZE of one snapshot; undefined when there is nothing to gain. Files of one partition
 * are packed in the order of the log until a file has the target size. Clustering rewrites all files:
 * by one column its rows are sorted by it; by several they are sorted by their Z-order, the
 * interleaved bits of each column's 1,024 quantiles.
 */
export async function optimizePlan(
  writer: Writer,
  snapshot: Snapshot,
  { target = targetBytes, clusterBy = [] }: Compaction,
): Promise<Plan | undefined> {
  const bins = binsOf([...snapshot.files.values()], clusterBy.length > 0 ? Infinity : target);
  const chosen = clusterBy.length > 0 ? bins : bins.filter((files) => files.length > 1);
  if (chosen.length === 0) return undefined;
  const removed: Add[] = [];
  const added: Add[] = [];
  for (const files of chosen) {
    const scan = scanOf(writer, snapshot.shape, files);
    const sql = clusterBy.length === 0 ? scan : clusteredSql(scan, clusterBy);
    const written = await writeFiles(writer, { shape: snapshot.shape, sql, target });
    removed.push(...files);
    added.push(...written.adds);
  }
  const actions = [
    ...removed.map((add) => removeOf(add, writer.clock(), false)),
    ...added.map((add) => ({ add: { ...add, dataChange: false } })),
  ];
  const bytes = (files: readonly Add[]): number => files.reduce((sum, { size }) => sum + size, 0);
  return {
    operation: "OPTIMIZE",
    parameters: { predicate: [], zOrderBy: clusterBy, targetSize: target },
    metrics: {
      ...fileCounts(actions),
      numAddedBytes: bytes(added),
      numRemovedBytes: bytes(removed),
    },
    actions,
    reads: "files",
  };
}

/** Runs of files of one partition that together are not larger than the target. */
function binsOf(files: readonly Add[], target: number): readonly (readonly Add[])[] {
  const partitions = Map.groupBy(files, ({ partitionValues }) => JSON.stringify(partitionValues));
  const bins: Add[][] = [];
  for (const group of partitions.values()) {
    let bin: Add[] = [];
    let size = 0;
    for (const add of group) {
      if (add.size > target / 2 && target !== Infinity) continue; // large enough already
      if (size + add.size > target) {
        bins.push(bin);
        [bin, size] = [[], 0];
      }
      bin.push(add);
      size += add.size;
    }
    bins.push(bin);
  }
  return bins.filter((bin) => bin.length > 0);
}

const bits = 10;

/** The rows in the order of their clustering, missing values last, and as they were within a tie. */
function clusteredSql(scan: string, clusterBy: readonly string[]): string {
  const columns = clusterBy.map(quoteName);
  const ranked = columns.map(
    (column, i) => `ntile(${2 ** bits}) OVER (ORDER BY ${column} NULLS LAST) - 1 AS "\u001eb${i}"`,
  );
  const place = `row_number() OVER () AS "\u001eplace"`;
  if (columns.length === 1)
    return `SELECT * EXCLUDE ("\u001eplace") FROM (SELECT *, ${place} FROM (${scan})) ORDER BY ${columns[0]} NULLS LAST, "\u001eplace"`;
  const shuffled = Array.from({ length: bits }, (_, bit) =>
    columns.map((_column, i) => {
      const to = bit * columns.length + (columns.length - 1 - i);
      return `((("\u001eb${i}"::HUGEINT >> ${bit}) & 1) << ${to})`;
    }),
  ).flat();
  const hidden = [...columns.map((_column, i) => `"\u001eb${i}"`), '"\u001eplace"'].join(", ");
  return `SELECT * EXCLUDE (${hidden}) FROM (SELECT *, ${[...ranked, place].join(", ")} FROM (${scan}))
    ORDER BY ${shuffled.join(" | ")}, "\u001eplace"`;
}
