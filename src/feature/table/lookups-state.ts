/** @file The lookups of a model as plain data, read from its files and checked. */
import type { ColumnKind, ColumnSpec, ColumnSpecs, Json } from "../../flow.ts";
import { type ExprNode, parseNode } from "../../table/index.ts";
import { fail } from "./errors.ts";

/** The format that this version writes. */
export const lookupsFormat = 1;

/** One lookup as a model keeps it. */
export interface LookupState {
  readonly table: string;
  /** The version of the definition. */
  readonly version: number;
  /** The version of the Delta table that was learned from. */
  readonly tableVersion: number;
  /** The columns of the table's key, and those of the request that hold them. */
  readonly key: readonly { readonly name: string; readonly from: string }[];
  /** The table's column for each column made. */
  readonly columns: Readonly<Record<string, string>>;
  /** Whether the features have a time. */
  readonly timed: boolean;
  readonly ttlMs: number | null;
}

/** Everything that makes a request a whole row. */
export interface LookupsState {
  readonly format: number;
  /** What becomes of a request without features: nulls, or an error. */
  readonly missing: "null" | "refuse";
  readonly lookups: readonly LookupState[];
  readonly demands: readonly {
    readonly name: string;
    readonly kind: ColumnKind;
    readonly node: ExprNode;
    readonly reads: readonly string[];
  }[];
  /** The columns that a request may have. */
  readonly request: ColumnSpecs;
}

type Fields = Readonly<Record<string, unknown>>;

/** Checks lookups that were read from JSON. Throws `feature/corrupt-lookups`. */
export function lookupsFromState(value: unknown): LookupsState {
  const state = fields(value, "the whole");
  const { format, missing } = state;
  if (typeof format !== "number" || format > lookupsFormat)
    return corrupt("format", `at most ${lookupsFormat}`, format);
  if (missing !== "null" && missing !== "refuse")
    return corrupt("missing", '"null" or "refuse"', missing);
  const request = fields(state["request"], "request");
  return {
    format,
    missing,
    lookups: list(state["lookups"], "lookups").map(lookupState),
    demands: list(state["demands"], "demands").map((one, i) => {
      const at = `demands[${i}]`;
      const { name, kind, node, reads } = fields(one, at);
      return {
        name: text(name, `${at}.name`),
        kind: text(kind, `${at}.kind`) as ColumnKind,
        node: parseNode(node, at),
        reads: list(reads, `${at}.reads`).map((read) => text(read, `${at}.reads`)),
      };
    }),
    request: Object.fromEntries(
      Object.entries(request).map(([name, spec]) => {
        const { kind, nullable } = fields(spec, `request.${name}`);
        text(kind, `request.${name}.kind`);
        if (typeof nullable !== "boolean") corrupt(`request.${name}`, "a column", spec);
        return [name, spec as ColumnSpec];
      }),
    ),
  };
}

function lookupState(one: unknown, i: number): LookupState {
  const at = `lookups[${i}]`;
  const { table, version, tableVersion, key, columns, timed, ttlMs } = fields(one, at);
  return {
    table: text(table, `${at}.table`),
    version: number(version, `${at}.version`),
    tableVersion: number(tableVersion, `${at}.tableVersion`),
    key: list(key, `${at}.key`).map((part) => {
      const { name, from } = fields(part, `${at}.key`);
      return { name: text(name, `${at}.key.name`), from: text(from, `${at}.key.from`) };
    }),
    columns: Object.fromEntries(
      Object.entries(fields(columns, `${at}.columns`)).map(([name, from]) => [
        name,
        text(from, `${at}.columns.${name}`),
      ]),
    ),
    timed: timed === true,
    ttlMs: ttlMs === null ? null : number(ttlMs, `${at}.ttlMs`),
  };
}

/** What a model learned must be what is there. Throws `feature/conflict-lookup`. */
export function checkVersion(
  { table, version: learned }: LookupState,
  found: number,
  where: "the lake" | "the online store",
): void {
  const at = `lookup(${table})`;
  if (found !== learned) fail("feature/conflict-lookup", { at, table, learned, found, where });
}

/** Lookups as JSON. */
export const lookupsJson = (state: LookupsState): Json => JSON.parse(JSON.stringify(state)) as Json;

function fields(value: unknown, field: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  return corrupt(field, "an object", value);
}
const list = (value: unknown, field: string): readonly unknown[] =>
  Array.isArray(value) ? value : corrupt(field, "a list", value);
const text = (value: unknown, field: string): string =>
  typeof value === "string" ? value : corrupt(field, "a text", value);
const number = (value: unknown, field: string): number =>
  typeof value === "number" ? value : corrupt(field, "a number", value);

function corrupt(field: string, expected: string, got: unknown): never {
  return fail("feature/corrupt-lookups", { field, expected, got });
}
