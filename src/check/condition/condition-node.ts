/** @file Row conditions as expressions over the columns of a table, which compile to SQL and to a row. */
import type { ColumnKind, ColumnSpecs, Json } from "../../flow.ts";
import type { ExprNode } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Kwargs } from "../types/kwargs.ts";
import { type Comparison, type Condition, joined } from "./condition.ts";
import { parseCondition } from "./parse-condition.ts";

/** Where a condition stands. */
interface Place {
  readonly type: string;
  readonly columns: ColumnSpecs;
  /** Whether a comparison with a missing value is false, as in pandas, and not missing, as in SQL. */
  readonly twoValued: boolean;
  readonly refuse: (reason: string) => never;
}

/**
 * The row condition of some arguments: text in the form of any `condition_parser`, or an object. A
 * comparison with a missing value is false, and its opposite true, as where Great Expectations runs
 * on pandas; when the parser is `spark` both are missing, as in SQL.
 *
 * @returns The expression, or null when there is no condition.
 * @throws `check/unsupported-condition`, `check/unknown-column`
 */
export function conditionNode(
  { type, columns }: { readonly type: string; readonly columns: ColumnSpecs },
  kwargs: Kwargs,
): ExprNode | null {
  const given = kwargs["row_condition"];
  if (given === undefined || given === null) return null;
  const condition = typeof given === "string" ? given : JSON.stringify(given);
  const refuse = (reason: string): never =>
    fail("check/unsupported-condition", { type, condition, reason });
  const twoValued = kwargs["condition_parser"] !== "spark";
  return nodeOf(readCondition(given, refuse), { type, columns, twoValued, refuse });
}

/** Reads a condition as text or as an object. */
export function readCondition(given: Json, refuse: (reason: string) => never): Condition {
  if (typeof given === "string") return parseCondition(given, refuse);
  const { type, column, operator, parameter, is_null, conditions, condition, pass_through_filter } =
    Object(given) as Readonly<Record<string, Json>>;
  if (type === "pass_through") return parseCondition(String(pass_through_filter), refuse);
  if ((type === "and" || type === "or") && Array.isArray(conditions))
    return joined(
      type,
      conditions.map((one: Json) => readCondition(one, refuse)),
    );
  if (type === "not") return { type, condition: readCondition(condition ?? null, refuse) };
  const name = String(Object(column)["name"]);
  if (type === "nullity") return { type, column: { name }, is_null: is_null === true };
  const known = ["==", "!=", "<", "<=", ">", ">=", "IN", "NOT_IN"] as const;
  const found = known.find((one) => one === operator);
  if (type !== "comparison" || found === undefined || parameter === undefined)
    return refuse("expected a comparison, a nullity, an and, an or, or a text");
  return { type, column: { name }, operator: found, parameter };
}

const call = (operation: string, ...args: readonly ExprNode[]): ExprNode => ({
  op: "call",
  operation,
  args,
});
/** What cells of a column are in an expression. */
function nodeKindOf(kind: ColumnKind): "number" | "text" | "bool" | "timestamp" {
  if (kind === "int" || kind === "float") return "number";
  return kind === "category" ? "text" : kind;
}

const falsehood: ExprNode = { op: "literal", kind: "bool", value: false };

function nodeOf(condition: Condition, place: Place): ExprNode {
  if ("condition" in condition) return call("not", nodeOf(condition.condition, place));
  if ("conditions" in condition) {
    const [first, ...others] = condition.conditions.map((one) => nodeOf(one, place));
    const none = first ?? place.refuse("there are no conditions in it");
    return others.reduce((all, one) => call(condition.type, all, one), none);
  }
  const column = columnNode(condition.column.name, place);
  if ("is_null" in condition) {
    const missing = call("missing", column);
    return condition.is_null ? missing : call("not", missing);
  }
  return compare(condition, column, place);
}

function columnNode(name: string, { type, columns }: Place): ExprNode & { readonly op: "column" } {
  const spec = Object.hasOwn(columns, name) ? columns[name] : undefined;
  const names = Object.keys(columns);
  const { kind } = spec ?? fail("check/unknown-column", { at: type, column: name, columns: names });
  return { op: "column", name, kind };
}

