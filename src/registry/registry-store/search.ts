/** @file Searching models and versions. */
import {
  allOf,
  type Comparison,
  checkDistinctOrders,
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
  pythonList,
  refuse,
  refuseOrder,
  type Searchable,
  type SqlCondition,
  type SqlValue,
  sql,
  textOf,
  textOperators,
} from "../../store/index.ts";
import type { RegistryPlace } from "./place.ts";
import { withModelDetails, withVersionDetails } from "./read.ts";
import type { StoredModel, StoredModelVersion } from "./records.ts";

/** What is searched for, and how it is ordered. */
export interface ModelSearch {
  /** `name LIKE 'churn%' AND tags.team = 'blue'`. */
  readonly filter?: string | undefined;
  readonly orderBy?: readonly string[] | undefined;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

type Entity = "attribute" | "tag";

const aliases: Searchable<Entity>["aliases"] = {
  ...{ attribute: "attribute", attributes: "attribute", attr: "attribute" },
  ...{ tag: "tag", tags: "tag" },
};

/** A kind of thing that is searched: its table, its columns by key, and the table of its tags. */
interface Kind {
  readonly searchable: Searchable<Entity>;
  readonly columns: Readonly<Record<string, string>>;
  /** Keys by which results may be ordered, with their columns. */
  readonly orders: Readonly<Record<string, string>>;
  readonly naturally: readonly string[];
  /** The tags of a row. */
  readonly tags: SqlValue;
  /** Keys that may be compared with a list. */
  readonly lists: readonly string[];
}

const models: Kind = {
  searchable: {
    entities: ["attribute", "tag"],
    plain: "attribute",
    aliases,
    keys: { attribute: ["name"] },
  },
  columns: { name: "name" },
  orders: {
    name: "name",
    timestamp: "updated_at_ms",
    last_updated_timestamp: "updated_at_ms",
    creation_timestamp: "created_at_ms",
  },
  naturally: ["name ASC"],
  tags: sql`registered_model_tag where name = registered_model.name`,
  lists: ["name"],
};

const versionColumns = {
  ...{ name: "name", version_number: "number", run_id: "run_id", source_path: "source_uri" },
};

const versions: Kind = {
  searchable: {
    entities: ["attribute", "tag"],
    plain: "attribute",
    aliases,
    keys: { attribute: Object.keys(versionColumns) },
  },
  columns: versionColumns,
  orders: {
    ...{ name: "name", version_number: "number" },
    ...{ creation_timestamp: "created_at_ms", last_updated_timestamp: "updated_at_ms" },
  },
  naturally: ["last_updated_timestamp DESC", "name ASC", "version_number DESC"],
  tags: sql`model_version_tag where name = model_version.name and number = model_version.number`,
  lists: ["run_id", "name"],
};

/** The tag that makes a prompt of a model. */
const promptTag = "mlflow.prompt.is_prompt";

/** Searches models; prompts are left out unless the filter asks for them. Throws `store/corrupt-filter`, `store/corrupt-order`. */
export async function searchModels(
  place: RegistryPlace,
  search: ModelSearch,
): Promise<Page<StoredModel>> {
  const { conditions, orders, offset } = partsOf(
    search,
    models,
    sql`registered_model_tag where name = registered_model.name`,
  );
  const rows = await place.records.db
    .selectFrom("registered_model")
    .selectAll()
    .where("deleted_at_ms", "is", null)
    .where(allOf(conditions))
    .orderBy(sql.join(orders, sql`, `))
    .limit(search.maxResults + 1)
    .offset(offset)
    .execute();
  return pageOf(rows, { offset, maxResults: search.maxResults }, (found) =>
    withModelDetails(place, found),
  );
}

/** Searches versions; those of prompts are left out unless the filter asks for them. */
export async function searchVersions(
  place: RegistryPlace,
  search: ModelSearch,
): Promise<Page<StoredModelVersion>> {
  const { conditions, orders, offset } = partsOf(
    search,
    versions,
    sql`registered_model_tag where name = model_version.name`,
  );
  const rows = await place.records.db
    .selectFrom("model_version")
    .selectAll()
    .where("deleted_at_ms", "is", null)
    .where(allOf(conditions))
    .orderBy(sql.join(orders, sql`, `))
    .limit(search.maxResults + 1)
    .offset(offset)
    .execute();
  return pageOf(rows, { offset, maxResults: search.maxResults }, (found) =>
    withVersionDetails(place, found),
  );
}

function partsOf(
  { filter = "", orderBy = [], pageToken: token }: ModelSearch,
  kind: Kind,
  modelTags: SqlValue,
) {
  const comparisons = parseFilter(filter);
  const isPrompt = comparisons.some(asksForPrompts);
  const others = comparisons.filter((comparison) => !isPromptTag(comparison));
  const has: SqlCondition = sql`exists (select 1 from ${modelTags} and key = ${promptTag} and value = 'true')`;
  const conditions: readonly SqlCondition[] = [
    isPrompt ? has : sql`not ${has}`,
    ...others.map((one) => conditionOf(one, kind)),
  ];
  return {
    conditions,
    orders: ordersOf(orderBy, kind),
    offset: parsePageToken(token),
  };
}

const isPromptTag = ({ entity, key }: Comparison): boolean =>
  (entity === "tag" || entity === "tags") && key === promptTag;

function asksForPrompts(comparison: Comparison): boolean {
  if (!isPromptTag(comparison) || comparison.value.kind !== "text") return false;
  const wanted = comparison.value.text.toLowerCase();
  return comparison.operator === "="
    ? wanted === "true"
    : comparison.operator === "!=" && wanted === "false";
}

function conditionOf(
  comparison: Comparison,
  { searchable, columns, tags, lists }: Kind,
): SqlCondition {
  const { key, operator, value } = comparison;
  if (entityOf(comparison, searchable) === "tag") {
    const text = textOf(comparison, "tag");
    checkOperator(operator, textOperators);
    return sql`exists (select 1 from ${tags} and key = ${key} and ${condition(sql`value`, operator, text)})`;
  }
  const column = columns[key] ?? "";
  if (column === "number") {
    checkOperator(operator, numberOperators);
    return condition(sql.ref(column), operator, numberOf(comparison, `numeric attribute: ${key}`));
  }
  if (value.kind === "list") {
    if (!lists.includes(key))
      refuse(
        `Only ${pythonList(lists)} attributes support comparison with a list of quoted string values.`,
      );
    checkOperator(operator, ["IN", "NOT IN"]);
    return condition(sql.ref(column), operator, value.texts);
  }
  checkOperator(operator, textOperators);
  return condition(sql.ref(column), operator, textOf(comparison, "attributes"));
}

function ordersOf(orderBy: readonly string[], { orders, naturally }: Kind): readonly SqlValue[] {
  const asked = (orderBy.length === 0 ? naturally : orderBy).map((text) => parseOrder(text));
  const columns = asked.map(
    ({ key }) =>
      orders[key] ??
      refuseOrder(
        key,
        `Invalid order by key '${key}' specified. Valid keys are '${pythonList(Object.keys(orders))}'`,
      ),
  );
  checkDistinctOrders(columns, orderBy);
  const written = columns.map(
    (column, i) => sql`${sql.ref(column)} ${asked[i]?.isAscending === true ? sql`asc` : sql`desc`}`,
  );
  const last = orders["version_number"] === undefined ? [] : [sql`number desc`];
  return [
    ...written,
    ...(columns.includes("name") ? [] : [sql`name asc`]),
    ...(columns.includes("number") ? [] : last),
  ];
}
