/** @file A table as a source of its own rows: what an update, a merge or a restore makes them of. */
import type { Snapshot } from "../delta/snapshot.ts";
import {
  allSources,
  fromColumn,
  type LineageSource,
  nothing,
  type RowOrigin,
  together,
} from "./origin.ts";
import type { WriteLineage } from "./stored.ts";

/** A table at one version, as a source. */
export const tableSource = (
  name: string,
  { version, metaData }: Pick<Snapshot, "version" | "metaData">,
): LineageSource => ({ kind: "table", name, version, id: metaData.id });

/** Rows of which some columns of another source decide which there are. */
export function decidedBy(
  origin: RowOrigin,
  source: LineageSource | undefined,
  columns: Iterable<string>,
): RowOrigin {
  if (source === undefined) return origin;
  const deciding = [...columns].map((column) => fromColumn(source, column));
  return {
    ...origin,
    sources: allSources([...origin.sources, source]),
    rows: together([origin.rows, ...deciding]),
  };
}

/** What a change of rows where they are reads. */
export interface ChangeReads {
  /** For each column that is set, the columns that its value is made of. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** The columns of the condition; undefined when all rows go. */
  readonly condition: readonly string[] | undefined;
}

/** The lineage of an update or a deletion: the table itself is the source. */
export function changeLineage(
  self: LineageSource,
  { columns, condition }: ChangeReads,
): WriteLineage {
  const derived = [...columns].map(
    ([name, reads]) => [name, together(reads.map((one) => fromColumn(self, one)))] as const,
  );
  const origin: RowOrigin = { sources: [self], columns: new Map(derived), rows: nothing };
  if (condition === undefined) return { effect: "replace", origin: { ...origin, sources: [] } };
  return { effect: "add", origin: decidedBy(origin, self, condition) };
}
