/** @file The first scan's row as facts: counts, bounds, guesses, by column. */
import type { Place } from "./columns-sql.ts";

/** What the first scan found about one column. */
export interface FirstFacts {
  readonly place: Place;
  readonly count: number;
  /** Different values, estimated. */
  readonly near: number;
  /** Values that may stand in many rows. */
  readonly heavy: readonly string[];
  readonly numbers: FirstNumbers | null;
  readonly texts: FirstTexts | null;
}

/** Of numbers and times; null where no value is finite. */
export interface FirstNumbers {
  readonly infinite: number;
  readonly zeros: number;
  readonly negatives: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number | null;
  readonly std: number | null;
}

/** Of texts. */
export interface FirstTexts {
  readonly shortest: number;
  readonly longest: number;
  readonly meanLength: number;
  readonly empty: number;
  readonly padded: number;
  readonly guesses: readonly string[];
}

/** A value of the engine's JSON as a record of values; an empty one where it is something else. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** A value of the engine's JSON as a list; an empty one where it is something else. */
export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Reads the struct of one column. */
export function firstFacts(place: Place, value: unknown): FirstFacts {
  const found = record(value);
  const of = (name: string): number => Number(found[name] ?? 0);
  const count = of("n");
  const measured = place.measure === "number" || place.measure === "moment";
  return {
    place,
    count,
    near: Math.min(of("near"), count),
    heavy: array(found["heavy"]).map(String),
    numbers: measured && of("finite") > 0 ? firstNumbers(found, count) : null,
    texts: place.measure === "text" && count > 0 ? firstTexts(found) : null,
  };
}

function firstNumbers(found: Readonly<Record<string, unknown>>, count: number): FirstNumbers {
  const of = (name: string): number => Number(found[name] ?? 0);
  const std = found["std"];
  return {
    infinite: count - of("finite"),
    zeros: of("zeros"),
    negatives: of("negatives"),
    min: of("low"),
    max: of("high"),
    mean: typeof found["mean"] === "number" && Number.isFinite(of("mean")) ? of("mean") : null,
    std: typeof std === "number" && of("huge") === 0 ? std : null,
  };
}

function firstTexts(found: Readonly<Record<string, unknown>>): FirstTexts {
  const of = (name: string): number => Number(found[name] ?? 0);
  return {
    shortest: of("shortest"),
    longest: of("longest"),
    meanLength: of("mean"),
    empty: of("empty"),
    padded: of("padded"),
    guesses: array(found["guesses"]).map(String),
  };
}
