/** @file What a write puts before its own actions: a new table's first lines, and the mark that it happened. */
import type { Clock, Ids } from "../../core/index.ts";
import type { Schema } from "../schema.ts";
import type { Action, MetaData } from "./actions.ts";
import type { Snapshot } from "./snapshot.ts";
import { formatDeltaSchema } from "./types.ts";

/** An application's transaction: the same app and version again is skipped. */
export interface TxnMark {
  readonly app: string;
  readonly version: number;
}

/** Whether the transaction is in the table already. */
export function isDone(snapshot: Snapshot | undefined, txn: TxnMark | undefined): boolean {
  return txn !== undefined && (snapshot?.txns.get(txn.app) ?? -1) >= txn.version;
}

/** The actions that stand before a write's own. */
export function openingActions(
  schema: Schema,
  what: {
    readonly clock: Clock;
    readonly ids: Ids;
    readonly snapshot: Snapshot | undefined;
    readonly txn: TxnMark | undefined;
  },
): readonly Action[] {
  const { clock, ids, snapshot, txn } = what;
  const marks =
    txn === undefined
      ? []
      : [{ txn: { appId: txn.app, version: txn.version, lastUpdated: clock() } }];
  return snapshot === undefined ? [...createActions(schema, { clock, ids }), ...marks] : marks;
}

/** The first lines of a new table's log. */
function createActions(schema: Schema, { clock, ids }: { clock: Clock; ids: Ids }): Action[] {
  const metaData: MetaData = {
    id: ids().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    name: schema.name,
    format: { provider: "parquet", options: {} },
    schemaString: formatDeltaSchema(schema.columns),
    partitionColumns: [],
    configuration: {},
    createdTime: clock(),
  };
  return [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }];
}
