/** @file What `millrace features` says: plans, tables, statistics and reports as lines for people. */
import { count, shown } from "../core/index.ts";
import {
  changeText,
  type FeatureStatistics,
  type FreshnessReport,
  type Materialized,
  type ParityReport,
  type PlannedChange,
  type StoredFeatures,
} from "../feature/index.ts";
import { columns, moment, number } from "./text.ts";

/** What one of the actions found. */
export type Found =
  | { readonly action: "plan" | "apply"; readonly plan: readonly PlannedChange[] }
  | { readonly action: "list" | "describe"; readonly tables: readonly StoredFeatures[] }
  | { readonly action: "materialize"; readonly done: readonly Materialized[] }
  | { readonly action: "parity"; readonly reports: readonly ParityReport[] }
  | { readonly action: "show"; readonly statistics: readonly FeatureStatistics[] }
  | { readonly action: "freshness"; readonly reports: readonly FreshnessReport[] };

/** What was found, as lines for people. */
export function linesOf(found: Found, width: number): readonly string[] {
  if ("plan" in found) return found.plan.flatMap((entry) => planLines(entry, found.action));
  if ("done" in found) return found.done.map(doneLine);
  if ("statistics" in found) return found.statistics.flatMap((one) => statisticLines(one, width));
  if (found.action === "list") return listLines(found.tables, width);
  if ("tables" in found) return found.tables.flatMap(describeLines);
  if (found.action === "parity") return found.reports.flatMap(parityLines);
  return freshnessLines(found.reports);
}

const doneLine = ({ table, kind, tableVersion, upserts, deletes }: Materialized): string =>
  `${table}: ${kind}, at version ${tableVersion}; ${count(upserts, "key")} set, ${count(deletes, "key")} deleted`;

/** What becomes of rows that cannot stay. */
const emptied = {
  plan: "its rows cannot stay; apply --replace empties the table",
  apply: "its rows could not stay, and the table is empty now",
};

function planLines(
  { name, action, from, to, changes, reason }: PlannedChange,
  did: "plan" | "apply",
): readonly string[] {
  const versions = from === null || from === to ? `version ${to}` : `version ${from} → ${to}`;
  const why = reason ?? (action === "replace" ? emptied[did] : null);
  return [
    `${action} ${name}, ${versions}${why === null ? "" : `: ${why}`}`,
    ...changes.map((change) => `  ${shown(changeText(change))}`),
  ];
}

function listLines(tables: readonly StoredFeatures[], width: number): readonly string[] {
  if (tables.length === 0) return ["no feature tables yet; features apply FILE makes them"];
  const rows = tables.map(({ table, rows: n }) => [
    ...[table.name, String(table.version), n === null ? "–" : number(n), table.key.join(", ")],
    ...[table.timestamp ?? "–", shown(table.owners.join(", ")), shown(table.description)],
  ]);
  const heading = ["table", "version", "rows", "key", "time", "owners", "description"];
  return columns([heading, ...rows], { right: [1, 2], width });
}

function describeLines({
  table,
  tableVersion,
  rows,
  modifiedAtMs,
}: StoredFeatures): readonly string[] {
  const { name, version, key, timestamp, label, owners, tags, description, schema } = table;
  return [
    `${name}, version ${version} (table version ${tableVersion}, ${rows === null ? "–" : number(rows)} rows, ${moment(modifiedAtMs)})`,
    ...(description === "" ? [] : [`  ${shown(description)}`]),
    `  key ${key.join(", ")}${timestamp === null ? "" : `; time ${timestamp}`}${label === null ? "" : `; label ${label}`}`,
    ...(owners.length === 0 ? [] : [`  owners ${shown(owners.join(", "))}`]),
    ...Object.entries(tags).map(([tag, value]) => `  tag ${shown(tag)} = ${shown(value)}`),
    ...Object.entries(schema.columns).map(
      ([column, { kind, nullable }]) => `  ${column}: ${kind}${nullable ? " or null" : ""}`,
    ),
  ];
}

function parityLines(report: ParityReport): readonly string[] {
  const { table, tableVersion, behind, keys, values, differing, differences } = report;
  const late = behind === 0 ? "" : `, ${count(behind, "version")} behind`;
  return [
    `${table}: ${differing === 0 ? "equal" : `${count(differing, "value")} of ${number(values)} differ`} (${count(keys, "key")} at version ${tableVersion}${late})`,
    ...differences.map(
      ({ key, column, offline, online }) =>
        `  ${shown(key.map(String).join(", "))}${column === null ? "" : `, ${column}`}: offline ${shown(String(offline))}, online ${shown(String(online))}`,
    ),
  ];
}

const judged = { fresh: "fresh", stale: "stale", undeclared: "not declared" } as const;

const declareLine =
  "declare how old is too old in featureTable({ …, freshness: { hours: 24 } }), and apply it";

function freshnessLines(reports: readonly FreshnessReport[]): readonly string[] {
  const open = reports.some(({ state }) => state === "undeclared");
  return [...reports.map(freshnessLine), ...(open ? [declareLine] : [])];
}

function freshnessLine(report: FreshnessReport): string {
  const { table, newestMs, ageMs, freshnessMs, state, ttlMs, keys, expired } = report;
  const hours = (ms: number): string => `${(ms / 3_600_000).toFixed(1)} h`;
  const age = ageMs === null ? "no rows" : `newest ${moment(newestMs)}, ${hours(ageMs)} old`;
  const most = freshnessMs === null ? "" : `, at most ${hours(freshnessMs)}`;
  const gone =
    ttlMs === null || expired === null
      ? ""
      : `; ${number(expired)} of ${count(keys, "key")} past the ttl of ${hours(ttlMs)}`;
  return `${table}: ${judged[state]}; ${age}${most}${gone}`;
}

function statisticLines(of: FeatureStatistics, width: number): readonly string[] {
  const { table, version, tableVersion, rows, features } = of;
  const told = (kind: string, value: number | null): string => {
    if (value === null) return "–";
    return kind === "timestamp" ? moment(value) : String(Number(value.toPrecision(6)));
  };
  const heading = ["feature", "kind", "count", "nulls", "distinct", "min", "mean", "max", "levels"];
  const lines = features.map(({ name, kind, count: values, nulls, levels, ...one }) => [
    ...[name, kind, number(values), number(nulls)],
    `${one.distinctExact ? "" : "~"}${number(one.distinct)}`,
    ...[told(kind, one.min), told(kind, one.mean), told(kind, one.max)],
    kind === "float" || kind === "int" || kind === "timestamp"
      ? ""
      : levels
          .slice(0, 3)
          .map(({ value, count: times }) => `${shown(value)} ${number(times)}`)
          .join(", "),
  ]);
  return [
    `${table}, version ${version}: ${count(rows, "row")} at table version ${tableVersion}`,
    ...columns([heading, ...lines], { right: [2, 3, 4, 5, 6, 7], width }),
  ];
}
