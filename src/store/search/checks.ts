/** @file What a search may compare: its entities and keys, and which values fit them; with MLflow's sentences. */
import { fail } from "../errors.ts";
import type { Comparison, Operator } from "./parse-filter.ts";

/** The entities of a search by the names that a filter may give them. */
export type EntityNames<Entity extends string> = Readonly<Record<string, Entity>>;

/** What a search knows: its entities and their keys. */
export interface Searchable<Entity extends string> {
  /** For the messages: the names without their aliases. */
  readonly entities: readonly Entity[];
  readonly aliases: EntityNames<Entity>;
  /** What a name without an entity is. */
  readonly plain: Entity;
  /** The keys of entities that have a fixed set of them. */
  readonly keys: Partial<Readonly<Record<Entity, readonly string[]>>>;
}

/** The entity of a name. Throws `store/corrupt-filter`. */
export function entityOf<Entity extends string>(
  { entity, key }: Pick<Comparison, "entity" | "key">,
  { entities, aliases, plain, keys }: Searchable<Entity>,
): Entity {
  const found = entity === undefined ? plain : aliases[entity];
  if (found === undefined)
    return refuse(`Invalid entity type '${entity}'. Valid values are ${pythonList(entities)}`);
  const known = keys[found];
  if (known !== undefined && !known.includes(key))
    refuse(`Invalid ${found} key '${key}' specified. Valid keys are '${pythonList(known)}'`);
  return found;
}

/** Checks the operator of a comparison. Throws `store/corrupt-filter`. */
export function checkOperator(operator: Operator, allowed: readonly Operator[]): void {
  if (!allowed.includes(operator))
    refuse(`Invalid comparator '${operator}' not one of '${pythonList(allowed)}'`);
}

/** The number that a comparison names. Throws `store/corrupt-filter` for what is none. */
export function numberOf({ value }: Comparison, what: string): number {
  if (value.kind === "number") return Number(value.source);
  return refuse(`Expected numeric value type for ${what}. Found ${value.source}`);
}

/** The text that a comparison names. Throws `store/corrupt-filter` for what is none. */
export function textOf({ value }: Comparison, what: string): string {
  if (value.kind === "text") return value.text;
  return refuse(
    `Expected a quoted string value for ${what} (e.g. 'my-value'). Got value ${value.source}`,
  );
}

/** Refuses a filter with a sentence. */
export const refuse = (reason: string): never =>
  fail("store/corrupt-filter", { filter: "", reason });

/** Refuses an order with a sentence. */
export const refuseOrder = (order: string, reason: string): never =>
  fail("store/corrupt-order", { order, reason });

/** Refuses an order that names a field twice. */
export function checkDistinctOrders(fields: readonly string[], orderBy: readonly string[]): void {
  if (new Set(fields).size < fields.length)
    refuseOrder(
      orderBy.join(", "),
      `\`order_by\` contains duplicate fields: ${pythonList(orderBy)}`,
    );
}

/** The operators of numbers and of texts. */
export const numberOperators: readonly Operator[] = [">", ">=", "!=", "=", "<", "<="];
export const textOperators: readonly Operator[] = ["!=", "=", "LIKE", "ILIKE"];

/** A list as MLflow's messages write it. */
export const pythonList = (items: readonly string[]): string =>
  `[${items.map((item) => `'${item}'`).join(", ")}]`;
