/** @file Reading Protocol Buffers that may be damaged or hostile: every length is checked before it is used. */
import { fail } from "../errors.ts";

/** A field of a message: a number (its bits, for floats), or bytes. */
export interface ReadField {
  readonly field: number;
  readonly value: number | Uint8Array;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The fields of a message, in their order. @throws `tensor/corrupt-onnx` */
export function* fieldsOf(message: Uint8Array): Generator<ReadField> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const need = (count: number): number => {
    const from = at;
    if (count > message.length - at)
      corrupt(`${count} bytes are announced, and ${message.length - at} are left`);
    at += count;
    return from;
  };
  const varint = (): number => {
    const from = at;
    while ((message[need(1)] ?? 0) >= 0x80)
      if (at - from >= 10) corrupt("a number is longer than 10 bytes");
    return signed(message.subarray(from, at));
  };
  while (at < message.length) {
    const key = varint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (field < 1 || field >= 2 ** 29) corrupt(`there is no field ${field}`);
    if (wire === 0) yield { field, value: varint() };
    else if (wire === 1) yield { field, value: Number(view.getBigUint64(need(8), true)) };
    else if (wire === 5) yield { field, value: view.getUint32(need(4), true) };
    else if (wire === 2) {
      const length = varint();
      if (length < 0) corrupt(`a length is ${length}`);
      const from = need(length);
      yield { field, value: message.subarray(from, from + length) };
    } else corrupt(`there is no kind ${wire} of field`);
  }
}

/** A field as a message or bytes. @throws `tensor/corrupt-onnx` */
export const bytesIn = ({ field, value }: ReadField): Uint8Array =>
  typeof value === "number" ? corrupt(`field ${field} is a number, and should be bytes`) : value;

/** Bytes of a name at most, and sizes of a shape: longer ones are no model. */
const [longestText, mostSizes] = [2 ** 16, 64];

/** A field as a text: a name. @throws `tensor/corrupt-onnx` */
export function textIn(read: ReadField): string {
  const bytes = bytesIn(read);
  if (bytes.length > longestText) corrupt(`a name is ${bytes.length} bytes long`);
  try {
    return decoder.decode(bytes);
  } catch {
    return corrupt(`field ${read.field} is no text`);
  }
}

/** A field as a whole number. @throws `tensor/corrupt-onnx` */
export const wholeIn = ({ field, value }: ReadField): number =>
  typeof value === "number" ? value : corrupt(`field ${field} is bytes, and should be a number`);

/** A field as one whole number or, packed, the sizes of a shape. @throws `tensor/corrupt-onnx` */
export function wholesIn({ value }: ReadField): readonly number[] {
  if (typeof value === "number") return [value];
  const numbers: number[] = [];
  let from = 0;
  for (const [at, byte] of value.entries()) {
    if (byte >= 0x80) continue;
    if (at - from > 10 || numbers.length === mostSizes)
      corrupt(`a shape has more than ${mostSizes} sizes, or one that is too long`);
    numbers.push(signed(value.subarray(from, at + 1)));
    from = at + 1;
  }
  return from === value.length ? numbers : corrupt("a packed number has no end");
}

/** A number of 64 bits, in groups of 7 from the lowest on; beyond 2⁵³ it is the nearest that there is. */
function signed(groups: Uint8Array): number {
  if (groups.length <= 7)
    return groups.reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0);
  let sum = 0n;
  for (const [i, byte] of groups.entries()) sum |= BigInt(byte & 0x7f) << BigInt(7 * i);
  return Number(BigInt.asIntN(64, sum));
}

function corrupt(reason: string): never {
  return fail("tensor/corrupt-onnx", { reason });
}
