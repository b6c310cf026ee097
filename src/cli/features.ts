/** @file `millrace features`: feature tables planned, applied, looked at, and copied to the online store. */
import {
  applyFeatures,
  checkFreshness,
  checkParity,
  describeFeatures,
  type FeatureStatistics,
  featureStatistics,
  listFeatures,
  type Materialized,
  materialize,
  type ParityReport,
  planFeatures,
} from "../feature/index.ts";
import type { Lake } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { readDefinitions } from "./features-file.ts";
import { type Found, linesOf } from "./features-text.ts";
import { withLake } from "./named-thing.ts";
import { namedStore, openStore, store } from "./online-store.ts";
import { dir } from "./workspace-folder.ts";

const actions = [
  "plan",
  "apply",
  "list",
  "describe",
  "show",
  "materialize",
  "parity",
  "freshness",
] as const;

export const featureTables = command({
  name: "features",
  summary: "Plan, apply and look at feature tables, and keep the online store equal to them.",
  about: [
    "plan FILE says what the feature tables that a module exports would change, apply FILE changes it, in a",
    "workspace that it makes if there is none. Rows that cannot stay under a new definition are kept until",
    "apply is told --replace, which empties their table. list and describe TABLE tell what is declared, show",
    "TABLE what its features hold: counts, nulls, bounds, means, levels. materialize brings an online store",
    "(the workspace's own, or Redis or PostgreSQL with --store) to the newest version of a table or of all,",
    "parity compares both value by value, freshness judges how old the newest rows are by what featureTable",
    "declares, freshness: { hours: 24 }, and counts the keys whose row is past its ttl. Exit code 1 when something is refused, differs or is stale.",
  ],
  arguments: {
    action: { type: "string", choices: actions, help: "what to do" },
    subject: {
      ...{ type: "string", optional: true, value: "FILE|TABLE" },
      help: "for plan and apply the module, for the others the table; all tables if not given",
    },
  },
  options: {
    replace: {
      type: "boolean",
      default: false,
      help: "with apply: empty the tables whose rows cannot stay; plan says which",
    },
    full: {
      type: "boolean",
      default: false,
      help: "with materialize: read all rows, not the changes",
    },
    store,
    dir,
  },
  examples: [
    "features plan features.ts",
    "features apply features.ts --json",
    "features show shop.spending",
    "features materialize shop.spending",
    "features materialize --store redis://localhost:6379",
    "features parity --store postgres://ada@localhost:5432/shop",
    "features freshness",
  ],
  run: (values) => {
    const { action, dir } = values;
    if (action === "plan" || action === "apply") return planned({ ...values, action });
    return withLake(dir, (lake) => found(lake, { ...values, action }));
  },
  render: (found, { width }) => linesOf(found, width),
  data: (found): unknown => {
    if ("plan" in found) return found.plan.map(({ table: _, ...entry }) => entry);
    if ("tables" in found) return found.tables;
    if ("statistics" in found) return found.statistics;
    return "done" in found ? found.done : found.reports;
  },
  isBad: (found) => {
    if (found.action === "plan") return found.plan.some(({ action }) => action === "refuse");
    if (found.action === "parity") return found.reports.some(({ equal }) => !equal);
    return found.action === "freshness" && found.reports.some(({ state }) => state === "stale");
  },
});

type Action = (typeof actions)[number];
type Planning = "plan" | "apply";

interface Asked<A extends Action> {
  readonly action: A;
  readonly subject: string | undefined;
  readonly replace: boolean;
  readonly full: boolean;
  readonly store: string | undefined;
  readonly dir: string;
}

async function found(lake: Lake, asked: Asked<Exclude<Action, Planning>>): Promise<Found> {
  const { action, subject } = asked;
  if (action === "list") return { action, tables: await listFeatures(lake) };
  const names = subject === undefined ? await namesOf(lake) : [subject];
  if (action === "describe") {
    const tables = await Promise.all(names.map((name) => describeFeatures(lake, name)));
    return { action, tables };
  }
  if (action === "show") {
    const statistics: FeatureStatistics[] = [];
    for (const name of names) statistics.push(await featureStatistics(lake, name));
    return { action, statistics };
  }
  if (action !== "freshness") return online(lake, names, { ...asked, action });
  return { action, reports: await Promise.all(names.map((name) => checkFreshness(lake, name))) };
}

/** Compares, or changes; a workspace that is not there is made for a change. */
async function planned({ action, subject, replace, dir }: Asked<Planning>): Promise<Found> {
  if (subject === undefined)
    return fail("cli/missing-definitions", { file: "FILE", reason: "name it" });
  const definitions = await readDefinitions(subject);
  if (action === "plan")
    return withLake(dir, async (lake) => ({ action, plan: await planFeatures(lake, definitions) }));
  await using workspace = await openWorkspace(dir);
  return { action, plan: await applyFeatures(workspace.lake, definitions, { replace }) };
}

async function online(
  lake: Lake,
  names: readonly string[],
  asked: Asked<"materialize" | "parity">,
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
