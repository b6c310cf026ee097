/** @file Reading what another program wrote: every step from one value to the next says where it is. */
import { isRecord } from "../../core/index.ts";
import { fail } from "../errors.ts";

/** Something read of a model of another library, and where it stood. */
export interface Place {
  /** The function that reads: "xgboostModel". */
  readonly at: string;
  /** Where: "learner.objective". */
  readonly place: string;
}

/** Throws `model/corrupt-interchange`. */
export function corrupt(where: Place, expected: string, got: unknown): never {
  return fail("model/corrupt-interchange", { ...where, expected, got: said(got) });
}

/** Throws `model/unsupported-interchange`. */
export function unsupported(at: string, what: string, expected: string): never {
  return fail("model/unsupported-interchange", { at, what, expected });
}

function said(got: unknown): string {
  if (got === undefined) return "nothing";
  if (typeof got === "string")
    return JSON.stringify(got.length > 60 ? `${got.slice(0, 60)}…` : got);
  if (typeof got === "number" || typeof got === "boolean" || got === null) return String(got);
  return Array.isArray(got) ? `a list of ${got.length}` : `a value of type ${typeof got}`;
}

/** A value of a document with its place; each method throws `model/corrupt-interchange`. */
export class Found {
  readonly #value: unknown;
  readonly #where: Place;

  constructor(value: unknown, where: Place) {
    this.#value = value;
    this.#where = where;
  }

  get isThere(): boolean {
    return this.#value !== undefined;
  }

  get place(): Place {
    return this.#where;
  }

  /** A field of an object; it need not be there until its value is asked for. */
  get(name: string): Found {
    const { at, place } = this.#where;
    const inside = place === "" ? name : `${place}.${name}`;
    if (!isRecord(this.#value)) return this.refuse("an object");
    return new Found(Object.hasOwn(this.#value, name) ? this.#value[name] : undefined, {
      at,
      place: inside,
    });
  }

  text(): string {
    return typeof this.#value === "string" ? this.#value : this.refuse("a text");
  }

  number(): number {
    return typeof this.#value === "number" ? this.#value : this.refuse("a number");
  }

  /** A whole number of some range, written as a number or as a text. */
  whole(min: number, max: number): number {
    const value = typeof this.#value === "string" ? Number(this.#value) : this.#value;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max)
      return value;
    return this.refuse(`a whole number from ${min} to ${max}`);
  }

  list(): readonly Found[] {
    const { at, place } = this.#where;
    if (!Array.isArray(this.#value)) return this.refuse("a list");
    return this.#value.map((one: unknown, i) => new Found(one, { at, place: `${place}[${i}]` }));
  }

  texts(): readonly string[] {
    if (!Array.isArray(this.#value)) return this.refuse("a list");
    return this.list().map((one) => one.text());
  }

  /** Numbers, or truth values as 1 and 0, as many as are said where that is said. */
  numbers(length?: number): Float64Array {
    const value: unknown = this.#value;
    if (!Array.isArray(value)) return this.refuse("a list of numbers");
    if (length !== undefined && value.length !== length) return this.refuse(`${length} numbers`);
    return Float64Array.from(value, (one: unknown, i) => {
      if (typeof one === "number" || typeof one === "boolean") return Number(one);
      return corrupt({ ...this.#where, place: `${this.#where.place}[${i}]` }, "a number", one);
    });
  }

  refuse(expected: string): never {
    return corrupt(this.#where, expected, this.#value);
  }
}
