/** @file Row conditions as data, in the form that Great Expectations 1.9 and later writes. */
import type { Json } from "../../flow.ts";

export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "IN" | "NOT_IN";

/** A comparison of a column with a value, or values. */
export interface Comparison {
  readonly type: "comparison";
  readonly column: { readonly name: string };
  readonly operator: Operator;
  readonly parameter: Json;
}

/** A test for a missing value. */
export interface Nullity {
  readonly type: "nullity";
  readonly column: { readonly name: string };
  readonly is_null: boolean;
}

/** Conditions joined. */
export interface Joined {
  readonly type: "and" | "or";
  readonly conditions: readonly Condition[];
}

/** The opposite of a condition. */
export interface Negated {
  readonly type: "not";
  readonly condition: Condition;
}

/** A condition on a row. */
export type Condition = Comparison | Nullity | Joined | Negated;

/** A comparison of a column with a value. */
export const comparison = (name: string, operator: Operator, parameter: Json): Condition => ({
  type: "comparison",
  column: { name },
  operator,
  parameter,
});

/** Whether the column is missing. */
export const nullity = (name: string, isNull: boolean): Condition => ({
  type: "nullity",
  column: { name },
  is_null: isNull,
});

/** The condition that is true when this one is false. */
export const negated = (condition: Condition): Condition => ({ type: "not", condition });

/** All of them, or any of them. */
export const joined = (type: "and" | "or", conditions: readonly Condition[]): Condition =>
  conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : { type, conditions };
