/** @file Universal Binary JSON as XGBoost writes and reads it (draft 12, big-endian). */
import { corrupt } from "./problems.ts";

/** What a writer takes: typed arrays become lists of one type, which XGBoost asks for. */
export type UbjValue =
  | string
  | number
  | readonly UbjValue[]
  | Float32Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | { readonly [name: string]: UbjValue };

/** The bytes of a value; whole numbers of lists are 32 bits. */
export function formatUbj(value: UbjValue): Uint8Array {
  const parts: Uint8Array[] = [];
  writeValue(value, parts);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

const mark = (letter: string): Uint8Array => Uint8Array.of(letter.charCodeAt(0));
const length = (count: number): Uint8Array =>
  packed(9, (view) => {
    view.setUint8(0, 0x4c); // L
    view.setBigInt64(1, BigInt(count));
  });

function packed(size: number, fill: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  fill(view);
  return new Uint8Array(view.buffer);
}

function writeValue(value: UbjValue, parts: Uint8Array[]): void {
  if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    parts.push(mark("S"), length(text.length), text);
  } else if (typeof value === "number") {
    const write = (view: DataView): void => {
      view.setUint8(0, 0x6c); // l
      view.setInt32(1, value);
    };
    parts.push(packed(5, write));
  } else if (ArrayBuffer.isView(value)) writeTyped(value, parts);
  else if (isList(value)) {
    parts.push(mark("["), mark("#"), length(value.length));
    for (const one of value) writeValue(one, parts);
  } else {
    parts.push(mark("{"));
    for (const [name, one] of Object.entries(value)) {
      const key = new TextEncoder().encode(name);
      parts.push(length(key.length), key);
      writeValue(one, parts);
    }
    parts.push(mark("}"));
  }
}

const isList = (value: UbjValue): value is readonly UbjValue[] => Array.isArray(value);

function writeTyped(
  values: Float32Array | Int32Array | Uint8Array | BigInt64Array,
  parts: Uint8Array[],
): void {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = packed(values.length * size, (view) => {
    for (const [i, value] of values.entries())
      if (typeof value === "bigint") view.setBigInt64(8 * i, value);
      else if (values instanceof Float32Array) view.setFloat32(4 * i, value);
      else if (size === 4) view.setInt32(4 * i, value);
      else view.setUint8(i, value);
  });
  const letter = values instanceof Float32Array ? "d" : size === 8 ? "L" : size === 4 ? "l" : "U";
  parts.push(mark("["), mark("$"), mark(letter), mark("#"), length(values.length), bytes);
}

const deepest = 100; // more nesting than any model has

/** The value of some bytes: objects, lists, texts, numbers, truth values and null. @throws `model/corrupt-interchange` */
export function parseUbj(bytes: Uint8Array, at: string): unknown {
  const reader = new UbjReader(bytes, at);
  const value = reader.value(reader.letter(), 0);
  reader.end();
  return value;
}

/** Bytes of a number of each type. */
const sizes: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8 };

class UbjReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #at: string;
  #next = 0;

  constructor(bytes: Uint8Array, at: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  value(letter: string, depth: number): unknown {
    if (depth > deepest) return this.#refuse(`at most ${deepest} levels`, "more");
    if (sizes[letter] !== undefined) return this.#number(letter);
    switch (letter) {
      case "S":
        return this.#text();
      case "C":
        return String.fromCharCode(this.#take(1));
      case "T":
        return true;
      case "F":
        return false;
      case "Z":
        return null;
      case "[":
        return this.#list(depth);
      case "{":
        return this.#object(depth);
      default:
        return this.#refuse("a type of UBJSON", letter);
    }
  }

  /** The next letter that is no filling. */
  letter(): string {
    for (;;) {
      const letter = String.fromCharCode(this.#take(1));
      if (letter !== "N") return letter;
    }
  }

  end(): void {
    if (this.#next !== this.#bytes.length)
      this.#refuse("the end", `${this.#bytes.length - this.#next} bytes more`);
  }

  #list(depth: number): unknown[] {
    const [type, count] = this.#header();
    const items: unknown[] = [];
    if (count === undefined) {
      for (let letter = this.letter(); letter !== "]"; letter = this.letter())
        items.push(this.value(letter, depth + 1));
      return items;
    }
    for (let i = 0; i < count; i++) items.push(this.value(type ?? this.letter(), depth + 1));
    return items;
  }

  #object(depth: number): Record<string, unknown> {
    const [type, count] = this.#header();
    const fields: [string, unknown][] = [];
    for (let i = 0; i < (count ?? Infinity); i++) {
      if (count === undefined && this.#peek() === "}") {
        this.#next++;
        break;
      }
      fields.push([this.#text(), this.value(type ?? this.letter(), depth + 1)]);
    }
    return Object.fromEntries(fields);
  }

  /** Type and count of a list or object, where they are given. */
  #header(): [type: string | undefined, count: number | undefined] {
    let type: string | undefined;
    if (this.#peek() === "$") {
      this.#next++;
      type = String.fromCharCode(this.#take(1));
      if (sizes[type] === undefined && type !== "S") this.#refuse("a list of numbers", type);
      if (this.#peek() !== "#") this.#refuse("a count", this.#peek());
    }
    if (this.#peek() !== "#") return [type, undefined];
    this.#next++;
    const count = this.#count();
    const least = (sizes[type ?? ""] ?? 1) * count; // each takes that many bytes at least
    if (least > this.#bytes.length - this.#next)
      this.#refuse(`at most ${this.#bytes.length - this.#next} bytes`, `${count} values`);
    return [type, count];
  }

  #text(): string {
    const count = this.#count();
    this.#take(count);
    return new TextDecoder().decode(this.#bytes.subarray(this.#next - count, this.#next));
  }

  #count(): number {
    const letter = this.letter();
    const count = sizes[letter] === undefined ? Number.NaN : this.#number(letter);
    if (Number.isSafeInteger(count) && count >= 0) return count;
    return this.#refuse("a count", `${letter} ${count}`);
  }

  #number(letter: string): number {
    const size = sizes[letter] ?? 1;
    this.#take(size);
    const at = this.#next - size;
    if (letter === "i") return this.#view.getInt8(at);
    if (letter === "U") return this.#view.getUint8(at);
    if (letter === "I") return this.#view.getInt16(at);
    if (letter === "l") return this.#view.getInt32(at);
    if (letter === "L") return Number(this.#view.getBigInt64(at));
    return letter === "d" ? this.#view.getFloat32(at) : this.#view.getFloat64(at);
  }

  #peek(): string {
    return String.fromCharCode(this.#bytes[this.#next] ?? 0);
  }

  /** Goes on by some bytes; gives the first of them. */
  #take(count: number): number {
    if (this.#next + count > this.#bytes.length)
      return this.#refuse(`${count} bytes more`, "the end");
    const first = this.#bytes[this.#next] ?? 0;
    this.#next += count;
    return first;
  }

  #refuse(expected: string, got: string): never {
    return corrupt({ at: this.#at, place: `byte ${this.#next}` }, expected, got);
  }
}
