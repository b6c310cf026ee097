/** @file An online store on a server that keeps bytes by field: what Redis and PostgreSQL have in common. */
import { hashOf } from "../../core/index.ts";
import type { Cell, OnlineRow } from "../../flow.ts";
import { checkLength, checkShape, conflicted, placeOf } from "./checks.ts";
import { fail } from "./errors.ts";
import { formatRow, parseRow } from "./row-bytes.ts";
import {
  keyJson,
  type OnlineBatch,
  type OnlineState,
  type OnlineStore,
  stateText,
} from "./store.ts";

/** A field's name and what is in it. */
export type Field = readonly [name: string, bytes: Buffer];

/** Keeps, of each table, fields with bytes: one for each row, and {@link stateField}. */
export interface FieldServer {
  /** Fields of one moment, in their order, in one round trip. */
  get(table: string, fields: readonly string[]): Promise<readonly (Buffer | null)[]>;
  /**
   * Sets and forgets fields, all of it or nothing. Gives what the state was instead where that is not
   * `from`, null standing for no table.
   */
  write(step: FieldStep): Promise<Conflict | undefined>;
  /** All fields of a table, some at a time, the state in every part; nothing where there is none. */
  parts(table: string): AsyncIterable<FieldPart>;
  tables(): Promise<readonly string[]>;
  drop(table: string): Promise<void>;
  close(): Promise<void>;
}

/** What a server is to change. */
export interface FieldStep {
  readonly table: string;
  readonly from: string | null;
  /** Whether all fields that are there go. */
  readonly replaces: boolean;
  readonly state: string;
  readonly upserts: AsyncIterable<readonly Field[]>;
  readonly deletes: readonly string[];
}

/** The state that was there instead of the expected one; null where the table was not there. */
export interface Conflict {
  readonly found: Buffer | null;
}

/** Some fields, and the state they are of. */
export interface FieldPart {
  readonly state: Buffer;
  readonly fields: readonly Field[];
}

/** Where the state of a table is. Rows' fields begin with `[` or with `sha256:`. */
export const stateField = "state";

const format = 1;
const longest = 600; // in letters: an index of PostgreSQL takes 2,704 bytes

/** The field of a key: the key as JSON, or, where that is long, its hash. */
function fieldOf(key: readonly Cell[]): string {
  const json = keyJson(key);
  return json.length <= longest ? json : hashOf(json);
}

/** Makes an online store of a server. */
export function serverStore(server: FieldServer, at: string): OnlineStore {
  const parse = stateParser(at);
  const missing = async (table: string): Promise<never> =>
    fail("feature/missing-online-table", { table, known: await server.tables() });
  const close = (): Promise<void> => server.close();
  return {
    read: async (table, keys, columns) => {
      const fields = keys.map((key) => (key.includes(null) ? stateField : fieldOf(key)));
      const [head, ...rows] = await server.get(table, [stateField, ...fields]);
      if (head === undefined || head === null) return missing(table);
      const state = parse(head);
      const places = columns.map((column) => placeOf(state, column));
      return keys.map((key, i): OnlineRow | undefined => {
        checkLength(state, key);
        const bytes = rows[i] ?? null;
        if (bytes === null || fields[i] === stateField) return undefined;
        const { cells, atMs } = parseRow(state, bytes);
        const { version, ttlMs = null, toldBeforeMs = null } = state;
        return {
          cells: places.map((place) => cells[place] ?? null),
          atMs,
          ttlMs,
          toldBeforeMs,
          version,
        };
      });
    },
    state: async (table) => {
      const [head] = await server.get(table, [stateField]);
      return head === undefined || head === null ? undefined : parse(head);
    },
    tables: async () => [...(await server.tables())].sort(),
    write: async (batch) => {
      const { table } = batch.state;
      checkShape(batch);
      const conflict = await server.write(stepOf(batch));
      if (conflict === undefined) return;
      const found = conflict.found === null ? undefined : parse(conflict.found);
      conflicted(table, { expected: batch.from, found });
    },
    entries: async function* (table) {
      let state: OnlineState | undefined;
      for await (const { state: head, fields } of server.parts(table)) {
        const now = parse(head);
        state ??= now;
        if (now !== state) conflicted(table, { expected: state, found: now });
        const rows = fields.filter(([name]) => name !== stateField);
        if (rows.length > 0) yield rows.map(([, bytes]) => parseRow(now, bytes));
      }
      if (state === undefined) await missing(table);
    },
    drop: (table) => server.drop(table),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const envelope = (state: OnlineState): string => `${format} ${stateText(state)}`;

function stepOf({ state, from, replaces = false, upserts, deletes }: OnlineBatch): FieldStep {
  const fields = async function* (): AsyncIterable<readonly Field[]> {
    for await (const part of upserts)
      yield part.map((entry): Field => [fieldOf(entry.key), formatRow(state, entry)]);
  };
  return {
    table: state.table,
    from: from === null ? null : envelope(from),
    state: envelope(state),
    upserts: fields(),
    replaces,
    deletes: replaces ? [] : deletes.map(fieldOf),
  };
}

/** Reads states; the same bytes again are not parsed again. Throws `feature/unsupported-online-format`. */
function stateParser(at: string): (bytes: Buffer) => OnlineState {
  const known = new Map<string, OnlineState>();
  return (bytes) => {
    const text = bytes.toString();
    const before = known.get(text);
    if (before !== undefined) return before;
    const [, number = "", json = ""] = /^(\d+) (\{.*\})$/s.exec(text) ?? [];
    if (number !== String(format))
      fail("feature/unsupported-online-format", { at, found: number, supported: format });
    const state = JSON.parse(json) as OnlineState;
    for (const [old, { table }] of known) if (table === state.table) known.delete(old);
    known.set(text, state);
    return state;
  };
}
