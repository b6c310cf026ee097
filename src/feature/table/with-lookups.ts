/** @file A model that carries its lookups: asked by key, it finds the same features that it learned from. */
import { formatJson, hashOf, hashOfJson, parseJson, validityOf } from "../../core/index.ts";
import type {
  Cell,
  Cells,
  ColumnSpecs,
  Completed,
  Model,
  ModelFiles,
  ModelLookups,
  OnlineReader,
  OnlineRow,
} from "../../flow.ts";
import type { Columns, Row } from "../../table/index.ts";
import { demandRow } from "./demand.ts";
import { fail } from "./errors.ts";
import {
  checkVersion,
  type LookupState,
  type LookupsState,
  lookupsFromState,
  lookupsJson,
} from "./lookups-state.ts";
import type { TrainingSet } from "./training-options.ts";

/** The file of a model that has its lookups. */
export const lookupsFile = "lookups.json";

/** The columns that the on-demand features among N read. */
type DemandReads<D, N> = {
  readonly [K in keyof D & N]: D[K] extends { readonly reads: readonly (infer R)[] } ? R : never;
}[keyof D & N];

/** What a request must hold, when a whole row is `In`: keys, and what no feature table has. */
export type RequestOf<In, B extends Columns, K extends string, D> = Row<
  Pick<B, keyof B & (K | keyof In | DemandReads<D, keyof In>)>
>;

/** A model whose requests have keys in place of features. */
export type LookupModel<Request, In = Cells, Out = Cell> = Omit<Model<In, Out>, "lookups"> & {
  readonly lookups: ModelLookups<Request>;
};

/**
 * The model with what its requests leave out: it finds features by key when it is served or scores a
 * batch. Its files have one more, {@link lookupsFile}, and its hash says so.
 *
 * @param model - Fitted on rows of the training set.
 * @param set - The training set.
 * @throws `feature/mismatch-lookups` for a column that neither a request nor a lookup gives
 */
export function withLookups<In, Out, C extends Columns, B extends Columns, K extends string, D>(
  model: Model<In, Out>,
  set: TrainingSet<C, B, K, D>,
): LookupModel<RequestOf<In, B, K, D>, In, Out> {
  return withState(model, set.state);
}

/** The model with lookups read from its files; without any, as it is. Throws `feature/corrupt-lookups`. */
export function withStoredLookups<M extends Model>(model: M, files: ModelFiles): M {
  const bytes = files[lookupsFile];
  if (bytes === undefined) return model;
  const state = lookupsFromState(parseJson(new TextDecoder().decode(bytes), lookupsFile));
  return { ...model, ...addition(model, state) };
}

function withState<In, Out, Request>(
  model: Model<In, Out>,
  whole: LookupsState,
): LookupModel<Request, In, Out> {
  // A request is cells; which ones, its type says.
  return { ...model, ...addition(model, whole) } as unknown as LookupModel<Request, In, Out>;
}

/** What lookups change in a model. */
function addition(
  model: Pick<Model, "hash" | "signature" | "files">,
  whole: LookupsState,
): Required<Pick<Model, "hash" | "files" | "lookups">> {
  const state = used(whole, model.signature.inputs);
  const bytes = new TextEncoder().encode(formatJson(state));
  return {
    hash: hashOfJson([model.hash, hashOf(bytes)]),
    files: () => ({ ...model.files(), [lookupsFile]: bytes.slice() }),
    lookups: {
      request: state.request,
      tables: state.lookups.map(({ table, columns }) => ({
        table,
        columns: Object.values(columns),
      })),
      state: lookupsJson(state),
      complete: completion(state, model.signature.inputs),
    },
  };
}

/** The lookups without what the model does not read, and the request without what nobody needs. */
function used(state: LookupsState, inputs: ColumnSpecs): LookupsState {
  const read = new Set(Object.keys(inputs));
  const demands = state.demands.filter(({ name }) => read.has(name));
  for (const { reads } of demands) for (const column of reads) read.add(column);
  const lookups = state.lookups.flatMap((one) => {
    const columns = Object.entries(one.columns).filter(([name]) => read.has(name));
    return columns.length === 0 ? [] : [{ ...one, columns: Object.fromEntries(columns) }];
  });
  const given = new Set([
    ...demands.map(({ name }) => name),
    ...lookups.flatMap(({ columns }) => Object.keys(columns)),
    ...Object.keys(state.request),
  ]);
  for (const column of read)
    if (!given.has(column)) {
      const reason = "neither its training set's labels nor its lookups have such a column";
      fail("feature/mismatch-lookups", { column, reason });
    }
  for (const { key } of lookups) for (const { from } of key) read.add(from);
  const request = Object.entries(state.request).filter(([name]) => read.has(name));
  return { ...state, demands, lookups, request: Object.fromEntries(request) };
}

