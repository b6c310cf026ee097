/** @file Privileges: which there are for each kind of thing, in the words of Unity Catalog. */
import { fail } from "./errors.ts";
import {
  type CatalogRef,
  namedBy,
  type SchemaRef,
  type Securable,
  type SecurableKind,
  type SecurableRef,
  type VolumeRef,
} from "./names.ts";

type Common = "apply tag" | "manage" | "all privileges";

/** What may be granted on a table, and on what holds tables. */
export type TablePrivilege = "select" | "modify" | Common;
/** What may be granted on a volume, and on what holds volumes. */
export type VolumePrivilege = "read volume" | "write volume" | Common;
/** What may be granted on a schema; what it says of tables and volumes holds for all in it. */
export type SchemaPrivilege =
  | "use schema"
  | "create table"
  | "create volume"
  | TablePrivilege
  | VolumePrivilege;
/** What may be granted on a catalog; what it says of schemas, tables and volumes holds for all in it. */
export type CatalogPrivilege = "use catalog" | "create schema" | SchemaPrivilege;
export type Privilege = CatalogPrivilege;

/** One or several. */
export type Some<T> = T | readonly T[];

/** The privileges that a thing can have, by how it is named. */
export type PrivilegeFor<O extends SecurableRef> = O extends CatalogRef
  ? CatalogPrivilege
  : O extends SchemaRef
    ? SchemaPrivilege
    : O extends VolumeRef
      ? VolumePrivilege
      : TablePrivilege;

/** Privileges, and a thing that can have them: `select` on a volume does not compile. */
export interface PrivilegeOn<O extends SecurableRef = SecurableRef> {
  readonly privilege: Some<PrivilegeFor<O>>;
  readonly on: O;
}

/** The privileges of each kind, as types. */
interface PrivilegeOfKind {
  readonly catalog: CatalogPrivilege;
  readonly schema: SchemaPrivilege;
  readonly table: TablePrivilege;
  readonly volume: VolumePrivilege;
}

const common = ["apply tag", "manage", "all privileges"] as const;
const ofTables = ["select", "modify"] as const;
const ofVolumes = ["read volume", "write volume"] as const;
const ofSchemas = ["use schema", "create table", "create volume"] as const;

/** The privileges that can be granted on each kind. */
export const privilegesOf: {
  readonly [K in SecurableKind]: readonly PrivilegeOfKind[K][];
} = {
  catalog: ["use catalog", "create schema", ...ofSchemas, ...ofTables, ...ofVolumes, ...common],
  schema: [...ofSchemas, ...ofTables, ...ofVolumes, ...common],
  table: [...ofTables, ...common],
  volume: [...ofVolumes, ...common],
};

/**
 * A privilege by its name in any spelling.
 *
 * @throws `table/unknown-privilege` for one that a thing of this kind cannot have
 * @example
 * ```ts
 * parsePrivilege("USE_SCHEMA", "schema") // => "use schema"
 * ```
 */
export function parsePrivilege<K extends SecurableKind>(text: string, kind: K): PrivilegeOfKind[K] {
  const word = String(text)
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
  const known = privilegesOf[kind];
  const found = known.find((each) => each === word);
  return found ?? fail("table/unknown-privilege", { privilege: String(text), kind, known });
}

/**
 * Privileges on a thing, from texts: what a form or a command line has.
 *
 * @throws `table/unknown-privilege`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * await lake.create({ schema: "telco" });
 * await lake.grant({ to: "ada", ...privilegeOn(await lake.find("telco"), ["SELECT"]) });
 * (await lake.grants()).map(({ privilege }) => privilege) // => ["select"]
 * ```
 */
export function privilegeOn(on: Securable, texts: readonly string[]): PrivilegeOn<Securable> {
  const { kind } = namedBy(on);
  return { on, privilege: texts.map((text) => parsePrivilege(text, kind)) };
}
