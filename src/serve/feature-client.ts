/** @file A client of features by key, typed by the feature table's declaration. */
import { checkNames, checkNumber, isRecord, type Validity } from "../core/index.ts";
import type { CellOf, Columns } from "../table/index.ts";
import { fail } from "./errors.ts";
import { fromJson, type LookedUpReply } from "./look-up.ts";
import { checkFinite, post } from "./post.ts";

/** What a feature table's declaration says of its type. */
export interface Declared {
  readonly schema: { readonly columns: Columns };
  readonly key: readonly string[];
  readonly timestamp: string | null;
}

/** The columns of a key, with their types. */
export type KeyOf<F extends Declared> = {
  readonly [N in F["key"][number]]: CellOf<F["schema"]["columns"][N]>;
};

/** The names of the features: the columns that are neither key nor time; any, where no type says them. */
type FeatureOf<F extends Declared> = string extends keyof F["schema"]["columns"]
  ? string
  : Exclude<keyof F["schema"]["columns"] & string, F["key"][number] | NonNullable<F["timestamp"]>>;

/** Features of one key, and the moment they are of; all null where the row does not count now. */
export type FoundFeatures<F extends Declared, N extends FeatureOf<F> = FeatureOf<F>> =
  | {
      readonly status: "valid";
      readonly features: { readonly [K in N]: CellOf<F["schema"]["columns"][K]> };
      /** Null where the features have no time. */
      readonly time: Date | null;
    }
  | {
      /** Past the table's ttl, or true from a later moment only. */
      readonly status: Exclude<Validity, "valid">;
      readonly features: { readonly [K in N]: null };
      readonly time: Date;
    };

/** Asks a server for features by key. */
export interface FeatureClient<F extends Declared> {
  /** The features of each key, in their order; undefined where there are none. At most 10,000 keys. */
  read<N extends FeatureOf<F> = FeatureOf<F>>(
    keys: readonly KeyOf<F>[],
    features?: readonly N[],
  ): Promise<readonly (FoundFeatures<F, N> | undefined)[]>;
}

/** Which table is asked for, and how long an answer may take. */
export interface FeatureClientOptions {
  readonly table: string;
  /** Milliseconds until a request is given up. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Makes a client for the features of one table. With `featureClient<typeof spending>` a key or a feature
 * that the table has not does not compile. Values are what the online store has, bit for bit: NaN,
 * the infinities and -0 too, which the answer has as texts. A row past its ttl, or to come, has a
 * `status` that says so, and nulls.
 *
 * @param url - The server's address: "http://127.0.0.1:8080".
 * @param options - The table's name and the time-out.
 * @returns A client; it needs no closing.
 * @throws `option/out-of-range`. Its method: what the server refuses, `serve/mismatch-request`,
 * `serve/failed-connection`, `serve/timed-out-request`, `serve/failed-answer`
 * @example
 * ```ts
 * const spending = featureClient("http://127.0.0.1:9", { table: "shop.spending", timeoutMs: 1000 });
 * await spending.read([{ id: "a" }]).catch((error) => error.code) // => "serve/failed-connection"
 * ```
 */
export function featureClient<F extends Declared = Declared>(
  url: string,
  options: FeatureClientOptions,
): FeatureClient<F> {
  const { table, timeoutMs = 10_000 } = options;
  checkNames("featureClient", options, ["table", "timeoutMs"]);
  checkNumber("featureClient", { timeoutMs }, { min: 1, max: 3_600_000 });
  const place = `${url.replace(/\/+$/, "")}/online/${encodeURIComponent(table)}/lookup`;
  const read = async (keys: readonly object[], features?: readonly string[]) => {
    checkFinite(place, keys);
    const body = JSON.stringify({ keys, features });
    const reply = await post(place, { headers: {}, body, timeoutMs });
    const { features: columns, rows } = lookedUp(place, reply.body, keys.length);
    return rows.map((row) =>
      row === null
        ? undefined
        : {
            status: row.status,
            features: fromJson(columns, row),
            time: row.time === null ? null : new Date(row.time),
          },
    );
  };
  // What the server has of the table is what its declaration says.
  return { read } as unknown as FeatureClient<F>;
}

function lookedUp(url: string, body: unknown, keys: number): LookedUpReply {
  const fits =
    isRecord(body) &&
    Array.isArray(body["features"]) &&
    Array.isArray(body["rows"]) &&
    body["rows"].length === keys;
  if (!fits)
    fail("serve/failed-answer", {
      url,
      status: 200,
      reason: `expected the features of ${keys} keys`,
    });
  return body as unknown as LookedUpReply;
}
