/** @file Names of a lake: what they look like, what stands above what, and in which folder a thing is. */
import { fail } from "./errors.ts";

/** What a lake has names for. */
export type SecurableKind = "catalog" | "schema" | "table" | "volume";

/** The name of a table as text: with a schema, or with a catalog and a schema. */
export type TableName = `${string}.${string}`;
export interface CatalogRef {
  readonly catalog: string;
}
/** A schema: "telco" of the default catalog, or "dev.telco". */
export interface SchemaRef {
  readonly schema: string;
}
export interface TableRef {
  readonly table: string;
}
export interface VolumeRef {
  readonly volume: string;
}

/** A thing of a lake by its kind and name. */
export type Securable = CatalogRef | SchemaRef | TableRef | VolumeRef;
/** The same, where a text alone is the name of a table. */
export type SecurableRef = TableName | Securable;

/** A thing of a lake by its name, which has one spelling. */
export interface Thing {
  readonly kind: SecurableKind;
  /** The name as people see it: without the catalog where that is the default one. */
  readonly name: string;
  /** The name in full: catalog, schema, table or volume. */
  readonly parts: readonly string[];
}

/** How the names of a lake become folders; it never changes for a lake. */
export interface Layout {
  /** The catalog of names that name none. */
  readonly main: string;
  /** Tables whose catalog, schema and table are a folder each, as lakes of format 1 had them. */
  readonly nested: ReadonlySet<string>;
}

/** The kinds, from the outside in. */
export const kinds: readonly SecurableKind[] = ["catalog", "schema", "table", "volume"];

const partName = /^[a-z][a-z0-9_]*$/;
const fewest = { catalog: 1, schema: 1, table: 2, volume: 2 };
const expected: Readonly<Record<SecurableKind, string>> = {
  catalog: 'one part, such as "dev"',
  schema: 'one part, or the catalog before it, such as "telco" or "dev.telco"',
  table: "",
  volume: 'a schema and a volume, or the catalog before them, such as "telco.landing"',
};

/** Whether a text can be a part of a name. */
export const isPart = (text: string): boolean => partName.test(text) && text.length <= 255;

/**
 * A thing by its kind and name; undefined when the kind has no such names. "silver.x" and
 * "main.silver.x" are one table where "main" is the default catalog, and have one spelling: the short
 * one.
 */
export function parseThing({ main }: Layout, kind: SecurableKind, name: string): Thing | undefined {
  const given = String(name).split(".");
  const least = fewest[kind];
  const most = kind === "catalog" ? 1 : least + 1;
  if (given.length < least || given.length > most || !given.every(isPart)) return undefined;
  const parts = given.length < most ? [main, ...given] : given;
  const isShort = kind !== "catalog" && parts[0] === main;
  // Another catalog and its schema are one folder, whose name the disk limits as it does each.
  if (!isShort && parts.slice(0, 2).join(".").length > 255) return undefined;
  return { kind, parts, name: (isShort ? parts.slice(1) : parts).join(".") };
}

/**
 * A thing by its kind and name; see {@link parseThing}.
 *
 * @throws `table/out-of-range-name` for tables, `table/out-of-range-securable`
 */
export function thingOf(layout: Layout, kind: SecurableKind, name: string): Thing {
  const thing = parseThing(layout, kind, name);
  if (thing !== undefined) return thing;
  return kind === "table"
    ? fail("table/out-of-range-name", { name })
    : fail("table/out-of-range-securable", { kind, name, expected: expected[kind] });
}

/**
 * A thing by what a caller wrote.
 *
 * @throws as {@link thingOf}, and `table/unknown-securable`
 */
export function refThing(layout: Layout, ref: SecurableRef): Thing {
  if (typeof ref === "string") return thingOf(layout, "table", ref);
  const entries = Object.entries(ref ?? {});
  const [key, name] = entries[0] ?? [];
  const kind = kinds.find((each) => each === key);
  if (entries.length !== 1 || kind === undefined || typeof name !== "string")
    return fail("table/unknown-securable", { got: ref });
  return thingOf(layout, kind, name);
}

/**
 * Refuses what no lake could have a thing by: to be asked before a lake is made for it.
 *
 * @throws `table/out-of-range-name` for tables, `table/out-of-range-securable`, `table/unknown-securable`
 * @example
 * ```ts
 * checkSecurable("telco.silver");
 * checkSecurable({ volume: "telco.landing" });
 * ```
 */
export function checkSecurable(ref: SecurableRef): void {
  refThing({ main: "main", nested: new Set() }, ref);
}

/** A thing as a caller writes it. */
export function toRef({ kind, name }: Pick<Thing, "kind" | "name">): Securable {
  if (kind === "catalog") return { catalog: name };
  if (kind === "schema") return { schema: name };
  return kind === "table" ? { table: name } : { volume: name };
}

/** The kind and name of a reference. */
export function namedBy(ref: Securable): { readonly kind: SecurableKind; readonly name: string } {
  const [[key = "", name = ""] = []] = Object.entries(ref);
  return { kind: kinds.find((kind) => kind === key) ?? "table", name: String(name) };
}

/** A thing and what it is in, from the inside out: table, schema, catalog. */
export function pathOf(layout: Layout, thing: Thing): readonly Thing[] {
  const [catalog = "", schema = ""] = thing.parts;
  const above: Thing[] = [];
  if (thing.parts.length > 2) above.push(thingOf(layout, "schema", `${catalog}.${schema}`));
  if (thing.parts.length > 1) above.push(thingOf(layout, "catalog", catalog));
  return [thing, ...above];
}

/** What tells a thing from all others; also how messages name it. */
export const keyOf = ({ kind, name }: Pick<Thing, "kind" | "name">): string => `${kind} ${name}`;

/**
 * The folder of a schema's tables or volumes. Those of the default catalog have the schema's name;
 * others have the catalog's before it, with a dot, which no schema's name has. So each table is two
 * folders deep, whatever its name, and none can be inside another.
 */
export function schemaFolder(
  { main }: Layout,
  { parts: [catalog = "", schema = ""] }: Thing,
): string {
  return catalog === main ? schema : `${catalog}.${schema}`;
}

/** The key of a table's or a volume's folder. */
export function folderOf(layout: Layout, thing: Thing): string {
  const [catalog = "", schema = "", name = ""] = thing.parts;
  if (thing.kind === "table" && layout.nested.has(thing.name))
    return `tables/${catalog}/${schema}/${name}`;
  return `${thing.kind}s/${schemaFolder(layout, thing)}/${name}`;
}
