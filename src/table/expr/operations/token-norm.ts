/** @file The length of a bag of words as a vector, each word weighted by a table. */
import { quoteText } from "../../sql-text.ts";
import { isLookup, type Lookup, numbersOf } from "./lookup.ts";
import { type OperationFamily, one } from "./operation.ts";

/** Stands between the tokens that the engine hands over as one text. */
const between = "\u001f";

/**
 * `tokenNorm`: √Σ(count(w) · weight(w))² over the words of a table (`l2`), or Σ|count(w) · weight(w)|
 * (`l1`); 0 when no token is a word of it.
 */
export const tokenNorm: OperationFamily = {
  of: (params) => {
    if (!isNorm(params)) return null;
    const norm = normBy(params);
    return {
      kind: (args) => (one(args, "tokens") ? "number" : null),
      sql: (a = "") =>
        `millrace_token_norm(array_to_string(${a}, ${quoteText(between)}), ${quoteText(JSON.stringify(params))})`,
      row: (a = null) => (Array.isArray(a) ? norm(a.join(between)) : null),
    };
  },
};

/** The weights, and which norm. */
export interface TokenNorm extends Lookup {
  readonly norm: "l1" | "l2";
}

/** Whether these are the parameters of `tokenNorm`. */
export function isNorm(params: unknown): params is TokenNorm {
  return isLookup(params) && "norm" in params && (params.norm === "l1" || params.norm === "l2");
}

/** The norm of tokens that are joined to one text. */
export function normBy(params: TokenNorm): (joined: string) => number {
  const weights = numbersOf(params);
  return (joined) => {
    const counts = new Map<string, number>();
    for (const token of joined.split(between))
      if (weights.has(token)) counts.set(token, (counts.get(token) ?? 0) + 1);
    let sum = 0;
    for (const [token, n] of counts) {
      const weighted = n * (weights.get(token) ?? 0);
      sum += params.norm === "l2" ? weighted * weighted : Math.abs(weighted);
    }
    return params.norm === "l2" ? Math.sqrt(sum) : sum;
  };
}
