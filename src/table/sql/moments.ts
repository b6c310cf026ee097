/** @file Moments that are written in a query, read by the engine, so that files can be skipped by them. */
import type { Engine } from "../adapter/duckdb.ts";
import { quoteText } from "../sql-text.ts";
import type { MomentOf } from "./filter-literals.ts";

const types = new Set(["DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"]);

/**
 * Reads the moments that some work asks for.
 *
 * @param ask - Asks for every moment it needs; what it is given then is not known yet.
 */
export async function momentsOf(
  engine: Engine,
  ask: (momentOf: MomentOf) => void,
): Promise<MomentOf> {
  const asked = new Map<string, string>();
  ask((text, type) => {
    if (!types.has(type)) return undefined;
    const moment = `TRY_CAST(TRY_CAST(${quoteText(text)} AS ${type}) AS TIMESTAMP WITH TIME ZONE)`;
    asked.set(keyOf(text, type), moment);
    return undefined;
  });
  if (asked.size === 0) return () => undefined;
  // Statistics are compared in milliseconds: a moment between two of them is left alone.
  const select = [...asked.values()].map(
    (moment, i) =>
      `CASE WHEN epoch_us(${moment}) % 1000 = 0 THEN epoch_us(${moment}) // 1000 END AS m${i}`,
  );
  const [row = {}] = await engine.query(`SELECT ${select.join(", ")}`);
  const found = new Map([...asked.keys()].map((key, i) => [key, row[`m${i}`]]));
  return (text, type) => {
    const ms = found.get(keyOf(text, type));
    return typeof ms === "number" ? ms : undefined;
  };
}

const keyOf = (text: string, type: string): string => JSON.stringify([type, text]);
