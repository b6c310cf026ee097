/** @file The lineage of a table: from which columns each column comes, up to the files, and which tables read it. */
import type { Engine } from "../adapter/duckdb.ts";
import type { TablePlace } from "../delta/log.ts";
import { readSnapshot, type Snapshot } from "../delta/snapshot.ts";
import { fail } from "../errors.ts";
import { droppingRules, parseExpectations } from "../expectations/table-expectations.ts";
import { type DirectLineage, type Edges, type LineageEdge, newEdges } from "./edges.ts";
import type { Derived, LineageSource, RowOrigin } from "./origin.ts";
import { readWriteLog, type WriteEvent, type WriteLog } from "./write-log.ts";

/** A lake, as its lineage is read. */
export interface LineageReader {
  readonly engine: Engine;
  readonly place: (name: string) => TablePlace;
  /** The names of all tables. */
  readonly tables: () => Promise<readonly string[]>;
}

/** How lineage is asked for. */
export interface LineageOptions {
  /** Default: the newest. */
  readonly version?: number;
  /** Whether to look through the other tables for those that read this one. Default true. */
  readonly downstream?: boolean;
}

/** The lineage of a table: JSON. */
export interface TableLineage {
  readonly table: string;
  readonly version: number;
  readonly columns: Readonly<Record<string, DirectLineage>>;
  /** What decides which rows there are. */
  readonly rows: DirectLineage;
  /** Every step from the files to this table. */
  readonly upstream: readonly LineageEdge[];
  /** Every step from this table to those that read it, and on to those that read them. */
  readonly downstream: readonly LineageEdge[];
  /** Writes of which nothing is recorded, in the table and above it: what they brought is unknown. */
  readonly unrecorded: readonly {
    readonly table: string;
    readonly version: number;
    readonly operation: string;
    readonly engine: string | null;
  }[];
  /** Tables above that are not there any more, or were made anew. */
  readonly gone: readonly string[];
  /** Where the rows go that the table's expectations drop; null where none are dropped into a table. */
  readonly quarantine: string | null;
}

/**
 * Reads the lineage of a table from the commits of the lake. O(commits) of the table and of those
 * above it, and with `downstream` of all tables.
 *
 * @throws `table/missing-table`, `table/missing-version`
 */
export async function tableLineage(
  reader: LineageReader,
  name: string,
  options: LineageOptions = {},
): Promise<TableLineage> {
  const { version, downstream = true } = options;
  const lake = openLake(reader);
  const table = await lake.table(name, version);
  if (table === undefined)
    return fail("table/missing-table", { name, known: await reader.tables() });
  const above = await upstreamOf(lake, table);
  const below = downstream ? await downstreamOf(lake, reader, table) : newEdges();
  const writes = ownWrites(table);
  const own = (column: string | null) => writes.to({ table: table.name, column });
  const columns = Object.keys(table.snapshot.shape.columns);
  return {
    table: table.name,
    version: table.snapshot.version,
    columns: Object.fromEntries(columns.map((column) => [column, own(column)])),
    rows: own(null),
    upstream: above.edges.all(),
    downstream: below.all(),
    unrecorded: above.unrecorded,
    gone: [...above.gone].sort(),
    quarantine: quarantineOf(table),
  };
}

function quarantineOf({ name, snapshot }: Known): string | null {
  const found = parseExpectations(name, snapshot.metaData.configuration);
  return found !== undefined && droppingRules(found).length > 0 ? found.quarantine : null;
}

/** A table of the lake, and its writes. */
interface Known {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly log: WriteLog;
}

interface OpenLake {
  /** A table at a version (default: the newest); undefined when there is none. */
  readonly table: (name: string, version?: number) => Promise<Known | undefined>;
}

/** Each table's log is read once. */
function openLake({ place, engine }: LineageReader): OpenLake {
  const logs = new Map<string, Promise<WriteLog>>();
  return {
    table: async (name, version) => {
      const at = place(name);
      const snapshot = await readSnapshot({ place: at, engine }, { version });
      if (snapshot === undefined) return undefined;
      const log = logs.get(at.name) ?? readWriteLog(at);
      logs.set(at.name, log);
      return { name: at.name, snapshot, log: await log };
    },
  };
}

/** The steps of the table's own writes alone: those of its earlier rows may be gone with them. */
function ownWrites(table: Known): Edges {
  const found: Upstream = { edges: newEdges(), unrecorded: [], gone: new Set() };
  for (let at = table.log.writesOf(table.snapshot.version); at; at = at.before)
    addWrite(found, table, at.event);
  return found.edges;
}

