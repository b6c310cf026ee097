/** @file One entry of the catalog's log: who did what, when. The log is also the audit trail. */
import { formatJson, parseJson } from "../../core/index.ts";
import { fail } from "./errors.ts";
import type { Securable } from "./names.ts";
import type { Privilege } from "./privileges.ts";

/** What a comment and tags become; null takes one away, and what is not named stays. */
export interface Notes {
  readonly comment?: string | null;
  readonly tags?: Readonly<Record<string, string | null>>;
}

/** What an entry records. */
export type CatalogChange =
  | ({ readonly action: "create"; readonly on: Securable; readonly owner: string } & Notes)
  | ({
      readonly action: "annotate";
      readonly on: Securable;
      /** The column of the table that it is about. */
      readonly column?: string;
      readonly owner?: string | null;
    } & Notes)
  | {
      readonly action: "grant" | "revoke";
      readonly on: Securable;
      readonly to: string;
      readonly privileges: readonly Privilege[];
    }
  /** From here on the things are being removed; their grants, comments and tags are gone. */
  | {
      readonly action: "drop";
      readonly on: Securable;
      readonly drop: string;
      /** All that goes, from the inside out. */
      readonly parts: readonly Securable[];
    }
  /** The drop is done: nothing of the things is left. */
  | { readonly action: "end-drop"; readonly on: Securable; readonly drop: string };

/** An entry of the audit trail. */
export type CatalogEntry = CatalogChange & {
  /** Counts from 0, without gaps. */
  readonly sequence: number;
  readonly id: string;
  readonly atMs: number;
  /** Who did it. */
  readonly actor: string;
};

const actions: readonly string[] = ["create", "annotate", "grant", "revoke", "drop", "end-drop"];

/** The bytes of an entry. */
export const formatEntry = (entry: CatalogEntry): Uint8Array =>
  Buffer.from(`${formatJson(entry)}\n`);

/** Reads an entry. Throws `table/corrupt-catalog`, `table/unsupported-catalog`. */
export function parseEntry(bytes: Uint8Array, file: string): CatalogEntry {
  const entry = parseStored<CatalogEntry>(bytes, file);
  const { action, sequence, on } = entry;
  const isWhole = typeof action === "string" && Number.isInteger(sequence) && on instanceof Object;
  if (!isWhole) fail("table/corrupt-catalog", { file, reason: "it is not an entry" });
  if (!actions.includes(action)) fail("table/unsupported-catalog", { file, action });
  return entry;
}

/** A JSON object of the catalog. Throws `table/corrupt-catalog`. */
export function parseStored<T extends object>(bytes: Uint8Array, file: string): Partial<T> & T {
  try {
    const found = parseJson(Buffer.from(bytes).toString(), file);
    if (found instanceof Object) return found as Partial<T> & T;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return fail("table/corrupt-catalog", { file, reason }, { cause });
  }
  return fail("table/corrupt-catalog", { file, reason: "it is no JSON object" });
}
