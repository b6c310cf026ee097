/** @file Searching experiments. */
import {
  allOf,
  type Comparison,
  checkOperator,
  condition,
  entityOf,
  numberOf,
  numberOperators,
  type Page,
  pageOf,
  parseFilter,
  parseOrder,
  parsePageToken,
  refuseOrder,
  type Searchable,
  type SqlCondition,
  type SqlValue,
  sql,
  textOf,
  textOperators,
} from "../../store/index.ts";
import { withTags } from "./experiments.ts";
import type { TrackingPlace } from "./place.ts";
import type { StoredExperiment, ViewType } from "./records.ts";

/** Which experiments are searched, and how they are ordered. */
export interface ExperimentSearch {
  /** `name LIKE 'churn%' AND tags.team = 'blue'`. */
  readonly filter?: string | undefined;
  /** `name ASC`; without it the newest first. */
  readonly orderBy?: readonly string[] | undefined;
  /** Default "active". */
  readonly view?: ViewType | undefined;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

type Entity = "attribute" | "tag";

const attributes: Readonly<Record<string, string>> = {
  ...{ name: "name", experiment_id: "id" },
  ...{ creation_time: "created_at_ms", last_update_time: "updated_at_ms" },
};

const searchable: Searchable<Entity> = {
  entities: ["attribute", "tag"],
  plain: "attribute",
  aliases: {
    ...{ attribute: "attribute", attributes: "attribute", attr: "attribute" },
    ...{ tag: "tag", tags: "tag" },
  },
  keys: { attribute: Object.keys(attributes) },
};

/**
 * Searches experiments.
 *
 * @throws `store/corrupt-filter`, `store/corrupt-order`, `store/corrupt-page-token`
 */
export async function searchExperiments(
  place: TrackingPlace,
  search: ExperimentSearch,
): Promise<Page<StoredExperiment>> {
  const { filter = "", orderBy = [], view = "active", maxResults } = search;
  const offset = parsePageToken(search.pageToken);
  const conditions = parseFilter(filter).map(conditionOf);
  const all = place.records.db.selectFrom("experiment").selectAll();
  const chosen =
    view === "all" ? all : all.where("deleted_at_ms", view === "active" ? "is" : "is not", null);
  const rows = await chosen
    .where(allOf(conditions))
    .orderBy(sql.join(ordersOf(orderBy), sql`, `))
    .limit(maxResults + 1)
    .offset(offset)
    .execute();
  return pageOf(rows, { offset, maxResults }, (found) => withTags(place, found));
}

function conditionOf(comparison: Comparison): SqlCondition {
  const { key, operator } = comparison;
  const entity = entityOf(comparison, searchable);
  if (entity === "tag") {
    const has = sql`select 1 from experiment_tag where experiment_id = experiment.id and key = ${key}`;
    if (operator === "IS NULL") return sql`not exists (${has})`;
    if (operator === "IS NOT NULL") return sql`exists (${has})`;
    const value = textOf(comparison, "tag");
    checkOperator(operator, textOperators);
    return sql`exists (${has} and ${condition(sql`value`, operator, value)})`;
  }
  const column = attributes[key] ?? "";
  if (column.endsWith("_at_ms")) {
    const value = numberOf(comparison, `numeric attribute: ${key}`);
    checkOperator(operator, numberOperators);
    return condition(sql.ref(column), operator, value);
  }
  checkOperator(operator, [...textOperators, "IN", "NOT IN"]);
  const { value } = comparison;
  const wanted = value.kind === "list" ? value.texts : textOf(comparison, "attributes");
  return condition(sql.ref(column), operator, wanted);
}

function ordersOf(orderBy: readonly string[]): readonly SqlValue[] {
  const orders = (orderBy.length === 0 ? ["creation_time DESC", "experiment_id ASC"] : orderBy).map(
    parseOrder,
  );
  const written = orders.map(({ entity, key, isAscending }) => {
    const found = entityOf({ entity, key }, searchable);
    if (found === "tag") refuseOrder(key, `Invalid order_by entity: ${found}`);
    const column = attributes[key] ?? "";
    const value = column === "id" ? sql`cast(id as integer)` : sql.ref(column);
    return sql`${value} ${isAscending ? sql`asc` : sql`desc`}`;
  });
  const isById = orders.some(({ key }) => key === "experiment_id");
  return isById ? written : [...written, sql`cast(id as integer) desc`];
}
