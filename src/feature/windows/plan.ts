/** @file What windows are kept of: the plan of a refresh, and the words of SQL that all of it shares. */
import { quoteName, type Schema } from "../../table/index.ts";
import type { FeatureTable } from "../table/feature-table.ts";
import type { WindowMeasure } from "./measures.ts";

/** What is kept up to date. */
export interface WindowsPlan {
  readonly table: FeatureTable;
  readonly source: Schema;
  readonly from: string;
  readonly entity: readonly string[];
  readonly time: string;
  readonly everyMs: number;
  readonly measures: readonly (readonly [string, WindowMeasure])[];
}

/** Columns in a list. */
export const names = (columns: readonly string[]): string => columns.map(quoteName).join(", ");
/** A moment. */
export const momentSql = (ms: number): string => `make_timestamptz(${ms * 1000})`;
