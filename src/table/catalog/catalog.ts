/** @file The catalog of a lake: its names, what is said about them, who may do what, and drops. */
import type { Ids } from "../../core/index.ts";
import { type CascadeOptions, type DropOptions, type DropReport, dropThing } from "./drop.ts";
import type { CatalogEntry } from "./entry.ts";
import { fail } from "./errors.ts";
import { findThing } from "./find.ts";
import { type CatalogGrants, catalogGrants } from "./grants.ts";
import { type CatalogParts, checkThere, thingsIn } from "./listing.ts";
import {
  type CatalogRef,
  refThing,
  type SchemaRef,
  type Securable,
  type SecurableKind,
  type SecurableRef,
  thingOf,
  toRef,
} from "./names.ts";
import {
  annotateThing,
  type CatalogObjects,
  createThing,
  describeTable,
  describeThing,
} from "./objects.ts";
import { markVolume, openVolume, type Volume } from "./volume.ts";

/**
 * The catalog of a lake. A name without a catalog is of the default one, "main": "telco.silver" and
 * "main.telco.silver" are one table. What is recorded stands in `_catalog/log` of the lake, a file
 * per change, which is the audit trail too; each is put where nobody has put one, so that processes
 * that write at once lose nothing.
 *
 * @example
 * ```ts
 * await using lake = await openLake("./lake", { actor: "root" });
 * await lake.create({ schema: "telco" }, { comment: "customers and their calls" });
 * await lake.volume("telco.landing").put("a.csv", "id,tenure\n1,3\n");
 * await ingest(lake, { from: lake.volume("telco.landing"), into: "telco.bronze" });
 * await lake.grant({ to: "analysts", privilege: ["use schema", "select"], on: { schema: "telco" } });
 * const read = { to: ["ada", "analysts"], privilege: "select", on: "telco.bronze" } as const;
 * await lake.missingGrants(read) // => [{ privilege: "use catalog", on: { catalog: "main" } }]
 * const { things } = await lake.drop({ schema: "telco" }, { cascade: true });
 * things.map(({ name }) => name) // => ["telco.landing", "telco.bronze", "telco"]
 * ```
 */
export interface LakeCatalog extends CatalogObjects, CatalogGrants {
  /** The names of all catalogs, sorted. */
  catalogs(): Promise<readonly string[]>;
  /** The names of all schemas, or of a catalog's, sorted. Throws `table/missing-catalog`. */
  schemas(catalog?: string): Promise<readonly string[]>;
  /** The names of all tables, or of a schema's, sorted. Throws `table/missing-schema`. */
  tables(schema?: string): Promise<readonly string[]>;
  /** The names of all volumes, or of a schema's, sorted. Throws `table/missing-schema`. */
  volumes(schema?: string): Promise<readonly string[]>;
  /**
   * A place for files by its name, "telco.landing"; it need not exist yet. `ingest` takes files from
   * it.
   *
   * @throws `table/out-of-range-securable`
   */
  volume(name: string): Volume;
  /**
   * What a name that a person typed stands for: "telco", "telco.silver", or with the kind before it,
   * "schema:telco".
   *
   * @throws `table/missing-securable`, `table/conflict-name` when it could be several things
   */
  find(name: string): Promise<Securable>;
  /**
   * Drops a thing with its files, grants, comments and tags; there is no way back. A catalog or a
   * schema is dropped when it is empty, or with `cascade`; the default catalog stays, without what
   * was in it. Readers find a table whole or missing; writers fail. A drop that was interrupted is
   * ended by the same call again.
   *
   * @throws `table/missing-table` and its like, `table/conflict-contents`
   */
  drop<O extends SecurableRef>(on: O, options?: DropOptionsFor<O>): Promise<DropReport>;
  /** Who changed what in the catalog, and when: all of it, oldest first. */
  audit(): Promise<readonly CatalogEntry[]>;
}

/** Only what holds others is dropped with `cascade`. */
export type DropOptionsFor<O extends SecurableRef> = O extends CatalogRef | SchemaRef
  ? CascadeOptions
  : DropOptions;

/** What a catalog is opened with. */
export interface OpenCatalog extends CatalogParts {
  readonly ids: Ids;
  /** Who is at work, for the audit trail. */
  readonly actor: string;
}

/** Opens the catalog of a lake. Users call the methods of the lake. */
export function openCatalog(parts: OpenCatalog): LakeCatalog {
  const { layout, log, actor } = parts;
  const namesIn = async (
    kind: SecurableKind,
    within?: { readonly kind: SecurableKind; readonly name: string | undefined },
  ): Promise<readonly string[]> => {
    const state = await log.state();
    const above =
      within?.name === undefined ? undefined : thingOf(layout, within.kind, within.name);
    if (above !== undefined) await checkThere(parts, state, above);
    return (await thingsIn(parts, kind, { state, within: above })).map(({ name }) => name);
  };
  return {
    ...catalogGrants(parts),
    catalogs: () => namesIn("catalog"),
    schemas: (name) => namesIn("schema", { kind: "catalog", name }),
    tables: (name) => namesIn("table", { kind: "schema", name }),
    volumes: (name) => namesIn("volume", { kind: "schema", name }),
    volume: (name) => openVolume(parts, thingOf(layout, "volume", name)),
    create: async (on, options = {}) => {
      const thing = refThing(layout, on);
      if (thing.kind === "table") fail("table/unknown-securable", { got: on });
      await createThing(parts, thing, { actor, ...options });
      if (thing.kind === "volume") await markVolume(parts, thing);
    },
    annotate: (on, notes) => annotateThing(parts, on, notes),
    describe: (on) => describeThing(parts, refThing(layout, on)),
    describeTable: (name) => describeTable(parts, thingOf(layout, "table", name)),
    find: async (name) => toRef(await findThing(parts, name)),
    drop: (on: SecurableRef, options: CascadeOptions = {}) =>
      dropThing(parts, refThing(layout, on), options),
    audit: () => log.entries(),
  };
}