function compare(
  { operator, parameter }: Comparison,
  column: ExprNode & { readonly op: "column" },
  place: Place,
): ExprNode {
  const literal = (value: Json): ExprNode => literalNode(column, value, place);
  const settle = (node: ExprNode): ExprNode =>
    place.twoValued ? call("orElse", node, falsehood) : node;
  if (operator === "IN" || operator === "NOT_IN") {
    const values = Array.isArray(parameter) ? parameter : place.refuse("IN needs a list");
    const literals = values.map(literal);
    const within = literals.length === 0 ? falsehood : settle(call("oneOf", column, ...literals));
    return operator === "IN" ? within : call("not", within);
  }
  const value = literal(parameter);
  if (operator === "==") return settle(call("equal", column, value));
  if (operator === "!=") return call("not", settle(call("equal", column, value)));
  const kind = nodeKindOf(column.kind);
  if (kind === "text" || kind === "bool")
    place.refuse(
      `column ${JSON.stringify(column.name)} holds ${column.kind}, which has no order here`,
    );
  if (operator === "<") return settle(call("below", column, value));
  if (operator === "<=") return settle(call("atMost", column, value));
  if (operator === ">") return settle(call("below", value, column));
  return settle(call("atMost", value, column));
}

function literalNode(
  column: ExprNode & { readonly op: "column" },
  value: Json,
  place: Place,
): ExprNode {
  const kind = nodeKindOf(column.kind);
  const found = literalReaders[kind](value);
  if (found !== undefined) return { op: "literal", kind, value: found };
  const what = `${JSON.stringify(value)} cannot be compared with column ${JSON.stringify(column.name)}`;
  return place.refuse(`${what}, which holds ${column.kind}`);
}

type Reader = (value: Json) => string | number | boolean | undefined;

/** What a value is for each kind of column; undefined when it is nothing there. */
const literalReaders: Readonly<Record<"number" | "text" | "bool" | "timestamp", Reader>> = {
  number: (value) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  },
  text: (value) => (typeof value === "string" ? value : undefined),
  bool: (value) => (typeof value === "boolean" ? value : undefined),
  timestamp: (value) => {
    if (typeof value !== "string") return undefined;
    const zoned = /([zZ]|[+-]\d\d:?\d\d)$|^\d{4}-\d\d-\d\d$/.test(value) ? value : `${value}Z`;
    const moment = Date.parse(zoned.replace(" ", "T"));
    return Number.isNaN(moment) ? undefined : moment;
  },
};

/**
 * An expression as a condition that Great Expectations reads, where it has the form for it:
 * comparisons of columns with values, missing values, and, or.
 */
export function toCondition(node: ExprNode): Json | undefined {
  if (node.op !== "call") return undefined;
  const { operation, args } = node;
  const [left, right] = args;
  if (left === undefined) return undefined;
  if (operation === "and" || operation === "or") {
    const conditions = args.map(toCondition).filter((one) => one !== undefined);
    return conditions.length === args.length ? { type: operation, conditions } : undefined;
  }
  if (operation === "missing") return nullityOf(left, true);
  if (operation === "not") return negationOf(left);
  if (operation === "oneOf")
    return left.op === "column"
      ? comparisonOf(left.name, "IN", args.slice(1).map(literalValue))
      : undefined;
  if (right === undefined) return undefined;
  return comparisonNode(operation, left, right);
}

const nullityOf = (node: ExprNode, isNull: boolean): Json | undefined =>
  node.op === "column"
    ? { type: "nullity", column: { name: node.name }, is_null: isNull }
    : undefined;

function negationOf(node: ExprNode): Json | undefined {
  if (node.op !== "call") return undefined;
  const [left, right] = node.args;
  if (node.operation === "missing" && left !== undefined) return nullityOf(left, false);
  if (left?.op !== "column" || right === undefined) return undefined;
  // Of a missing value the opposite is missing here, and true where pandas judges it.
  const there = (comparison: Json): Json => ({
    type: "and",
    conditions: [{ type: "nullity", column: { name: left.name }, is_null: false }, comparison],
  });
  if (node.operation === "equal") return there(comparisonOf(left.name, "!=", literalValue(right)));
  if (node.operation !== "oneOf") return undefined;
  return there(comparisonOf(left.name, "NOT_IN", node.args.slice(1).map(literalValue)));
}

function comparisonNode(operation: string, left: ExprNode, right: ExprNode): Json | undefined {
  const signs: Readonly<Record<string, readonly [string, string]>> = {
    equal: ["==", "=="],
    below: ["<", ">"],
    atMost: ["<=", ">="],
  };
  const [sign, back] = signs[operation] ?? [];
  if (sign === undefined || back === undefined) return undefined;
  if (left.op === "column" && right.op === "literal")
    return comparisonOf(left.name, sign, literalValue(right));
  if (left.op === "literal" && right.op === "column")
    return comparisonOf(right.name, back, literalValue(left));
  return undefined;
}

function literalValue(node: ExprNode): Json {
  if (node.op !== "literal") return null;
  return node.kind === "timestamp" ? new Date(Number(node.value)).toISOString() : node.value;
}

const comparisonOf = (name: string, operator: string, parameter: Json): Json => ({
  type: "comparison",
  column: { name },
  operator,
  parameter,
});
