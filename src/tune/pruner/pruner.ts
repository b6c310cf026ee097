/** @file What a pruner is: it judges a trial by what it has reported, beside what the others reported. */
import type { Json } from "../../flow.ts";
import type { TrialRow } from "../trial-row.ts";
import type { SearchView } from "../view.ts";

/** Judges trials while they are under way. */
export interface Pruner {
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
  /** Whether a trial, by its reports so far, is not worth going on with. */
  shouldPrune(view: SearchView, row: TrialRow): boolean;
}
