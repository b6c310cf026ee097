/** @file Searching runs: MLflow's filters and orders as one statement. */
import {
  allOf,
  type Comparison,
  checkDistinctOrders,
  checkOperator,
  condition,
  entityOf,
  numberOf,
  numberOperators,
  type Order,
  type Page,
  pageOf,
  parseFilter,
  parseOrder,
  parsePageToken,
  type RecordDatabase,
  refuse,
  refuseOrder,
  type Searchable,
  type SqlCondition,
  type SqlValue,
  sql,
  textOf,
  textOperators,
} from "../../store/index.ts";
import { contextTag } from "./inputs.ts";
import type { TrackingPlace } from "./place.ts";
import { readDetails } from "./read-details.ts";
import type { StoredRun, ViewType } from "./records.ts";

/** Which runs are searched, and how they are ordered. */
export interface RunSearch {
  readonly experimentIds: readonly string[];
  /** `metrics.auc > 0.8 AND params.depth = '4'`. */
  readonly filter?: string | undefined;
  /** `metrics.auc DESC`; then the newest first. */
  readonly orderBy?: readonly string[] | undefined;
  /** Default "active". */
  readonly view?: ViewType | undefined;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

const entities = ["metric", "parameter", "tag", "attribute", "dataset"] as const;
type Entity = (typeof entities)[number];

const attributes: Readonly<Record<string, string>> = {
  ...{ artifact_uri: "", end_time: "ended_at_ms", experiment_id: "experiment_id" },
  ...{ run_id: "id", run_name: "name", start_time: "started_at_ms", status: "status" },
  ...{ user_id: "user_id", created: "started_at_ms", Created: "started_at_ms" },
  ...{ "run name": "name", "Run name": "name", "Run Name": "name" },
};

const searchable: Searchable<Entity> = {
  entities,
  plain: "attribute",
  aliases: {
    ...{ metric: "metric", metrics: "metric", tag: "tag", tags: "tag" },
    ...{ parameter: "parameter", parameters: "parameter", param: "parameter", params: "parameter" },
    ...{ attribute: "attribute", attributes: "attribute", attr: "attribute", run: "attribute" },
    ...{ dataset: "dataset", datasets: "dataset" },
  },
  keys: { attribute: Object.keys(attributes), dataset: ["name", "digest", "context"] },
};

/**
 * Searches runs.
 *
 * @throws `store/corrupt-filter`, `store/corrupt-order`, `store/corrupt-page-token`
 */
export async function searchRuns(
  place: TrackingPlace,
  search: RunSearch,
): Promise<Page<StoredRun>> {
  const { experimentIds, filter = "", orderBy = [], view = "active", maxResults } = search;
  const offset = parsePageToken(search.pageToken);
  const conditions = parseFilter(filter).map((comparison) => conditionOf(comparison, place));
  const orders = ordersOf(orderBy);
  const rows = await chosen(place.records.db, experimentIds, view)
    .where(allOf(conditions))
    .orderBy(sql.join(orders, sql`, `))
    .limit(maxResults + 1)
    .offset(offset)
    .execute();
  return pageOf(rows, { offset, maxResults }, (found) => readDetails(place, found));
}

function chosen(db: RecordDatabase, experimentIds: readonly string[], view: ViewType) {
  const all = db
    .selectFrom("run")
    .selectAll("run")
    .where("run.experiment_id", "in", [...experimentIds, ""]);
  if (view === "all") return all;
  return all.where("run.deleted_at_ms", view === "active" ? "is" : "is not", null);
}

function conditionOf(comparison: Comparison, place: TrackingPlace): SqlCondition {
  const entity = entityOf(comparison, searchable);
  if (entity === "metric") return metricCondition(comparison);
  if (entity === "attribute") return attributeCondition(comparison, place);
  if (entity === "dataset") return datasetCondition(comparison);
  return textCondition(comparison, entity);
}

function metricCondition(comparison: Comparison): SqlCondition {
  const { key, operator } = comparison;
  refuseNull(comparison, "metric");
  const value = numberOf(comparison, "metric");
  checkOperator(operator, numberOperators);
  return sql`exists (select 1 from latest_metric where run_id = run.id and key = ${key} and is_nan = 0 and ${condition(sql`value`, operator, value)})`;
}

function textCondition(comparison: Comparison, entity: "parameter" | "tag"): SqlCondition {
  const { key, operator } = comparison;
  const table = sql.table(entity === "tag" ? "run_tag" : "param");
  const has = sql`select 1 from ${table} where run_id = run.id and key = ${key}`;
  if (operator === "IS NULL") return sql`not exists (${has})`;
  if (operator === "IS NOT NULL") return sql`exists (${has})`;
  const value = textOf(comparison, entity);
  checkOperator(operator, textOperators);
  return sql`exists (${has} and ${condition(sql`value`, operator, value)})`;
}

function attributeCondition(comparison: Comparison, place: TrackingPlace): SqlCondition {
  const { key, operator } = comparison;
  refuseNull(comparison, "attribute");
  const column = attributes[key] ?? "";
  if (column.endsWith("_at_ms")) {
    const value = numberOf(comparison, `numeric attribute: ${key}`);
    checkOperator(operator, numberOperators);
    return condition(sql.ref(`run.${column}`), operator, value);
  }
  checkOperator(operator, [...textOperators, "IN", "NOT IN"]);
  const value = attributeValue(comparison);
  if (column === "status") return condition(sql`upper(run.status)`, operator, value);
  return condition(column === "" ? uriOf(place) : sql.ref(`run.${column}`), operator, value);
}

function attributeValue({ key, value }: Comparison): string | readonly string[] {
  if (value.kind === "text") return value.text;
  if (value.kind !== "list")
    return refuse(`Expected a quoted string value for attributes. Got value ${value.source}`);
  if (key !== "run_id")
    refuse("Only ['run_id'] attributes support comparison with a list of quoted string values.");
  return value.texts;
}

/** The address of a run's artifacts, in SQL. */
function uriOf({ artifactRoot, artifactPrefix }: TrackingPlace): SqlValue {
  const skipped = artifactPrefix === "" ? 1 : artifactPrefix.length + 2;
  const root = artifactRoot.endsWith("/") ? artifactRoot : `${artifactRoot}/`;
  return sql`case when run.artifact_location <> '' then run.artifact_location else ${root} || substr(run.artifact_root, ${skipped}) end`;
}

function datasetCondition(comparison: Comparison): SqlCondition {
  const { key, operator, value } = comparison;
  refuseNull(comparison, "dataset");
  checkOperator(operator, [...textOperators, "IN", "NOT IN"]);
  if (value.kind !== "text" && value.kind !== "list")
    return refuse(
      `Expected a quoted string value for dataset attributes. Got value ${value.source}`,
    );
  const wanted = value.kind === "text" ? value.text : value.texts;
  if (key === "context")
    return sql`exists (select 1 from run_dataset_tag as of_run where of_run.run_id = run.id and of_run.key = ${contextTag} and ${condition(sql`of_run.value`, operator, wanted)})`;
  return sql`exists (select 1 from run_dataset join dataset on dataset.id = run_dataset.dataset_id where run_dataset.run_id = run.id and ${condition(sql.ref(`dataset.${key}`), operator, wanted)})`;
}

function refuseNull({ operator, key }: Comparison, entity: Entity): void {
  if (operator === "IS NULL" || operator === "IS NOT NULL")
    refuse(
      `IS NULL / IS NOT NULL is only supported for tags and params, not for '${entity}' '${key}'`,
    );
}

/** What the rows are ordered by: what is asked for, then the newest first, then by id. */
function ordersOf(orderBy: readonly string[]): readonly SqlValue[] {
  const orders = orderBy.map((text) => parseOrder(text));
  const fields = orders.map(
    (order) => `${entityOf(order, searchable)}.${attributes[order.key] ?? order.key}`,
  );
  checkDistinctOrders(fields, orderBy);
  const byTime = fields.includes("attribute.started_at_ms") ? [] : [sql`run.started_at_ms desc`];
  return [...orders.flatMap(orderOf), ...byTime, sql`run.id`];
}

function orderOf(order: Order): readonly SqlValue[] {
  const entity = entityOf(order, searchable);
  const direction = order.isAscending ? sql`asc` : sql`desc`;
  if (entity === "dataset") return refuseOrder(order.key, "Invalid identifier type 'dataset'");
  if (entity === "attribute") {
    const column = attributes[order.key] ?? "";
    const value = column === "" ? sql.ref("run.artifact_root") : sql.ref(`run.${column}`);
    return [sql`case when ${value} is null then 1 else 0 end`, sql`${value} ${direction}`];
  }
  const table = sql.table(
    entity === "metric" ? "latest_metric" : entity === "tag" ? "run_tag" : "param",
  );
  const of = (column: SqlValue): SqlValue =>
    sql`(select ${column} from ${table} where run_id = run.id and key = ${order.key})`;
  const rank = entity === "metric" ? sql`case is_nan when 1 then 1 else 0 end` : sql`0`;
  return [sql`coalesce(${of(rank)}, 2)`, sql`${of(sql`value`)} ${direction}`];
}
