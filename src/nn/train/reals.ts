/** @file Reals of 32 bits as bytes, little-endian, and back. */
import { endianness } from "node:os";

const isLittle = endianness() === "LE";

/** The bytes of a vector; where the machine is little-endian they are its own memory. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  const own = Buffer.from(buffer, byteOffset, byteLength);
  return isLittle ? own : Buffer.from(own).swap32();
}

/** The vector of some bytes, in memory of its own. */
export function realsOf(bytes: Uint8Array): Float32Array {
  const own = new Uint8Array(bytes); // aligned, and free of the whole file
  if (!isLittle) Buffer.from(own.buffer).swap32();
  return new Float32Array(own.buffer);
}
