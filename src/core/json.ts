/** @file JSON with one spelling per value, and typed arrays in it as base64. */
import type { Json } from "../flow.ts";
import { caller, failWith } from "./errors.ts";

/** What can go wrong while reading JSON. */
export const jsonErrors = {
  "json/corrupt-text": caller(
    (d: { at: string; reason: string }) => `${d.at}: this is not JSON (${d.reason})`,
  ),
  "json/unsupported-value": caller(
    (d: { path: string; got: string }) =>
      `${d.path} cannot be written as JSON: expected null, a boolean, a finite number, a string, a list, a plain object or a typed array; got ${d.got}`,
  ),
};

const fail = failWith(jsonErrors);

const arrays = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array };
type ArrayName = keyof typeof arrays;

/**
 * Writes a value as JSON whose bytes depend on the value only: keys sorted, typed arrays as
 * `{"$array": name, "base64": …}`, little-endian.
 *
 * @throws `json/unsupported-value`
 * @example
 * ```ts
 * formatJson({ b: 1, a: [2, null] }) // => '{"a":[2,null],"b":1}'
 * ```
 */
export function formatJson(value: unknown): string {
  return JSON.stringify(plain(value, "value"));
}

/** Reads what {@link formatJson} wrote, typed arrays included. Throws `json/corrupt-text`. */
export function parseJson(text: string, at = "parseJson"): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => revive(value));
  } catch (cause) {
    return fail("json/corrupt-text", { at, reason: (cause as Error).message }, { cause });
  }
}

function plain(value: unknown, path: string): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map((v, i) => plain(v, `${path}[${i}]`));
  if (ArrayBuffer.isView(value)) return array(value, path);
  if (typeof value === "object" && isPlain(value)) {
    if (Object.hasOwn(value, "$array"))
      fail("json/unsupported-value", { path, got: 'an object with the key "$array"' });
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([k, v]) => [k, plain(v, `${path}.${k}`)]));
  }
  return fail("json/unsupported-value", { path, got: `${typeof value} ${String(value)}` });
}

function array(view: ArrayBufferView, path: string): Json {
  const name = view.constructor.name;
  if (!(name in arrays)) return fail("json/unsupported-value", { path, got: name });
  const base64 = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");
  return { $array: name, base64 };
}

function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$array" in value)) return value;
  const { $array, base64 } = value as unknown as { $array: ArrayName; base64: string };
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new arrays[$array](bytes.buffer);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
