/** @file Settings of a table that are spans of time, as Delta's writers spell them: "interval 30 days". */
import { fail } from "../errors.ts";
import type { MetaData } from "./actions.ts";

const unitMs: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

/**
 * A span of time in the settings of a table, in milliseconds; the default where it says none.
 *
 * @throws `table/unsupported-feature` for a span that cannot be understood
 */
export function spanOf(
  name: string,
  { configuration }: MetaData,
  { key, defaultMs }: { key: string; defaultMs: number },
): number {
  const text = configuration[key];
  if (text === undefined) return defaultMs;
  const parts = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, "")
    .split(/\s+/);
  const refuse = (): never =>
    fail("table/unsupported-feature", { name, feature: `${key} = ${JSON.stringify(text)}` });
  if (parts.length % 2 === 1) refuse();
  let total = 0;
  for (let i = 0; i < parts.length; i += 2) {
    const unit = unitMs[(parts[i + 1] ?? "").replace(/s$/, "")];
    const amount = Number(parts[i]);
    if (unit === undefined || !Number.isFinite(amount)) return refuse();
    total += amount * unit;
  }
  return total;
}

/** How long a removed file stays for readers of earlier versions: a week, unless the table says otherwise. */
export const removedFilesMs = (name: string, metaData: MetaData): number =>
  spanOf(name, metaData, { key: "delta.deletedFileRetentionDuration", defaultMs: 7 * 86_400_000 });
