/** @file What two results of one expectation differ in, and the differences from Great Expectations that are meant. */
import type { Json } from "../../src/flow.ts";

/** An expectation and what Great Expectations made of it. */
export interface Judged {
  readonly type: string;
  readonly kwargs: Readonly<Record<string, Json>>;
  readonly success: boolean;
  readonly result: Readonly<Record<string, Json>>;
}

/** What we made of it. */
export interface Ours {
  readonly success: boolean;
  readonly result: Readonly<Record<string, Json>>;
}

/** A difference that is meant: where it applies, why, and the keys of the result that are then not compared. */
interface Meant {
  readonly why: string;
  readonly applies: (theirs: Judged) => boolean;
  readonly keys: readonly string[] | "all";
}

const hasNull = (value: Json | undefined): boolean => JSON.stringify(value ?? 0).includes("null");
const isSetOfMoments = ({ type, kwargs }: Judged): boolean =>
  /_values_to_(not_)?be_in_set$|_most_common_/.test(type) && kwargs["column"] === "at";

/** All differences that are meant. A key that only one of the two has is not compared, as Great Expectations itself has it. */
export const meant: readonly Meant[] = [
  {
    why: "pandas' query finds rows by their places; ours is SQL",
    applies: () => true,
    keys: ["unexpected_index_query"],
  },
  {
    why: "Great Expectations names pandas' types; ours is the engine's",
    applies: ({ type }) => /_of_type|_in_type_list|column_type_to_be/.test(type),
    keys: ["observed_value"],
  },
  {
    why: "pandas counts each NaN apart, and where values with a missing one cannot be ordered it gives an error for the counts",
    applies: ({ result }) =>
      ["partial_unexpected_list", "partial_unexpected_counts", "unexpected_list"].some((key) =>
        hasNull(result[key]),
      ),
    keys: ["partial_unexpected_counts"],
  },
  {
    why: "without the values, SUMMARY lists the index of every broken row there and of partial_unexpected_count rows here",
    applies: ({ result }) =>
      "partial_unexpected_index_list" in result &&
      !("partial_unexpected_list" in result) &&
      !("unexpected_index_list" in result),
    keys: ["partial_unexpected_index_list"],
  },
  {
    why: "the order of the missing values is that of a Python set; ours is sorted",
    applies: () => true,
    keys: ["partial_missing_list"],
  },
  {
    why: "a column_index of 0 is taken for none there",
    applies: ({ kwargs }) => kwargs["column_index"] === 0,
    keys: "all",
  },
  {
    why: "pandas never finds a moment equal to its ISO text; here they are the same",
    applies: isSetOfMoments,
    keys: "all",
  },
  {
    why: "where rows with a missing value are left out, pandas judges pairs of rows that the first of two conditions leaves out",
    applies: ({ type, kwargs }) =>
      type.includes("_pair_") &&
      kwargs["ignore_row_if"] === "either_value_is_missing" &&
      Object(kwargs["row_condition"]).type === "or",
    keys: "all",
  },
];

/** Where the results differ, the meant differences aside; numbers within 1e-9, relatively, are equal. */
export function differences(theirs: Judged, ours: Ours | undefined): readonly string[] {
  const known = meant.filter(({ applies }) => applies(theirs));
  if (known.some(({ keys }) => keys === "all")) return [];
  const skipped = new Set(known.flatMap(({ keys }) => keys));
  const own = ours?.result ?? {};
  const compared = Object.entries(theirs.result).filter(([key]) => key in own && !skipped.has(key));
  const success =
    theirs.success === ours?.success ? [] : [`success: ${ours?.success}, not ${theirs.success}`];
  return [
    ...success,
    ...compared.flatMap(([key, value]) => valueDifferences(key, value, own[key])),
  ];
}

function valueDifferences(path: string, theirs: Json, ours: Json | undefined): readonly string[] {
  if (typeof theirs === "number" && typeof ours === "number")
    return Math.abs(theirs - ours) <= 1e-9 * Math.max(1, Math.abs(theirs))
      ? []
      : [`${path}: ${ours}, not ${theirs}`];
  const differs = [`${path}: ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`];
  if (typeof theirs !== "object" || theirs === null) return theirs === ours ? [] : differs;
  const own = Object(ours) as Readonly<Record<string, Json>>;
  if (Array.isArray(theirs) && (!Array.isArray(ours) || ours.length !== theirs.length))
    return differs;
  return Object.entries(theirs).flatMap(([key, value]: readonly [string, Json]) =>
    valueDifferences(`${path}.${key}`, value, own[key]),
  );
}
