/** @file `millrace features`: feature tables planned, applied, looked at, and copied to the online store. */
import { count, shown } from "../core/index.ts";
import {
  applyFeatures,
  changeText,
  checkFreshness,
  checkParity,
  describeFeatures,
  type FreshnessReport,
  listFeatures,
  type Materialized,
  materialize,
  type ParityReport,
  type PlannedChange,
  planFeatures,
  type StoredFeatures,
} from "../feature/index.ts";
import type { Lake } from "../table/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { readDefinitions } from "./features-file.ts";
import { withLake } from "./named-thing.ts";
import { namedStore, openStore, store } from "./online-store.ts";
import { columns, moment, number } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const actions = [
  "plan",
  "apply",
  "list",
  "describe",
  "materialize",
  "parity",
  "freshness",
] as const;

/** What one of the actions found. */
type Found =
  | { readonly action: "plan" | "apply"; readonly plan: readonly PlannedChange[] }
  | { readonly action: "list" | "describe"; readonly tables: readonly StoredFeatures[] }
  | { readonly action: "materialize"; readonly done: readonly Materialized[] }
  | { readonly action: "parity"; readonly reports: readonly ParityReport[] }
  | { readonly action: "freshness"; readonly reports: readonly FreshnessReport[] };

export const featureTables = command({
  name: "features",
  summary: "Plan, apply and look at feature tables, and keep the online store equal to them.",
  about: [
    "plan FILE says what the feature tables that a module exports would change, apply FILE changes it.",
    "list and describe TABLE show what is there. materialize brings an online store (the workspace's own,",
    "or Redis or PostgreSQL with --store) to the newest version of a table or of all, parity compares",
    "both value by value, freshness judges how old the newest rows are, and counts the keys whose row is past",
    "its ttl. Exit code 1 when something is refused, differs or is stale.",
  ],
  arguments: {
    action: { type: "string", choices: actions, help: "what to do" },
    subject: {
      ...{ type: "string", optional: true, value: "FILE|TABLE" },
      help: "for plan and apply the module, for the others the table; all tables if not given",
    },
  },
  options: {
    replace: { type: "boolean", default: false, help: "with apply: empty tables whose rows cannot stay" }, // biome-ignore format: one line
    full: { type: "boolean", default: false, help: "with materialize: read all rows, not the changes" }, // biome-ignore format: one line
    store,
    dir,
  },
  examples: [
    "features plan features.ts",
    "features apply features.ts --json",
    "features materialize shop.spending",
    "features materialize --store redis://localhost:6379",
    "features parity --store postgres://ada@localhost:5432/shop",
    "features freshness",
  ],
  run: (values) => withLake(values.dir, (lake) => found(lake, values)),
  render: (found, { width }) => linesOf(found, width),
  data: (found): unknown => {
    if ("plan" in found) return found.plan.map(({ table: _, ...entry }) => entry);
    if ("tables" in found) return found.tables;
    return "done" in found ? found.done : found.reports;
  },
  isBad: (found) => {
    if (found.action === "plan") return found.plan.some(({ action }) => action === "refuse");
    if (found.action === "parity") return found.reports.some(({ equal }) => !equal);
    return found.action === "freshness" && found.reports.some(({ state }) => state === "stale");
  },
});

interface Asked {
  readonly action: (typeof actions)[number];
  readonly subject: string | undefined;
  readonly replace: boolean;
  readonly full: boolean;
  readonly store: string | undefined;
  readonly dir: string;
}

async function found(lake: Lake, asked: Asked): Promise<Found> {
  const { action, subject } = asked;
  if (action === "plan" || action === "apply") return planned(lake, { ...asked, action });
  if (action === "list") return { action, tables: await listFeatures(lake) };
  const names = subject === undefined ? await namesOf(lake) : [subject];
  if (action === "describe") {
    const tables = await Promise.all(names.map((name) => describeFeatures(lake, name)));
    return { action, tables };
  }
  if (action !== "freshness") return online(lake, names, { ...asked, action });
  return { action, reports: await Promise.all(names.map((name) => checkFreshness(lake, name))) };
}

async function planned(
  lake: Lake,
  { action, subject, replace }: Asked & { readonly action: "plan" | "apply" },
): Promise<Found> {
  if (subject === undefined)
    return fail("cli/missing-definitions", { file: "FILE", reason: "name it" });
  const definitions = await readDefinitions(subject);
  if (action === "plan") return { action, plan: await planFeatures(lake, definitions) };
  return { action, plan: await applyFeatures(lake, definitions, { replace }) };
}

async function online(
  lake: Lake,
  names: readonly string[],
  asked: Asked & { readonly action: "materialize" | "parity" },
): Promise<Found> {
  const { action, full } = asked;
  await using store = await openStore(asked.dir, namedStore(asked.store));
  const reports: ParityReport[] = [];
  const done: Materialized[] = [];
  for (const name of names)
    if (action === "parity") reports.push(await checkParity(lake, store, name));
    else done.push(await materialize(lake, store, { table: name, full }));
  return action === "parity" ? { action, reports } : { action, done };
}

const namesOf = async (lake: Lake): Promise<readonly string[]> =>
  (await listFeatures(lake)).map(({ table }) => table.name);

function linesOf(found: Found, width: number): readonly string[] {
  if ("plan" in found) return found.plan.flatMap(planLines);
  if ("done" in found) return found.done.map(doneLine);
  if (found.action === "list") return listLines(found.tables, width);
  if ("tables" in found) return found.tables.flatMap(describeLines);
  if (found.action === "parity") return found.reports.flatMap(parityLines);
  return found.reports.map(freshnessLine);
}

const doneLine = ({ table, kind, tableVersion, upserts, deletes }: Materialized): string =>
  `${table}: ${kind}, at version ${tableVersion}; ${count(upserts, "key")} set, ${count(deletes, "key")} deleted`;

function planLines({ name, action, from, to, changes, reason }: PlannedChange): readonly string[] {
  const versions = from === null || from === to ? `version ${to}` : `version ${from} → ${to}`;
  return [
    `${action} ${name}, ${versions}${reason === null ? "" : `: ${reason}`}`,
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
  // biome-ignore format: one line
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
