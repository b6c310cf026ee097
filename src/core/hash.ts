/** @file SHA-256, by which bytes, tables and models are recognised. */
import { createHash } from "node:crypto";
import type { Hash } from "../flow.ts";
import { formatJson } from "./json.ts";

/** The SHA-256 of bytes or of text in UTF-8, as `sha256:<64 hex digits>`. */
export function hashOf(content: Uint8Array | string): Hash {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** The SHA-256 of a value's one JSON spelling: equal values, equal hashes. */
export function hashOfJson(value: unknown): Hash {
  return hashOf(formatJson(value));
}
