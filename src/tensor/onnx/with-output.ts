/** @file A model that gives one of its inner tensors, too. */
import { bytes as bytesField, joined, message, text } from "./protobuf.ts";

/**
 * The file of a model with a tensor more among its outputs. Protocol Buffers join what is written of a message twice, so that a few bytes
 * at the end are all there is to it.
 */
export function withOutput(model: Uint8Array, tensor: string): Uint8Array<ArrayBuffer> {
  const output = message(12, [text(1, tensor)]);
  return joined([model, bytesField(7, output)]);
}
