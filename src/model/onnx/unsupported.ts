/** @file The refusal of what ONNX cannot say. */
import { fail } from "../errors.ts";

/** Throws `model/unsupported-onnx`. */
export function unsupported(what: string, expected: string): never {
  return fail("model/unsupported-onnx", { what, expected });
}
