/** @file Reading the JSON of others: each part checked, each mistake with its path. */
import { parseJson } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";

/** A part of a JSON document, and where it stands. */
export interface Part {
  readonly at: string;
  readonly path: string;
  readonly value: Json | undefined;
}

/** The document: text, or what was parsed. Throws `json/corrupt-text`. */
export function documentOf(at: string, given: unknown): Part {
  const value = (typeof given === "string" ? parseJson(given, at) : given) as Json;
  return { at, path: "the document", value };
}

const refuse = ({ at, path, value }: Part, expected: string): never =>
  fail("check/corrupt-json", { at, path, expected, got: value ?? null });

/** The part as an object. Throws `check/corrupt-json`. */
export function recordOf(part: Part): Readonly<Record<string, Json>> {
  const { value } = part;
  const fits = typeof value === "object" && value !== null && !Array.isArray(value);
  return fits ? (value as Readonly<Record<string, Json>>) : refuse(part, "an object");
}

/** A part of an object. */
export function partOf(part: Part, key: string): Part {
  const path = part.path === "the document" ? key : `${part.path}.${key}`;
  return { at: part.at, path, value: recordOf(part)[key] };
}

/** The parts of a list; an absent one is empty. */
export function itemsOf(part: Part): readonly Part[] {
  const { value = [] } = part;
  if (!Array.isArray(value)) return refuse(part, "a list");
  return value.map((item: Json, i) => ({ at: part.at, path: `${part.path}[${i}]`, value: item }));
}

/** The part as text that is not empty. Throws `check/corrupt-json`. */
export function textIn(part: Part): string {
  const { value } = part;
  return typeof value === "string" && value !== "" ? value : refuse(part, "a text");
}

/** The part as an object, an empty one where it is absent or null. */
export const recordIn = (part: Part): Readonly<Record<string, Json>> =>
  part.value === undefined || part.value === null ? {} : recordOf(part);

/** The part as text, or null where it is absent. */
export const textOrNull = (part: Part): string | null =>
  part.value === undefined || part.value === null ? null : textIn(part);

/** The first of some parts that is there. */
export const firstOf = (...parts: readonly Part[]): Part =>
  parts.find(({ value }) => value !== undefined && value !== null) ?? (parts[0] as Part);
