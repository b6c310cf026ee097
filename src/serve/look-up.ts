/** @file Features asked for by key over HTTP: keys checked, features found, and how both look as JSON. */
import { type Clock, formatJson, systemClock, type Validity, validityOf } from "../core/index.ts";
import type {
  Cell,
  Cells,
  ColumnKind,
  ColumnSpec,
  OnlineReader,
  OnlineRow,
  OnlineTable,
} from "../flow.ts";
import { checkRows, rowChecker } from "./check-row.ts";

/** What is asked of a table. */
export interface LookUp {
  readonly table: string;
  /** Objects with the columns of the key, as they came from outside. */
  readonly keys: readonly unknown[];
  /** Default: all. */
  readonly features?: readonly string[];
}

/** What is answered, as JSON. */
export interface LookedUpReply {
  readonly table: string;
  /** The version of the table's definition. */
  readonly version: number;
  /** The features and their kinds, in the order of `values`. */
  readonly features: readonly { readonly name: string; readonly kind: ColumnKind }[];
  /** One per key, in their order; null for a key that is not there. */
  readonly rows: readonly (LookedUpValues | null)[];
}

/** The features of one key. */
export interface LookedUpValues {
  /**
   * As JSON: a moment is a text in ISO 8601, and where a number is none that JSON has a text is in its
   * place: "NaN", "Infinity", "-Infinity" or "-0". `featureClient` reads them back. All are null unless
   * the status is "valid".
   */
  readonly values: readonly (string | number | boolean | null)[];
  /** The moment they are of; null where features have none. */
  readonly time: string | null;
  /** Whether the row counts now, by the rule of training sets and models: past its ttl, or to come, it does not. */
  readonly status: Validity;
}

/**
 * Makes what answers such questions from an online store: one read each, whatever the number of keys.
 * What a training set would not take is not given: values of a row that is past its table's ttl, or
 * true from a later moment only, are null, and its `status` says so.
 *
 * @param clock - Says when it is now. Default: the machine's.
 * @returns A function. It throws `serve/mismatch-request` for keys that are not the table's, and what
 * the store throws: `feature/missing-online-table`, `feature/unknown-online-column`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const plans = featureTable({ name: "shop.plans", schema: schema("plans", { id: text(), plan: text() }), key: "id" });
 * await writeFeatures(lake, plans, [{ id: "a", plan: "gold" }]);
 * await using store = await memoryStore();
 * await materialize(lake, store, { table: "shop.plans" });
 * const found = await featureLookUp(store)({ table: "shop.plans", keys: [{ id: "a" }, { id: "z" }] });
 * found.rows // => [{ values: ["gold"], time: null, status: "valid" }, null]
 * ```
 */
export function featureLookUp(
  store: OnlineReader,
  clock: Clock = systemClock,
): (asked: LookUp) => Promise<LookedUpReply> {
  const known = new Map<string, Known>();
  const knowing = async (table: string): Promise<Known> => {
    const found = await store.state(table);
    if (found === undefined) {
      await store.read(table, [], []); // says that it is not there, and what is
      return knowing(table); // it came meanwhile
    }
    const made = { table: found, check: rowChecker(keySignature(found)) };
    known.set(table, made);
    return made;
  };
  const lookUp = async (asked: LookUp, is: Known): Promise<LookedUpReply> => {
    const { table: name } = asked;
    const rows = checkRows(`features of ${name}`, is.check, asked.keys).map(({ cells }) => cells);
    const names = asked.features ?? is.table.columns.map((column) => column.name);
    const parts = is.table.key.map((column) => column.name);
    const cells = rows.map((row) => parts.map((part) => row[part] ?? null));
    const found = await store.read(name, cells, names);
    const [row] = found.filter((one) => one !== undefined);
    if (row !== undefined && row.version !== is.table.version)
      return lookUp(asked, await knowing(name)); // the table was declared anew
    const nowMs = clock();
    const kinds = new Map(is.table.columns.map((column) => [column.name, column.kind]));
    return {
      table: name,
      version: is.table.version,
      features: names.map((feature) => ({ name: feature, kind: kinds.get(feature) ?? "text" })),
      rows: found.map((one) => (one === undefined ? null : valuesOf(one, nowMs))),
    };
  };
  return async (asked) => {
    const before = known.get(asked.table);
    if (before === undefined) return lookUp(asked, await knowing(asked.table));
    return lookUp(asked, before).catch(async (error: unknown) => {
      const now = await knowing(asked.table); // it may have been declared anew, with another key
      if (shapeOf(now) === shapeOf(before)) throw error;
      return lookUp(asked, now);
    });
  };
}

function valuesOf(row: OnlineRow, nowMs: number): LookedUpValues {
  const status = validityOf(row, nowMs);
  return {
    values: row.cells.map(status === "valid" ? toJson : () => null),
    time: row.atMs === null ? null : new Date(row.atMs).toISOString(),
    status,
  };
}

const shapeOf = ({ table: { version, key, columns } }: Known): string =>
  formatJson([version, key, columns]);

interface Known {
  readonly table: OnlineTable;
  readonly check: ReturnType<typeof rowChecker>;
}

/** A key as a signature: its columns, none of which may be missing. */
function keySignature({ key }: OnlineTable): Parameters<typeof rowChecker>[0] {
  const spec = (kind: ColumnKind): ColumnSpec => ({
    kind: kind === "category" ? "text" : kind, // a level that it has not is a key that is not there
    nullable: false,
  });
  const inputs = Object.fromEntries(key.map(({ name, kind }) => [name, spec(kind)]));
  return { inputs, output: { name: "", kind: "text" } };
}

/** A cell as JSON; numbers that JSON lacks are texts: "NaN", "Infinity", "-Infinity", "-0". */
function toJson(cell: Cell): string | number | boolean | null {
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== "number") return cell;
  if (Object.is(cell, -0)) return "-0";
  return Number.isFinite(cell) ? cell : String(cell);
}

/** The cells of an answer by name, bit for bit what the store has. */
export function fromJson(features: LookedUpReply["features"], { values }: LookedUpValues): Cells {
  const cell = (value: string | number | boolean | null, kind: ColumnKind): Cell => {
    if (value === null || kind === "text" || kind === "category") return value;
    if (kind === "timestamp") return new Date(String(value));
    return kind === "bool" ? value : Number(value);
  };
  return Object.fromEntries(
    features.map(({ name, kind }, i) => [name, cell(values[i] ?? null, kind)]),
  );
}