interface Upstream {
  readonly edges: Edges;
  readonly unrecorded: TableLineage["unrecorded"][number][];
  readonly gone: Set<string>;
}

/** A version of a table whose writes are to be followed. */
interface Waiting {
  readonly known: Known;
  readonly version: number;
}

/** Follows the sources of every write whose rows the table may hold, each once. */
async function upstreamOf(lake: OpenLake, table: Known): Promise<Upstream> {
  const found: Upstream = { edges: newEdges(), unrecorded: [], gone: new Set() };
  const newest = newestTables(lake, table);
  const seen = new Set<WriteEvent>();
  const waiting: Waiting[] = [{ known: table, version: table.snapshot.version }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { known, version } = next;
    // What stands behind a write that was seen was seen with it.
    for (let at = known.log.writesOf(version); at && !seen.has(at.event); at = at.before) {
      seen.add(at.event);
      addWrite(found, known, at.event);
      waiting.push(...(await sourcesOf(at.event, newest, found.gone)));
    }
  }
  return found;
}

/** The tables by their names, each looked up once; the one that is asked for stays at its version. */
function newestTables(lake: OpenLake, table: Known): (name: string) => Promise<Known | undefined> {
  const tables = new Map([[table.name, Promise.resolve<Known | undefined>(table)]]);
  return (name) => {
    const reading = tables.get(name) ?? lake.table(name);
    tables.set(name, reading);
    return reading;
  };
}

/** The tables that a write read, at the versions it read. */
async function sourcesOf(
  { origin }: WriteEvent,
  newest: (name: string) => Promise<Known | undefined>,
  gone: Set<string>,
): Promise<readonly Waiting[]> {
  const found: Waiting[] = [];
  for (const source of origin?.sources ?? []) {
    if (source.kind !== "table") continue;
    const known = await newest(source.name);
    if (isSame(known, source)) found.push({ known, version: source.version });
    else gone.add(source.name);
  }
  return found;
}

/** Whether the table is there still, and not another one under its name. */
const isSame = (
  found: Known | undefined,
  { id }: Extract<LineageSource, { kind: "table" }>,
): found is Known => found !== undefined && (id === undefined || found.snapshot.metaData.id === id);

function addWrite({ edges, unrecorded }: Upstream, { name, snapshot }: Known, event: WriteEvent) {
  const { origin, version, operation, engine } = event;
  const columns = Object.keys(snapshot.shape.columns);
  if (origin === undefined) {
    unrecorded.push({ table: name, version, operation, engine });
    edges.unknown(name, columns);
  } else edges.write(origin, { table: name, columns, replaced: event.replaces });
}

/** The tables that hold rows of this one, and those that hold rows of them. */
async function downstreamOf(lake: OpenLake, reader: LineageReader, table: Known): Promise<Edges> {
  const edges = newEdges();
  const others: Known[] = [];
  for (const name of await reader.tables()) {
    const known = name === table.name ? undefined : await lake.table(name).catch(() => undefined);
    if (known !== undefined) others.push(known);
  }
  const below = new Map([[table.name, table]]);
  for (const from of below.values()) // grows while it is gone through
    for (const to of others) if (addReads(edges, from, to)) below.set(to.name, to);
  return edges;
}

/** Adds what one table has of another; whether that is anything. */
function addReads(edges: Edges, from: Known, to: Known): boolean {
  let reads = false;
  const columns = Object.keys(to.snapshot.shape.columns);
  const isFrom = (source: LineageSource): boolean =>
    source.kind === "table" && source.name === from.name && isSame(from, source);
  for (let at = to.log.writesOf(to.snapshot.version); at; at = at.before) {
    const { origin } = at.event;
    if (origin?.sources.some(isFrom) !== true) continue;
    reads = true;
    edges.write(onlyFrom(origin, isFrom), { table: to.name, columns, replaced: false });
  }
  return reads;
}

/** What an origin says of some sources. */
function onlyFrom(origin: RowOrigin, isFrom: (source: LineageSource) => boolean): RowOrigin {
  const only = ({ from }: Derived): Derived => ({
    from: from.filter(({ source }) => isFrom(source)),
    unknown: false,
  });
  return {
    sources: origin.sources.filter(isFrom),
    columns: new Map([...origin.columns].map(([name, derived]) => [name, only(derived)])),
    rows: only(origin.rows),
  };
}
