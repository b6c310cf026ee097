/** @file Checkpoints: the state of a table at a version as one Parquet file, so that opening reads no old commits. */
import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMillraceError } from "../../core/index.ts";
import type { Engine } from "../adapter/duckdb.ts";
import { fail } from "../errors.ts";
import { plainPath, quoteText } from "../sql-text.ts";
import type { Action, Add, MetaData, PartitionValues, Protocol, Remove } from "./actions.ts";
import { type Checkpoint, logFolder, type TablePlace } from "./log.ts";
import { removedFilesMs } from "./settings.ts";

/** What a checkpoint holds. */
export interface CheckpointState {
  readonly version: number;
  readonly protocol: Protocol;
  readonly metaData: MetaData;
  /** By {@link pathKey}, and so are those taken out. */
  readonly files: ReadonlyMap<string, Add>;
  readonly tombstones: ReadonlyMap<string, Remove>;
  readonly txns: ReadonlyMap<string, number>;
}

const texts = "MAP(VARCHAR, VARCHAR)";
const types = {
  txn: "STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)",
  add: `STRUCT(path VARCHAR, partitionValues ${texts}, size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR, tags ${texts})`,
  remove: `STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, partitionValues ${texts}, size BIGINT)`,
  metaData: `STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, options ${texts}), schemaString VARCHAR, partitionColumns VARCHAR[], configuration ${texts}, createdTime BIGINT)`,
  protocol:
    "STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER, readerFeatures VARCHAR[], writerFeatures VARCHAR[])",
} as const;

/**
 * Writes the checkpoint of a version, then `_last_checkpoint`. O(files of the table).
 *
 * @param nowMs - Removed files are remembered for as long before this moment as the table keeps them, for vacuums.
 */
export async function writeCheckpoint(
  at: { readonly place: TablePlace; readonly engine: Engine },
  state: CheckpointState,
  nowMs: number,
): Promise<void> {
  const { place, engine } = at;
  const actions = checkpointActions(place.name, state, nowMs);
  const base = join(tmpdir(), `millrace-checkpoint-${randomUUID()}`);
  const [json, parquet] = [`${base}.json`, `${base}.parquet`];
  try {
    const longest = { bytes: leastLine };
    await writeFile(json, linesOf(actions, longest));
    const columns = Object.entries(types).map(([name, type]) => `${name}: ${quoteText(type)}`);
    await engine.run(
      `COPY (SELECT * FROM read_json(${quoteText(json)}, format = 'newline_delimited', maximum_object_size = ${longest.bytes}, columns = {${columns.join(", ")}})) TO ${quoteText(parquet)} (FORMAT parquet, COMPRESSION snappy)`,
    );
    const bytes = await readFile(parquet);
    const log = logFolder(place);
    await place.bytes.put(`${log}/${checkpointName(state.version)}`, bytes);
    const last = {
      version: state.version,
      size: actions.length,
      sizeInBytes: bytes.length,
      numOfAddFiles: state.files.size,
    };
    await place.bytes.put(`${log}/_last_checkpoint`, Buffer.from(JSON.stringify(last)));
  } finally {
    await Promise.all([json, parquet].map((path) => rm(path, { force: true })));
  }
}

/** What the engine is told of the longest line: it takes twice as much memory for each thread. */
const leastLine = 1 << 22;
const chunkLength = 1 << 20;

/**
 * Lines of JSON, many at a time: all of them can be more than one text holds, which is half a gigabyte.
 *
 * @param longest - Is told how many bytes the longest line has.
 */
