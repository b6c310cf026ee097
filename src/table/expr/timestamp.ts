/** @file Expressions that are a moment or missing. */
import { type BoolExpr, boolExpr } from "./bool.ts";
import { call, callWith, type Expr, numberLiteral, timestampLiteral, union } from "./build.ts";
import type { ExprNode } from "./node.ts";
import { type NumberExpr, numberExpr } from "./number.ts";
import { type DatePart, dateParts } from "./operations/date-part.ts";
import { zoneOffsets } from "./zone-offsets.ts";

/** A moment: a literal or an expression. */
export type TimestampOperand<R extends string = string> = Date | Expr<"timestamp", R>;

/** An expression that is a moment in UTC, to the millisecond, or missing. */
export interface TimestampExpr<R extends string = string> extends Expr<"timestamp", R> {
  isBefore<S extends string = never>(moment: Date | Expr<"timestamp", S>): BoolExpr<R | NoInfer<S>>;
  isAfter<S extends string = never>(moment: Date | Expr<"timestamp", S>): BoolExpr<R | NoInfer<S>>;
  /** How many days of 24 hours it lies after the moment; negative when before. */
  daysSince<S extends string = never>(
    moment: Date | Expr<"timestamp", S>,
  ): NumberExpr<R | NoInfer<S>>;
  /**
   * A part of the date or the time: `month` 1 to 12, `weekday` 0 (Monday) to 6, `week` by ISO 8601.
   *
   * @param options - `zone`: an IANA time zone such as "Europe/Berlin"; default UTC.
   * @throws `table/unsupported-literal` for an unknown part or zone
   */
  part(part: DatePart, options?: ZoneOptions): NumberExpr<R>;
  /** Whether it is missing; never missing itself. */
  isMissing(): BoolExpr<R>;
  /** The moment given, where it is missing. */
  orElse<S extends string = never>(
    moment: Date | Expr<"timestamp", S>,
  ): TimestampExpr<R | NoInfer<S>>;
}

/** Where the clock hangs. */
export interface ZoneOptions {
  /** An IANA time zone. Its changes of the clock are written into the expression. Default UTC. */
  readonly zone?: string;
}

const dayMs = 86_400_000;

/** Makes a timestamp expression of a node and the columns it reads. */
export function timestampExpr<R extends string>(
  node: ExprNode,
  reads: readonly R[],
): TimestampExpr<R> {
  return {
    kind: "timestamp",
    node,
    reads,
    isBefore: (moment) =>
      boolExpr(call("below", node, momentNode("isBefore", moment)), both(reads, moment)),
    isAfter: (moment) =>
      boolExpr(call("below", momentNode("isAfter", moment), node), both(reads, moment)),
    daysSince: (moment) => {
      const elapsed = call("minus", node, momentNode("daysSince", moment)); // milliseconds
      const days = call("over", elapsed, numberLiteral("daysSince", dayMs));
      return numberExpr(days, both(reads, moment));
    },
    part: (part, options = {}) => {
      const { zone = "UTC" } = options;
      const local = zone === "UTC" ? node : inZone(node, zone);
      return numberExpr(callWith(partParams, { part }, local), reads);
    },
    isMissing: () => boolExpr(call("missing", node), reads),
    orElse: (moment) =>
      timestampExpr(call("orElse", node, momentNode("orElse", moment)), both(reads, moment)),
  };
}

const partParams = { name: "datePart", expected: `one of ${dateParts.join(", ")}` };

/** The moment at which a clock in UTC shows what the clock of the zone shows now. */
function inZone(node: ExprNode, zone: string): ExprNode {
  const { edges, values } = zoneOffsets(zone);
  const [only = 0] = values;
  if (edges.length === 0) return call("later", node, numberLiteral("part", only));
  const params = { name: "step", expected: "the offsets of a time zone" };
  return call("later", node, callWith(params, { edges: [...edges], values: [...values] }, node));
}

function momentNode(at: string, operand: TimestampOperand): ExprNode {
  return operand instanceof Date ? timestampLiteral(at, operand) : operand.node;
}

function both<R extends string, S extends string>(
  reads: readonly R[],
  operand: TimestampOperand<S>,
): readonly (R | S)[] {
  return operand instanceof Date ? reads : union(reads, operand.reads);
}