/** What makes requests whole rows of the inputs: one read per table for all of them. */
function completion(state: LookupsState, inputs: ColumnSpecs): ModelLookups["complete"] {
  const names = Object.keys(inputs);
  const demands = state.demands.map((one) => ({ name: one.name, value: demandRow(one) }));
  return async (requests, from, atMs) => {
    const found = await Promise.all(state.lookups.map((lookup) => rowsFor(lookup, requests, from)));
    return requests.map((request, i): Completed => {
      const parts = state.lookups.map((lookup, k) =>
        partOf(state, lookup, { request, found: found[k]?.[i], atMs }),
      );
      const row: Record<string, Cell> = Object.assign({}, request, ...parts.map(({ row }) => row));
      for (const { name, value } of demands) row[name] = value(row);
      return {
        row: Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
        warnings: parts.flatMap(({ warnings }) => warnings),
      };
    });
  };
}

/** What one lookup gives a request. */
function partOf(
  state: LookupsState,
  lookup: LookupState,
  asked: { readonly request: Cells; readonly found: OnlineRow | undefined; readonly atMs: number },
): Completed {
  const { request, found, atMs } = asked;
  const reason = faultOf(lookup, found, atMs);
  const names = Object.keys(lookup.columns);
  if (found !== undefined && reason === undefined)
    return {
      row: Object.fromEntries(names.map((name, j) => [name, found.cells[j] ?? null])),
      warnings: [],
    };
  const warning = missing(state, lookup, { request, reason: reason ?? "" });
  return { row: Object.fromEntries(names.map((name) => [name, null])), warnings: [warning] };
}

async function rowsFor(
  lookup: LookupState,
  requests: readonly Cells[],
  from: OnlineReader,
): Promise<readonly (OnlineRow | undefined)[]> {
  const { table, key, columns } = lookup;
  const keys = requests.map((request) => key.map((part) => request[part.from] ?? null));
  const rows = await from
    .read(table, keys, Object.values(columns))
    .catch(async (error: unknown) => {
      await checkStored(lookup, from); // a column that the other version has not is told as that
      throw error;
    });
  const some = rows.find((row) => row !== undefined);
  if (some === undefined) await checkStored(lookup, from);
  else checkVersion(lookup, some.version, "the online store");
  return rows;
}

async function checkStored(lookup: LookupState, from: OnlineReader): Promise<void> {
  const state = await from.state(lookup.table);
  if (state !== undefined) checkVersion(lookup, state.version, "the online store");
}

/** Why a row found does not count; undefined when it does. The same rule as in the join. */
function faultOf(
  { ttlMs, timed }: LookupState,
  row: OnlineRow | undefined,
  atMs: number,
): string | undefined {
  if (row === undefined) return "there is no row of that key";
  if (!timed || row.atMs === null) return undefined;
  const { toldBeforeMs } = row;
  const validity = validityOf({ atMs: row.atMs, ttlMs, toldBeforeMs }, atMs);
  if (validity === "valid") return undefined;
  if (toldBeforeMs !== null && atMs >= toldBeforeMs)
    return `its windows were refreshed for moments before ${new Date(toldBeforeMs).toISOString()}`;
  const why = validity === "future" ? "which is to come" : "older than the ttl";
  return `its row is of ${new Date(row.atMs).toISOString()}, ${why}`;
}

/** The warning of a request without features; an error where the policy refuses it. */
function missing(
  { missing: policy }: LookupsState,
  { table, key }: LookupState,
  { request, reason }: { readonly request: Cells; readonly reason: string },
): string {
  const asked = key.map(({ from }) => request[from] ?? null);
  const shown = asked.length === 1 ? asked[0] : asked;
  if (policy === "refuse")
    fail("feature/missing-entity", { at: "lookup", table, key: shown, reason });
  return `${table}: no features for ${JSON.stringify(shown)} (${reason}), served as missing`;
}
