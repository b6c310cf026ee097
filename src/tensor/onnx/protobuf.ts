/** @file Writing Protocol Buffers: fields of numbers, texts, bytes and messages, by field number. */

/** A field of a message, as bytes. */
export type Field = Uint8Array;

const encoder = new TextEncoder();

/** A whole number, −2^53 to 2^53; negative ones as 64 bit in two's complement. */
export function whole(field: number, value: number): Field {
  return joined([varint(BigInt(field << 3)), varint(BigInt.asUintN(64, BigInt(value)))]);
}

/** Many whole numbers, 0 or more, each a field: what {@link whole} writes of each, in one piece. */
export function wholes(field: number, values: readonly number[]): Field {
  const head = varint(BigInt(field << 3));
  const out = new Uint8Array(values.length * (head.length + 8)); // 2^53 has 8 groups of 7 bits
  let at = 0;
  for (const value of values) {
    out.set(head, at);
    at += head.length;
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 0x80;
    out[at++] = rest;
  }
  return out.slice(0, at);
}

/** A number of 32 bit. */
export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([varint(BigInt((field << 3) | 5)), bytes]);
}

/** A text in UTF-8. */
export const text = (field: number, value: string): Field => bytes(field, encoder.encode(value));

/** A message inside the message. */
export const message = (field: number, fields: readonly Field[]): Field =>
  bytes(field, joined(fields));

/** Bytes with their length. */
export function bytes(field: number, value: Uint8Array): Field {
  return joined([varint(BigInt((field << 3) | 2)), varint(BigInt(value.length)), value]);
}

/** All fields, one after the other: a message. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}
