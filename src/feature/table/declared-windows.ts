/** @file How far windows have seen their source, and whether rows were made by the declaration that stands. */
import { hashOfJson } from "../../core/index.ts";
import type { Hash } from "../../flow.ts";
import type { FeatureTable } from "./feature-table.ts";

/** The property of a Delta table under which a refresh keeps how far it is. */
export const windowsKey = "millrace.featureWindows";

/** How far windows have seen their source, as their tables keep it. */
export interface SeenSource {
  /** By which declaration: {@link windowsHash}. */
  readonly plan: Hash;
  /** Delta's id of the source. */
  readonly sourceId: string;
  readonly sourceVersion: number;
}

/** Another declaration has other rows. */
export const windowsHash = ({ key, windows }: FeatureTable): Hash =>
  hashOfJson({ key, windows: windows && { ...windows } });

/** What a refresh kept among a table's properties; undefined when it kept nothing that can be read. */
export function parseSeen<S extends SeenSource>(
  properties: Readonly<Record<string, string>>,
): S | undefined {
  try {
    return JSON.parse(properties[windowsKey] ?? "null") ?? undefined;
  } catch {
    return undefined; // it begins anew
  }
}

/**
 * Before when the rows of windows tell what is true: until the tile after the last refresh ends a row may be
 * the newest, later another would have followed. Null for rows that are no windows.
 */
export function toldBefore(
  { windows }: FeatureTable,
  properties: Readonly<Record<string, string>>,
): number | null {
  if (windows === null) return null;
  const { untilMs } = parseSeen<SeenSource & { readonly untilMs: number }>(properties) ?? {};
  return untilMs === undefined ? null : untilMs + windows.everyMs;
}

/** Whether the rows are those of the declaration: always, but for windows that were declared anew since. */
export const isRefreshed = (
  table: FeatureTable,
  properties: Readonly<Record<string, string>>,
): boolean => table.windows === null || parseSeen(properties)?.plan === windowsHash(table);
