/** @file Reading an expression that was stored as JSON, and refusing what is none. */
import { isRecord } from "../../core/index.ts";
import type { ColumnKind } from "../../flow.ts";
import { fail } from "./errors.ts";
import {
  type CallNode,
  type ExprNode,
  type LiteralNode,
  type NodeKind,
  nodeKindOf,
} from "./node.ts";
import { findOperation, operationNames } from "./operations/index.ts";

/**
 * Checks that a value read from JSON is an expression whose operations are known and whose
 * arguments fit, and returns it.
 *
 * @throws `table/corrupt-expression`, `table/unknown-operation`
 * @example
 * ```ts
 * const node = { op: "column", name: "age", kind: "int" };
 * parseNode(node, "state") // => { op: "column", name: "age", kind: "int" }
 * ```
 */
export function parseNode(value: unknown, at: string): ExprNode {
  return parse(value, at).node;
}

type Params = NonNullable<CallNode["params"]>;

interface Parsed {
  readonly node: ExprNode;
  readonly kind: NodeKind;
}

function parse(value: unknown, at: string): Parsed {
  const corrupt = (expected: string): never =>
    fail("table/corrupt-expression", { at, expected, got: value });
  if (!isRecord(value)) return corrupt("a column, a literal or a call");
  const { op, name, kind, operation, args, params } = value;
  if (op === "column") {
    if (typeof name !== "string" || !isColumnKind(kind)) return corrupt("a column's name and kind");
    return { node: { op, name, kind }, kind: nodeKindOf(kind) };
  }
  if (op === "literal") {
    const node = literal(kind, value["value"]);
    return node === null ? corrupt("a literal's kind and value") : { node, kind: node.kind };
  }
  if (op !== "call" || typeof operation !== "string" || !Array.isArray(args))
    return corrupt("a column, a literal or a call");
  return parseCall(at, { operation, args, params });
}

interface Call {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly params: unknown;
}

function parseCall(at: string, { operation, args, params }: Call): Parsed {
  if (!operationNames.includes(operation))
    return fail("table/unknown-operation", { at, operation, known: operationNames });
  const found = findOperation(operation, params);
  if (found === null)
    return fail("table/corrupt-expression", {
      at,
      expected: `the parameters of ${operation}`,
      got: params ?? null,
    });
  const parsed = args.map((arg, i) => parse(arg, `${at}, argument ${i + 1} of ${operation}`));
  const kinds = parsed.map((arg) => arg.kind);
  const kind = found.kind(kinds);
  if (kind === null)
    return fail("table/corrupt-expression", {
      at,
      expected: `arguments that fit ${operation}`,
      got: kinds,
    });
  const call = { op: "call", operation, args: parsed.map((arg) => arg.node) } as const;
  return { node: isRecord(params) ? { ...call, params: params as Params } : call, kind };
}

function literal(kind: unknown, value: unknown): LiteralNode | null {
  if (kind === "text" && typeof value === "string") return { op: "literal", kind, value };
  if (kind === "bool" && typeof value === "boolean") return { op: "literal", kind, value };
  const number = kind === "number" || kind === "timestamp";
  return number && typeof value === "number" && Number.isFinite(value)
    ? { op: "literal", kind, value }
    : null;
}

const columnKinds: readonly ColumnKind[] = [
  "text",
  "int",
  "float",
  "bool",
  "category",
  "timestamp",
];

function isColumnKind(kind: unknown): kind is ColumnKind {
  return columnKinds.some((known) => known === kind);
}
