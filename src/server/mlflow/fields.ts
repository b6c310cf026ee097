/** @file What a request of MLflow's protocol may hold: its fields, each with its type, read as protobuf's JSON mapping reads them. */

import { isRecord } from "../../core/index.ts";

/** What a reader gives for a value that is not of its type. */
export const wrong: unique symbol = Symbol("wrong");

/** A field: how its value is read, and whether the request must have it. */
export interface Field<T, Needed extends boolean = boolean> {
  /** The value, or {@link wrong}. Never asked about null: that is an absent field. */
  readonly read: (value: unknown) => T | typeof wrong;
  readonly isRequired: Needed;
  /** Whether a query that has the name once has a list of one. */
  readonly isList: boolean;
  /** Where within a wrong value something is missing that it must have: "[0].key". */
  readonly missing?: (value: unknown) => string | undefined;
}

/** The fields of a message by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The message that fields describe; what is not required may be absent. */
export type Message<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? K : never]: ValueOf<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? never : K]?: ValueOf<F[K]>;
};

type ValueOf<F> = F extends Field<infer T> ? T : never;

const field = <T>(
  read: Field<T>["read"],
  { isList = false, missing = () => undefined }: Partial<Pick<Field<T>, "isList" | "missing">> = {},
): Field<T, false> => ({ read, isList, missing, isRequired: false });

/** The same field, which the request must have. */
export const required = <T>(of: Field<T>): Field<T, true> => ({ ...of, isRequired: true });

/** A text. */
export const text = (): Field<string, false> =>
  field((value) => (typeof value === "string" ? value : wrong));

/** A whole number of 64 bits, also as a text of digits. Past 2^53 it loses its last digits, as every number of JavaScript does. */
export const int = (): Field<number, false> => field(readInt);

/** A number, or one of the texts "NaN", "Infinity" and "-Infinity". */
export const double = (): Field<number, false> =>
  field((value) => {
    if (typeof value === "number") return value;
    if (typeof value !== "string") return wrong;
    if (/^(NaN|-?Infinity)$/.test(value)) return Number(value);
    return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : wrong;
  });

/** True or false; in a query "true" or "false". */
export const bool = (): Field<boolean, false> =>
  field((value) => {
    if (value === "true" || value === "false") return value === "true";
    return typeof value === "boolean" ? value : wrong;
  });

/** One of some names, or its number: the place of a name is its number in the protocol. */
export const choice = <const T extends string>(
  names: Readonly<Record<T, number>>,
): Field<T, false> => {
  const isName = (value: unknown): value is T =>
    typeof value === "string" && Object.hasOwn(names, value);
  const all = Object.keys(names).filter(isName);
  return field((value) => {
    if (isName(value)) return value;
    return all.find((name) => names[name] === value) ?? wrong;
  });
};

/** Any JSON. */
export const json = (): Field<unknown, false> => field((value) => value);

/** A list. */
export const list = <T>({ read, missing }: Field<T>): Field<readonly T[], false> =>
  field(
    (value) => {
      if (!Array.isArray(value)) return wrong;
      const items: T[] = [];
      for (const item of value) {
        const known = item === null ? wrong : read(item);
        if (known === wrong) return wrong;
        items.push(known);
      }
      return items;
    },
    {
      isList: true,
      missing: (value) => {
        if (!Array.isArray(value)) return undefined;
        const places = value.map((item) => missing?.(item));
        const at = places.findIndex((place) => place !== undefined);
        return at < 0 ? undefined : `[${at}]${places[at]}`;
      },
    },
  );

/** Values by name. */
export const map = <T>({ read }: Field<T>): Field<Readonly<Record<string, T>>, false> =>
  field((value) => {
    if (!isRecord(value)) return wrong;
    const entries: [string, T][] = [];
    for (const [key, item] of Object.entries(value)) {
      const known = item === null ? wrong : read(item);
      if (known === wrong) return wrong;
      entries.push([key, known]);
    }
    return Object.fromEntries(entries);
  });

/** A message within a message. */
export const message = <F extends Fields>(fields: F): Field<Message<F>, false> =>
  field(
    (value) => {
      if (!isRecord(value)) return wrong;
      const { found, faults } = readFields(fields, value);
      return faults.length > 0 ? wrong : (found as Message<F>);
    },
    {
      missing: (value) => {
        const { faults } = readFields(fields, isRecord(value) ? value : {});
        const absent = faults.find((fault) => fault.value === undefined);
        return absent === undefined ? undefined : `.${absent.name}`;
      },
    },
  );

/** A field of a message that is not as it must be. */
export interface Fault {
  readonly name: string;
  /** Undefined where it is missing. */
  readonly value: unknown;
}

/** The values of fields, by the names of the protocol; an object may have them in snake_case or in camelCase. Others are passed over. */
export function readFields(
  fields: Fields,
  object: Readonly<Record<string, unknown>>,
): { readonly found: Readonly<Record<string, unknown>>; readonly faults: readonly Fault[] } {
  const found: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const [name, { read, isRequired, missing }] of Object.entries(fields)) {
    const value = object[name] ?? object[camelCase(name)] ?? undefined;
    if (value === undefined) {
      if (isRequired) faults.push({ name, value: undefined });
      continue;
    }
    const known = read(value);
    const place = known === wrong ? missing?.(value) : undefined;
    if (known !== wrong) found[name] = known;
    else if (place === undefined) faults.push({ name, value });
    else faults.push({ name: `${name}${place}`, value: undefined });
  }
  return { found, faults };
}

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function readInt(value: unknown): number | typeof wrong {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) ? number : wrong;
}
