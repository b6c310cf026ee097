/** @file Proposals as typed expectations: the one place where profiles know how suites are made. */
import type { Cell, Json } from "../../flow.ts";
import { type Column, type Columns, type Schema, schema } from "../../table/index.ts";
import { type Expectation, type Expectations, expectations } from "../expectation.ts";
import { type Suite, suite } from "../suite.ts";
import type { TableProfile } from "./profile.ts";

interface Wanted {
  readonly type: string;
  readonly column: string | null;
  readonly kwargs: Readonly<Record<string, Json>>;
}

/** A suite of typed expectations about the columns of a profile, in the given order. */
export function typedSuite(profile: TableProfile, wanted: readonly Wanted[]): Suite {
  const target = schemaOf(profile);
  const make = expectations(target);
  return suite(
    `${profile.table}.proposed`,
    target,
    wanted.map((one) => typed(make, one)),
  );
}

/** The columns of a profile as a schema; categories are text, since their levels are not known. */
function schemaOf({ table, columns, key }: TableProfile): Schema<Columns> {
  const specs = columns.map(({ name, kind, missing }): [string, Column<Cell>] => [
    name,
    {
      kind: kind === "category" ? "text" : kind,
      nullable: missing > 0,
      ...(key.includes(name) && missing === 0 ? { key: true } : {}),
    },
  ]);
  return schema(table, Object.fromEntries(specs));
}

function typed(make: Expectations<Columns>, { type, column, kwargs }: Wanted): Expectation {
  const name = column ?? "";
  const mostly = numberOf(kwargs["mostly"]);
  const options = mostly === undefined ? {} : { mostly };
  const [min, max] = [numberOf(kwargs["min_value"]), numberOf(kwargs["max_value"])];
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  switch (type) {
    case "expect_column_values_to_not_be_null":
      return make.notNull(name, options);
    case "expect_column_values_to_be_unique":
      return make.unique(name, options);
    case "expect_column_values_to_be_in_set":
      return make.inSet(name, textsOf(kwargs["value_set"]), options);
    case "expect_column_values_to_match_regex":
      return make.matches(name, wholeOf(kwargs["regex"]), options);
    case "expect_column_values_to_be_between":
      return make.between(name, bounds, options);
    default:
      return make.rowCount(bounds);
  }
}

const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;

const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

/** Ours match whole; Great Expectations' begin with ^ and end with $ to say so. */
const wholeOf = (regex: Json | undefined): RegExp =>
  new RegExp(String(regex ?? "").replace(/^\^|\$$/g, ""));
