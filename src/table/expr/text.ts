/** @file Expressions that are a text, or one of the levels of a category, or missing. */
import { type BoolExpr, boolExpr } from "./bool.ts";
import { call, callWith, choices, type Expr, textLiteral, union } from "./build.ts";
import { fail } from "./errors.ts";
import type { LookupTable } from "./lookup-table.ts";
import type { ExprNode } from "./node.ts";
import { type NumberExpr, numberExpr } from "./number.ts";
import { type TokensExpr, type TokensOptions, tokensOf } from "./tokens.ts";

/** A text: a literal, or an expression that is a text or a level. */
export type TextOperand<R extends string = string> = string | Expr<"text" | "category", R>;

/** What texts and categories are made into. */
export interface TextMethods<R extends string> {
  /** In lower case, one character for one. */
  lower(): TextExpr<R>;
  /** Without white space (that of ASCII) at its ends. */
  trim(): TextExpr<R>;
  /** How many characters it has; an emoji is one. */
  length(): NumberExpr<R>;
  /** Followed by others, with the separator between them; missing when one is. */
  joined<S extends string = never>(
    others: readonly (string | Expr<"text" | "category", S>)[],
    separator?: string,
  ): TextExpr<R | NoInfer<S>>;
  /** The number of its key in a table; missing or `otherwise` for a text that is no key. */
  lookup(table: LookupTable): NumberExpr<R>;
  /**
   * A whole number from −2^31 to 2^31 − 1 that looks random: MurmurHash3 (x86, 32 bit) of its UTF-8.
   *
   * @param seed - 0 to 2^31 − 1. Default 0.
   */
  hash(seed?: number): NumberExpr<R>;
  /** Its tokens, by default runs of letters, digits, marks and underscores. */
  tokens(options?: TokensOptions): TokensExpr<R>;
}

/** An expression that is a text or missing. Texts are equal when their characters are. */
export interface TextExpr<R extends string = string> extends Expr<"text", R>, TextMethods<R> {
  /** Whether it is this text; missing when it is missing. */
  is(value: string): BoolExpr<R>;
  isIn(values: readonly string[]): BoolExpr<R>;
  /** Whether it is missing; never missing itself. */
  isMissing(): BoolExpr<R>;
  /** The value given, where it is missing. */
  orElse<S extends string = never>(
    value: string | Expr<"text" | "category", S>,
  ): TextExpr<R | NoInfer<S>>;
}

/** An expression that is one of the levels `L` of a category, or missing. */
export interface CategoryExpr<R extends string = string, L extends string = string>
  extends Expr<"category", R>,
    TextMethods<R> {
  /** The declared levels, in order. */
  readonly levels: readonly L[];
  /** Whether it is this level; missing when it is missing. */
  is(level: L): BoolExpr<R>;
  isIn(levels: readonly L[]): BoolExpr<R>;
  /** Whether it is missing; never missing itself. */
  isMissing(): BoolExpr<R>;
  /** The level given, where it is missing. */
  orElse(level: L): CategoryExpr<R, L>;
}

/** Makes a text expression of a node and the columns it reads. */
export function textExpr<R extends string>(node: ExprNode, reads: readonly R[]): TextExpr<R> {
  return {
    kind: "text",
    node,
    reads,
    ...methodsOf(node, reads),
    is: (value) => boolExpr(call("equal", node, textLiteral("is", value)), reads),
    isIn: (values) => boolExpr(call("oneOf", node, ...choices("isIn", values, textLiteral)), reads),
    isMissing: () => boolExpr(call("missing", node), reads),
    orElse: (value) =>
      textExpr(call("orElse", node, textNode("orElse", value)), union(reads, textReads(value))),
  };
}

const lookupParams = {
  name: "lookup",
  expected: "keys that are texts, each once, as many finite values, and a finite number or none",
};
const hashParams = { name: "hash", expected: "a whole seed from 0 to 2147483647" };

function methodsOf<R extends string>(node: ExprNode, reads: readonly R[]): TextMethods<R> {
  return {
    lower: () => textExpr(call("lowered", node), reads),
    trim: () => textExpr(call("trimmed", node), reads),
    length: () => numberExpr(call("characters", node), reads),
    joined: (others, separator = "") => {
      const between = separator === "" ? [] : [textLiteral("joined", separator)];
      const parts = others.flatMap((other) => [...between, textNode("joined", other)]);
      if (parts.length === 0) return textExpr(node, reads);
      return textExpr(call("joined", node, ...parts), [
        ...new Set([...reads, ...others.flatMap((other) => textReads(other))]),
      ]);
    },
    lookup: ({ keys, values, otherwise = null }) => {
      const table = { keys: [...keys], values: [...values], otherwise };
      return numberExpr(callWith(lookupParams, table, node), reads);
    },
    hash: (seed = 0) => numberExpr(callWith(hashParams, { seed }, node), reads),
    tokens: (options = {}) => tokensOf(node, reads, options),
  };
}

/** What a category expression is made of. */
export interface CategorySource<R extends string, L extends string> {
  readonly node: ExprNode;
  readonly reads: readonly R[];
  readonly levels: readonly L[];
}

/** Makes a category expression of a node, the columns it reads, and the levels. */
export function categoryExpr<R extends string, L extends string>(
  source: CategorySource<R, L>,
): CategoryExpr<R, L> {
  const { node, reads, levels } = source;
  const literal = (at: string, level: L) => {
    if (levels.includes(level)) return textLiteral(at, level);
    const expected = `one of the levels ${levels.map((l) => JSON.stringify(l)).join(", ")}`;
    return fail("table/unsupported-literal", { at, expected, got: JSON.stringify(level) });
  };
  return {
    kind: "category",
    node,
    reads,
    levels,
    ...methodsOf(node, reads),
    is: (level) => boolExpr(call("equal", node, literal("is", level)), reads),
    isIn: (some) => boolExpr(call("oneOf", node, ...choices("isIn", some, literal)), reads),
    isMissing: () => boolExpr(call("missing", node), reads),
    orElse: (level) =>
      categoryExpr({ ...source, node: call("orElse", node, literal("orElse", level)) }),
  };
}

/** The node of a text operand. */
export function textNode(at: string, operand: TextOperand): ExprNode {
  return typeof operand === "object" ? operand.node : textLiteral(at, operand);
}

/** The columns that a text operand reads. */
export function textReads<S extends string>(operand: TextOperand<S>): readonly S[] {
  return typeof operand === "object" ? operand.reads : [];
}
