/** @file How the results of a search are ordered: `metrics.auc DESC`. */
import { fail } from "../errors.ts";
import { identifierOf } from "./parse-filter.ts";
import { filterTokens } from "./tokens.ts";

/** By what results are ordered. */
export interface Order {
  /** The part before the first point; undefined where there is none. */
  readonly entity: string | undefined;
  readonly key: string;
  readonly isAscending: boolean;
}

/**
 * Parses an order: a name, and perhaps ASC or DESC.
 *
 * @throws `store/corrupt-order`
 */
export function parseOrder(order: string): Order {
  const corrupt = (): never =>
    fail("store/corrupt-order", {
      order,
      reason: `Invalid order_by clause '${order}'. Could not be parsed.`,
    });
  const [name, direction, ...others] = filterTokens(order);
  if (name?.kind !== "name" || others.length > 0) return corrupt();
  const word = (direction?.source ?? "ASC").toUpperCase();
  if (word !== "ASC" && word !== "DESC")
    return fail("store/corrupt-order", {
      order,
      reason: `Invalid ordering key in order_by clause '${order}'.`,
    });
  return { ...identifierOf(name.source), isAscending: word === "ASC" };
}
