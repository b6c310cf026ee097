/** @file Searching logged models. */
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
  parsePageToken,
  refuseOrder,
  type Searchable,
  type SqlCondition,
  type SqlValue,
  sql,
  textOf,
  textOperators,
} from "../../store/index.ts";
import type { TrackingPlace } from "../tracking-store/place.ts";
import { withDetails } from "./read.ts";
import type { LoggedModel } from "./records.ts";

/** A data set on which metrics were measured. */
export interface MeasuredOn {
  readonly name: string;
  readonly digest?: string | undefined;
}

/** By what logged models are ordered: an attribute, or `metrics.<key>`, perhaps of one data set. */
export interface LoggedModelOrder {
  readonly field: string;
  readonly isAscending: boolean;
  readonly dataset?: MeasuredOn | undefined;
}

/** Which logged models are searched, and how they are ordered. */
export interface LoggedModelSearch {
  readonly experimentIds: readonly string[];
  /** `metrics.auc > 0.8 AND params.depth = '4'`. */
  readonly filter?: string | undefined;
  /** Metrics count only where they were measured on one of these. */
  readonly datasets?: readonly MeasuredOn[] | undefined;
  /** Without it the newest first. */
  readonly orderBy?: readonly LoggedModelOrder[] | undefined;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

const attributes: Readonly<Record<string, string>> = {
  ...{ name: "name", model_id: "id", model_type: "model_type", status: "status" },
  ...{ source_run_id: "source_run_id", experiment_id: "experiment_id" },
  ...{ creation_timestamp: "created_at_ms", creation_time: "created_at_ms" },
  ...{ creation_timestamp_ms: "created_at_ms", last_updated_timestamp: "updated_at_ms" },
  ...{ last_updated_timestamp_ms: "updated_at_ms" },
};

const searchable: Searchable<"attribute" | "metric" | "param" | "tag"> = {
  entities: ["attribute", "metric", "param", "tag"],
  plain: "attribute",
  aliases: {
    ...{ attribute: "attribute", attributes: "attribute", metric: "metric", metrics: "metric" },
    ...{ param: "param", params: "param", tag: "tag", tags: "tag" },
  },
  keys: { attribute: Object.keys(attributes) },
};

/** Searches logged models. Throws `store/corrupt-filter`, `store/corrupt-order`, `store/corrupt-page-token`. */
export async function searchLoggedModels(
  place: TrackingPlace,
  search: LoggedModelSearch,
): Promise<Page<LoggedModel>> {
  const { experimentIds, filter = "", datasets = [], orderBy = [], maxResults } = search;
  const offset = parsePageToken(search.pageToken);
  const comparisons = parseFilter(filter);
  const conditions = comparisons.map((one) => conditionOf(one, datasets));
  const hasMetric = comparisons.some(({ entity }) => entity === "metrics" || entity === "metric");
  const measured = datasets.length > 0 && !hasMetric ? [metricExists([], datasets)] : [];
  const rows = await place.records.db
    .selectFrom("logged_model")
    .selectAll()
    .where("experiment_id", "in", [...experimentIds, ""])
    .where("deleted_at_ms", "is", null)
    .where(allOf([...conditions, ...measured]))
    .orderBy(sql.join([...orderBy.flatMap(orderOf), sql`created_at_ms desc`, sql`id`], sql`, `))
    .limit(maxResults + 1)
    .offset(offset)
    .execute();
  return pageOf(rows, { offset, maxResults }, (found) => withDetails(place, found));
}

function conditionOf(comparison: Comparison, datasets: readonly MeasuredOn[]): SqlCondition {
  const { key, operator, value } = comparison;
  const entity = entityOf(comparison, searchable);
  if (entity === "metric") {
    checkOperator(operator, numberOperators);
    const holds = condition(sql`value`, operator, numberOf(comparison, "metric"));
    return metricExists([sql`key = ${key}`, sql`is_nan = 0`, holds], datasets);
  }
  if (entity === "attribute" && (attributes[key] ?? "").endsWith("_at_ms")) {
    checkOperator(operator, numberOperators);
    return condition(sql.ref(attributes[key] ?? ""), operator, numberOf(comparison, key));
  }
  checkOperator(operator, [...textOperators, "IN", "NOT IN"]);
  const wanted = value.kind === "list" ? value.texts : textOf(comparison, entity);
  if (entity === "attribute") return condition(attributeOf(key), operator, wanted);
  const table = sql.table(entity === "param" ? "logged_model_param" : "logged_model_tag");
  return sql`exists (select 1 from ${table} where model_id = logged_model.id and key = ${key} and ${condition(sql`value`, operator, wanted)})`;
}

/** An attribute in SQL; the status by the name that clients know. */
const attributeOf = (key: string): SqlValue =>
  key === "status"
    ? sql`case status when 'pending' then 'PENDING' when 'ready' then 'READY' else 'FAILED' end`
    : sql.ref(attributes[key] ?? "");

const metricExists = (
  conditions: readonly SqlCondition[],
  datasets: readonly MeasuredOn[],
): SqlCondition => {
  const all = [sql`model_id = logged_model.id`, ...conditions, ...onAny(datasets)];
  return sql`exists (select 1 from logged_model_metric where ${sql.join(all, sql` and `)})`;
};

function onAny(datasets: readonly MeasuredOn[]): readonly SqlCondition[] {
  if (datasets.length === 0) return [];
  const each = datasets.map(({ name, digest }) =>
    digest === undefined || digest === ""
      ? sql`dataset_name = ${name}`
      : sql`(dataset_name = ${name} and dataset_digest = ${digest})`,
  );
  return [sql`(${sql.join(each, sql` or `)})`];
}

function orderOf({ field, isAscending, dataset }: LoggedModelOrder): readonly SqlValue[] {
  const direction = isAscending ? sql`asc` : sql`desc`;
  const [, entity, key = ""] = /^([^.]+)\.(.+)$/s.exec(field) ?? [];
  if (entity === undefined) {
    const column = attributes[field];
    if (column === undefined) return refuseOrder(field, `Invalid order by field name: ${field}`);
    return [sql`${sql.ref(column)} ${direction}`];
  }
  if (entity !== "metrics")
    return refuseOrder(field, `Invalid order by field name: ${field}. Only metrics are supported.`);
  const on = onAny(dataset === undefined ? [] : [dataset]);
  const all = [sql`model_id = logged_model.id`, sql`key = ${key}`, sql`is_nan = 0`, ...on];
  const last = sql`(select value from logged_model_metric where ${sql.join(all, sql` and `)} order by at_ms desc, step desc limit 1)`;
  return [sql`case when ${last} is null then 1 else 0 end`, sql`${last} ${direction}`];
}
