/** @file A Delta table: typed rows, versions that stay readable, and writes that happen once or not at all. */
import type { Hash } from "../flow.ts";
import type { Assignments } from "./assign.ts";
import type { ChangeColumns, ChangeRange } from "./delta/changes.ts";
import type { Commit } from "./delta/commit.ts";
import type { TableDetail } from "./delta/detail.ts";
import type { HistoryEntry, HistoryOptions } from "./delta/history.ts";
import type { TxnMark } from "./delta/opening.ts";
import type { VacuumOptions, VacuumReport } from "./delta/vacuum.ts";
import type { TableExpectations } from "./expectations/table-expectations.ts";
import type { BoolExpr, CellsOf } from "./expr/index.ts";
import type { Frame } from "./frame.ts";
import type { LineageOptions, TableLineage } from "./lineage/table-lineage.ts";
import type { Columns, Row, Schema } from "./schema.ts";
import type { RowSource } from "./source.ts";
import type { TablePart } from "./table-parts.ts";

/** A condition over the columns of a table. */
export type Condition<C extends Columns> = (columns: CellsOf<C>) => BoolExpr;

/** How a table is made, where it is made: a table that exists has its own rules. */
export interface TableOptions<C extends Columns = Columns> {
  /** Columns whose values decide the folder, and by which whole files are skipped. */
  readonly partitionBy?: readonly (keyof C & string)[];
  /** Conditions that must be true for every row, by name. */
  readonly checks?: Readonly<Record<string, Condition<C>>>;
  /** Whether each change of a row is kept for {@link Table.changes}. */
  readonly changeFeed?: boolean;
  /** Rules for each row that every write obeys; see {@link Table.expectations}. */
  readonly expectations?: TableExpectations;
  /** Settings of a program's own, kept in the table by name; {@link Table.detail} gives them back. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** How a write is made to happen once: the same app and version again is skipped. */
export interface WriteOptions {
  readonly txn?: TxnMark;
  /** Called when the rows are written and before they are committed; throwing leaves nothing. */
  readonly confirm?: (metrics: Commit["metrics"]) => Promise<void> | void;
  /** Adds the schema's new columns to the table and widens numbers where Delta does. Default false. */
  readonly evolve?: boolean;
  /**
   * Writes only if the table is at this version still; -1: if there is none. So that what was read and
   * what is written are one step. Otherwise `table/conflict-newer`.
   */
  readonly ifVersion?: number;
  /** Settings of a program's own to add or replace in the same commit; null drops one. */
  readonly properties?: Readonly<Record<string, string | null>>;
}

/** What an overwrite replaces. */
export interface OverwriteOptions<C extends Columns> extends WriteOptions {
  /** Replaces the rows that meet this condition, which all new rows must meet. */
  readonly where?: Condition<C>;
  /** Gives the table the schema it is opened with, whatever it was. Default false. */
  readonly overwriteSchema?: boolean;
}

/** How rows are matched and which of two wins. */
export interface MergeOptions<C extends Columns> extends WriteOptions {
  /** The key: source and table rows with equal values in all these columns are the same thing. */
  readonly on: readonly (keyof C & string)[];
  /** A column by which a matched row is replaced only when the source's value is not older. */
  readonly newest?: keyof C & string;
}

/** A condition over a row of the table and the row of the source that it matches. */
export type PairCondition<C extends Columns, S extends Columns> = (
  table: CellsOf<C>,
  source: CellsOf<S>,
) => BoolExpr;

/** What becomes of a row of the table that matches one of the source: "all" takes the source's values. */
export type MatchedClause<C extends Columns, S extends Columns> = {
  readonly condition?: PairCondition<C, S>;
} & (
  | { readonly set: "all" | ((table: CellsOf<C>, source: CellsOf<S>) => Assignments<C>) }
  | { readonly delete: true }
);

/** What becomes of a row of the source that matches none of the table; columns not named are missing. */
export interface NotMatchedClause<C extends Columns, S extends Columns> {
  readonly condition?: Condition<S>;
  readonly values: "all" | ((source: CellsOf<S>) => Assignments<C>);
}

/** What becomes of a row of the table that matches none of the source. */
export type NotMatchedBySourceClause<C extends Columns> = {
  readonly condition?: Condition<C>;
} & ({ readonly set: (table: CellsOf<C>) => Assignments<C> } | { readonly delete: true });

/** A MERGE in full. In each list the first clause whose condition is true decides; none, and nothing happens. */
export interface MergeWhen<C extends Columns, S extends Columns> extends WriteOptions {
  /** Columns that are equal in both, or a condition over both. */
  readonly on: readonly (keyof C & keyof S & string)[] | PairCondition<C, S>;
  readonly matched?: readonly MatchedClause<C, S>[];
  readonly notMatched?: readonly NotMatchedClause<C, S>[];
  readonly notMatchedBySource?: readonly NotMatchedBySourceClause<C>[];
}

/** Which version: its number, or the newest that was there at a moment. */
export interface AtVersion {
  readonly version?: number;
  readonly at?: Date;
}

/** What `read` takes. */
export interface ReadOptions<C extends Columns> extends AtVersion {
  /** Only rows for which this is true; files that cannot hold one are not opened. */
  readonly where?: Condition<C>;
}

/** Rules of a table to change. */
export interface AlterOptions<C extends Columns> {
  /** Checks to add, which all rows there must pass; null drops one. */
  readonly checks?: Readonly<Record<string, Condition<C> | null>>;
  readonly changeFeed?: boolean;
  /** Rules for the rows of writes to come, instead of those there; null takes them off. */
  readonly expectations?: TableExpectations | null;
  /** Settings of a program's own to add or replace; null drops one. */
  readonly properties?: Readonly<Record<string, string | null>>;
}

/** How small files become large ones. */
export interface OptimizeOptions<C extends Columns> {
  /** How large a file should be, in bytes. Default 128 MiB. */
  readonly targetBytes?: number;
  /** Sorts all rows: by one column plainly, by several in Z-order. */
  readonly clusterBy?: readonly (keyof C & string)[];
}

/** A table of the lake. Nothing is read or written until a method is called. */
export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly schema: Schema<C>;
  /** The absolute path of the table's folder, or its address in a remote store. */
  readonly path: string;
  exists(): Promise<boolean>;
  /** The newest version, or -1 when the table does not exist. */
  version(): Promise<number>;
  /**
   * The rows at a version (default: the newest). Throws `table/missing-table`,
   * `table/missing-version`, `table/missing-moment`, `table/missing-data`, `table/mismatch-nullable`.
   */
  read(options?: ReadOptions<C>): Promise<Frame<C>>;
  /**
   * The data files of a version (default: the newest), each with its rows: what is computed of a file once
   * holds for as long as the file is there. In the order of the log; throws as {@link Table.read}.
   */
  parts(at?: AtVersion): Promise<readonly TablePart<C>[]>;
  /** Adds rows; makes the table when it does not exist. */
  append(rows: RowSource<C>, options?: WriteOptions): Promise<Commit>;
  /** Replaces all rows, or those that meet a condition; earlier versions stay readable. */
  overwrite(rows: RowSource<C>, options?: OverwriteOptions<C>): Promise<Commit>;
  /** Updates rows whose key is there, inserts the others, in one commit. */
  merge(rows: RowSource<C>, options: MergeOptions<C>): Promise<Commit>;
  /** MERGE in full: what becomes of matched and unmatched rows, clause by clause, in one commit. */
  mergeWhen<S extends Columns = C>(
    source: Frame<S> | readonly Row<C>[],
    options: MergeWhen<C, NoInfer<S>>,
  ): Promise<Commit>;
  /** Sets columns of the rows for which the condition is true. */
  update(condition: Condition<C>, set: (columns: CellsOf<C>) => Assignments<C>): Promise<Commit>;
  /** Deletes the rows for which the condition is true; without one, all. */
  delete(condition?: Condition<C>): Promise<Commit>;
  /** Makes the table what it was at a version. Earlier versions, also the newest now, stay readable. */
  restore(to: AtVersion): Promise<Commit>;
  /** Changes checks, expectations and the change data feed. */
  alter(options: AlterOptions<C>): Promise<Commit>;
  /** Packs small files into large ones, or sorts all rows; no row changes, and their order does. */
  optimize(options?: OptimizeOptions<C>): Promise<Commit>;
  /** Removes files that no version within the retention needs. */
  vacuum(options?: VacuumOptions): Promise<VacuumReport>;
  /** Each row that was inserted, updated or deleted in the versions from `from` to `to` (default: the newest). */
  changes(
    range: Pick<ChangeRange, "from"> & Partial<ChangeRange>,
  ): Promise<Frame<C & ChangeColumns>>;
  /** From which columns each column comes, and what is made of them; see `lake.lineage`. */
  lineage(options?: LineageOptions): Promise<TableLineage>;
  /** What was done, newest first. */
  history(options?: HistoryOptions): Promise<readonly HistoryEntry[]>;
  /** What a version (default: the newest) is made of: schema, rules, files, size, identity. No row is read. */
  detail(at?: AtVersion): Promise<TableDetail>;
  /** The identity of a version: equal hashes mean the same files and schema. No row is read. */
  hash(version?: number): Promise<Hash>;
  /**
   * The expectations attached to the table, or null. Every write of rows is judged by them, whoever
   * makes it: rows that break one are kept and counted, dropped, or stop the write. What is dropped is
   * a row on its way in: a MERGE leaves the row it would have changed as it was, and an UPDATE whose
   * rows would be dropped is refused. Rows that are there are not judged, not even when they are
   * moved. {@link Table.history} has the counts of each write; a RESTORE leaves the expectations.
   * Throws `table/missing-table`, `table/unsupported-expectation`.
   */
  expectations(): Promise<TableExpectations | null>;
  /** How far an application's transactions have come, or -1. */
  txn(app: string): Promise<number>;
}