function* linesOf(actions: readonly Action[], longest: { bytes: number }): Generator<string> {
  let chunk = "";
  for (const action of actions) {
    const line = `${JSON.stringify(action)}\n`;
    longest.bytes = Math.max(longest.bytes, Buffer.byteLength(line));
    chunk += line;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

const checkpointName = (version: number): string =>
  `${String(version).padStart(20, "0")}.checkpoint.parquet`;

/** Removes the checkpoint of a version. */
export async function removeCheckpoint(place: TablePlace, version: number): Promise<void> {
  for (const name of ["_last_checkpoint", checkpointName(version)])
    await place.bytes.remove(`${logFolder(place)}/${name}`);
}

function checkpointActions(name: string, state: CheckpointState, nowMs: number): readonly Action[] {
  const before = nowMs - removedFilesMs(name, state.metaData);
  const kept = [...state.tombstones.values()].filter(
    ({ deletionTimestamp = 0 }) => deletionTimestamp > before,
  );
  return [
    { protocol: state.protocol },
    { metaData: state.metaData },
    ...[...state.txns].map(([appId, version]) => ({ txn: { appId, version } })),
    ...[...state.files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
    ...kept.map((remove) => ({ remove: { ...remove, dataChange: false } })),
  ];
}

/** What a checkpoint says. */
export interface ReadCheckpoint {
  /** Everything but the files of the table. */
  readonly actions: readonly Action[];
  readonly adds: readonly Add[];
}

/**
 * Reads a checkpoint of one or several parts. The files come as a few long texts, each of 2,048 of
 * them (the engine's vector, so that their order is kept), because 10,000 rows of a result cost more
 * than the rest of opening a table.
 *
 * @throws `table/corrupt-log`
 */
export async function readCheckpoint(
  at: { readonly place: TablePlace; readonly engine: Engine },
  checkpoint: Checkpoint,
): Promise<ReadCheckpoint> {
  const { place, engine } = at;
  const { bytes } = place;
  const paths: string[] = [];
  try {
    for (const name of checkpoint.files)
      paths.push(await bytes.fetchLocal(`${logFolder(place)}/${name}`));
    return await readParts(engine, paths);
  } catch (cause) {
    if (isMillraceError(cause, "store/failed-read")) throw cause;
    const file = checkpoint.files[0] ?? "";
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    return fail("table/corrupt-log", { name: place.name, file, reason }, { cause });
  } finally {
    for (const path of paths) bytes.copies?.letGo(path);
  }
}

async function readParts(engine: Engine, paths: readonly string[]): Promise<ReadCheckpoint> {
  const read = `read_parquet([${paths.map((path) => quoteText(plainPath(path))).join(", ")}], union_by_name = true, hive_partitioning = false)`;
  const found = await engine.describe(`SELECT * FROM ${read}`);
  const kinds = ["protocol", "metaData", "remove", "txn"].filter((kind) =>
    found.some(({ name }) => name === kind),
  );
  const json = kinds.map((kind) => `to_json(${kind})::VARCHAR AS ${kind}`);
  const rows = await engine.query(`SELECT ${json.join(", ")} FROM ${read} WHERE add.path IS NULL`);
  const actions = rows.map(actionOf);
  const fields = await engine.describe(`SELECT add.* FROM ${read}`);
  const blocks = await engine.query(addsSql(read, new Set(fields.map(({ name }) => name))));
  return { actions, adds: blocks.flatMap(addsOf) };
}

type Fields = Readonly<Record<string, unknown>>;

/** An action of a row, without the nulls that a Parquet struct has for absent fields. */
function actionOf(row: Fields): Action {
  const [kind, json] = Object.entries(row).find(([, value]) => value !== null) ?? [];
  if (kind === undefined) return {};
  const fields = Object.entries(JSON.parse(String(json)) as Fields);
  return { [kind]: Object.fromEntries(fields.filter(([, value]) => value !== null)) } as Action;
}

/** The files in blocks. A line feed in JSON is a space between its tokens, or escaped; so it is in the path of a file. */
function addsSql(read: string, fields: ReadonlySet<string>): string {
  const joined = (value: string): string => `string_agg(${value}, chr(10))`;
  const mapOf = (field: string): string =>
    fields.has(field)
      ? joined(
          `CASE WHEN cardinality(add.${field}) > 0 THEN to_json(add.${field})::VARCHAR ELSE '' END`,
        )
      : "''";
  return `SELECT ${joined("add.path")} AS paths, ${joined("add.size::VARCHAR")} AS sizes,
      ${joined("coalesce(add.modificationTime, 0)::VARCHAR")} AS times,
      ${fields.has("stats") ? joined("coalesce(replace(add.stats, chr(10), ' '), '')") : "''"} AS stats,
      ${mapOf("partitionValues")} AS partitions, ${mapOf("tags")} AS tags,
      ${fields.has("deletionVector") ? "count(add.deletionVector)" : "0"} AS vectors
    FROM (SELECT *, file_index, file_row_number FROM ${read}) WHERE add.path IS NOT NULL
    GROUP BY file_index, file_row_number // 2048 ORDER BY file_index, file_row_number // 2048`;
}

function addsOf(block: Fields): readonly Add[] {
  const lines = (name: string): readonly string[] => String(block[name]).split("\n");
  const [paths, sizes, times] = [lines("paths"), lines("sizes"), lines("times")];
  const [stats, partitions, tags] = [lines("stats"), lines("partitions"), lines("tags")];
  if (paths.length !== sizes.length)
    throw new Error("the path of a data file has a line feed in it");
  return paths.map((path, i) => ({
    path,
    partitionValues: partitions[i] ? (JSON.parse(partitions[i]) as PartitionValues) : {},
    size: Number(sizes[i]),
    modificationTime: Number(times[i]),
    dataChange: false,
    ...(stats[i] ? { stats: stats[i] } : {}),
    ...(tags[i] ? { tags: JSON.parse(tags[i]) as NonNullable<Add["tags"]> } : {}),
    ...(Number(block["vectors"]) > 0 ? { deletionVector: {} } : {}),
  }));
}
