/** @file Literals of a WHERE that the engine compares with a column exactly as statistics are compared. */
import type { Cell } from "../../flow.ts";
import { isNode, type SqlNode, textOf } from "../adapter/parse-sql.ts";
import type { LiteralNode } from "../expr/index.ts";

/** What a moment that is written in a query is, in milliseconds; undefined when that is not sure. */
export type MomentOf = (text: string, type: string) => number | undefined;

/** What the values in a query are. */
export interface Literals {
  readonly momentOf: MomentOf;
  /** The value of a parameter, as the parser calls it. */
  readonly cellOf: (identifier: string) => Cell | undefined;
}

/** A column whose statistics can be trusted to the last digit. */
export interface KnownColumn {
  readonly name: string;
  readonly kind: "int" | "float" | "text" | "bool" | "timestamp";
}

/** A literal or a parameter as a value of a condition; undefined when it is not surely compared alike. */
export function literalOf(
  node: unknown,
  column: KnownColumn,
  { momentOf, cellOf }: Literals,
): LiteralNode | undefined {
  if (!isNode(node)) return undefined;
  if (node.class === "PARAMETER") return literal(column, cellOf(textOf(node["identifier"])));
  const constant = constantOf(node);
  return constant && literal(column, valueOfConstant(constant, column, momentOf));
}

/** A constant, and the type that it is cast to, if it is. */
interface Constant {
  readonly value: unknown;
  readonly type: SqlNode;
  readonly cast: string | undefined;
}

function constantOf(node: SqlNode): Constant | undefined {
  const isCast = node.class === "CAST";
  const inner = isCast ? node["child"] : node;
  if (!isNode(inner) || inner.class !== "CONSTANT" || !isNode(inner["value"])) return undefined;
  const { value, type } = inner["value"];
  if (!isNode(type)) return undefined;
  return { value, type, cast: isCast ? idOf(node["cast_type"]) : undefined };
}

const idOf = (type: unknown): string => (isNode(type) ? textOf(type["id"]) : "");

/** The cell that a constant is, where the column's kind is the one it is compared as. */
function valueOfConstant(
  { value, type, cast }: Constant,
  { kind }: KnownColumn,
  momentOf: MomentOf,
): Cell | undefined {
  const isText = idOf(type) === "VARCHAR" && typeof value === "string";
  if (kind === "timestamp" && isText) {
    const ms = momentOf(value, cast ?? "TIMESTAMP WITH TIME ZONE");
    return ms === undefined ? undefined : new Date(ms);
  }
  if (kind === "bool" && isText && cast === "BOOLEAN") return isTruth(value);
  if (cast !== undefined) return undefined;
  if (isText) return value;
  return typeof value === "number" ? numberOf(value, type) : undefined;
}

/** The engine writes true and false as texts that are cast. */
const isTruth = (text: string): boolean | undefined =>
  text === "t" || text === "f" ? text === "t" : undefined;

/** A number that a double holds exactly, or to its last digit, and that no neighbour is mistaken for. */
function numberOf(value: number, type: SqlNode): number | undefined {
  const id = idOf(type);
  if (/^(TINYINT|SMALLINT|INTEGER|BIGINT|DOUBLE)$/.test(id)) return value;
  const info = type["type_info"];
  if (id !== "DECIMAL" || !isNode(info)) return undefined;
  const { width, scale } = info;
  if (typeof width !== "number" || typeof scale !== "number" || width > 15) return undefined;
  return value / 10 ** scale;
}

/** A cell as a value of a condition, where it is of the column's kind. */
function literal({ kind }: KnownColumn, cell: Cell | undefined): LiteralNode | undefined {
  if (cell instanceof Date)
    return kind === "timestamp" ? { op: "literal", kind, value: cell.getTime() } : undefined;
  if (typeof cell === "string" && kind === "text") return { op: "literal", kind, value: cell };
  if (typeof cell === "boolean" && kind === "bool") return { op: "literal", kind, value: cell };
  const isNumber = kind === "int" || kind === "float";
  if (!isNumber || typeof cell !== "number" || !(Math.abs(cell) <= Number.MAX_SAFE_INTEGER))
    return undefined;
  return { op: "literal", kind: "number", value: cell };
}
