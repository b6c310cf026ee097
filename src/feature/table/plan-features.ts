/** @file Plan and apply: what definitions would change where they are stored, and the change. */
import type { Lake } from "../../table/index.ts";
import {
  changeText,
  type DeclarationChange,
  declarationChanges,
  declarationKey,
  formatDeclaration,
} from "./declaration.ts";
import { fail } from "./errors.ts";
import type { FeatureTable } from "./feature-table.ts";
import { deltaOf, detailOf, findStored } from "./stored.ts";

/**
 * What becomes of one definition: `create` makes the table, `alter` changes it in place, `replace`
 * empties it first, `refuse` says why it cannot be.
 */
export type PlanAction = "create" | "alter" | "replace" | "refuse" | "unchanged";

/** One definition compared with what is stored. */
export interface PlannedChange {
  readonly name: string;
  readonly action: PlanAction;
  /** Null where nothing is stored. */
  readonly from: number | null;
  readonly to: number;
  readonly changes: readonly DeclarationChange[];
  /** Why it is refused; null otherwise. */
  readonly reason: string | null;
  readonly table: FeatureTable;
}

/**
 * Compares definitions with what a lake has. Nothing is changed.
 *
 * @param definitions - Feature tables; several of one name are refused.
 * @returns One entry per definition, in their order.
 * @throws `feature/corrupt-declaration`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const columns = { id: text(), plan: text() };
 * const plans = featureTable({ name: "shop.plans", schema: schema("plans", columns), key: "id" });
 * await applyFeatures(lake, [plans]);
 * const wider = schema("plans", { ...columns, since: timestamp({ nullable: true }) });
 * const next = featureTable({ name: "shop.plans", schema: wider, key: "id", version: 2 });
 * (await planFeatures(lake, [next]))[0]?.action // => "alter"
 * ```
 */
export async function planFeatures(
  lake: Lake,
  definitions: readonly FeatureTable[],
): Promise<readonly PlannedChange[]> {
  const names = definitions.map(({ name }) => name);
  return Promise.all(
    definitions.map((table, i) =>
      names.indexOf(table.name) === i
        ? planned(lake, table)
        : refused(table, null, "two definitions have this name"),
    ),
  );
}

const refused = (table: FeatureTable, from: number | null, reason: string): PlannedChange => ({
  name: table.name,
  action: "refuse",
  from,
  to: table.version,
  changes: [],
  reason,
  table,
});

async function planned(lake: Lake, table: FeatureTable): Promise<PlannedChange> {
  const stored = await findStored(lake, table.name);
  const to = table.version;
  if (stored === undefined) {
    const there = await detailOf(lake, table.name);
    if (there !== undefined)
      return refused(table, null, "a table of this name is there, and declares no features");
    return { name: table.name, action: "create", from: null, to, changes: [], reason: null, table };
  }
  const from = stored.table.version;
  const changes = declarationChanges(stored.table, table);
  const entry = { name: table.name, from, to, changes, table };
  const refuse = (reason: string): PlannedChange => ({ ...entry, action: "refuse", reason });
  const heavy = changes.filter(({ weight }) => weight !== "note");
  if (to < from) return refuse(`version ${from} is stored, which is newer`);
  if (to === from && heavy.length > 0)
    return refuse(`version ${to} is declared otherwise where it is stored; give it a new version`);
  if (changes.length === 0 && to === from) return { ...entry, action: "unchanged", reason: null };
  const replaces = heavy.some(({ weight }) => weight === "rows");
  return { ...entry, action: replaces ? "replace" : "alter", reason: null };
}

/** What applying may do. */
export interface ApplyOptions {
  /** Whether tables may be emptied whose rows cannot stay. Default false: they are refused. */
  readonly replace?: boolean;
}

/**
 * Makes the feature tables of a lake what the definitions say: all of them, or none when one is
 * refused. Stopped on the way, it is finished by applying again.
 *
 * @returns The plan that was carried out.
 * @throws `feature/conflict-definition` for a definition changed under its version,
 * `feature/conflict-version` for an older one, `feature/unsupported-change` for one whose rows
 * cannot stay, `feature/missing-table` for a name that another table has
 */
export async function applyFeatures(
  lake: Lake,
  definitions: readonly FeatureTable[],
  options: ApplyOptions = {},
): Promise<readonly PlannedChange[]> {
  const plan = await planFeatures(lake, definitions);
  for (const entry of plan) refuseEntry(entry, options);
  for (const entry of plan) await applyEntry(lake, entry);
  return plan;
}

/** Throws what stands against a planned change. */
function refuseEntry(entry: PlannedChange, { replace = false }: ApplyOptions = {}): void {
  const { name, action, from, to, changes, reason } = entry;
  const texts = changes.filter(({ weight }) => weight !== "note").map(changeText);
  if (action === "replace" && !replace)
    fail("feature/unsupported-change", {
      name,
      changes: changes.filter(({ weight }) => weight === "rows").map(changeText),
    });
  if (action !== "refuse") return;
  if (from !== null && to < from)
    fail("feature/conflict-version", { name, stored: from, given: to });
  if (from !== null) fail("feature/conflict-definition", { name, version: to, changes: texts });
  fail("feature/missing-table", { name, reason: reason ?? "", known: [] });
}

/** Carries out a planned change that nothing stands against. */
async function applyEntry(lake: Lake, { action, table }: PlannedChange): Promise<void> {
  const delta = deltaOf(lake, table);
  if (action === "create") await delta.append([]);
  if (action === "replace") await delta.overwrite([], { overwriteSchema: true });
  if (action === "alter") await delta.append([], { evolve: true });
  if (action === "alter" || action === "replace" || action === "create")
    await delta.alter({ properties: { [declarationKey]: formatDeclaration(table) } });
}
