/** @file Training sets: labels, and the features that were known of them then. */
import { checkNames } from "../../core/index.ts";
import { type Columns, cells, type Lake } from "../../table/index.ts";
import type { FeatureLookup } from "./lookup.ts";
import { makeTrainingSet } from "./make-training-set.ts";
import type {
  DemandColumns,
  Demands,
  Flat,
  KeysOf,
  LookedUpColumns,
  MissingPolicy,
  TrainingSet,
  TrainingSetOptions,
} from "./training-options.ts";

const known = ["labels", "lookups", "timestamp", "label", "exclude", "onDemand", "missing"];

/**
 * Joins features to labels as of the labels' moments: of each key the newest row that was true and
 * known then, no older than the table's ttl. One version of each table is read, and recorded in the
 * rows' origin and in `state`. O((n + m) log m) in the engine, for n labels and m rows of features.
 *
 * A row is true from its timestamp on (equal counts), and known from its `availableAt` on. Of rows
 * with one timestamp the one that was known last counts. Features without a time are those of now.
 *
 * @returns Rows that are read when they are asked for.
 * @throws `feature/missing-table` for a table that has vanished, `feature/conflict-definition` and
 * `feature/conflict-version` for one that is stored otherwise, `feature/unknown-table-column`,
 * `feature/mismatch-key`, `feature/missing-time`, `feature/unsupported-timestamp`, `feature/missing-moment`, `feature/duplicate-column`,
 * `feature/duplicate-rows`, `feature/conflict-label`, `feature/missing-matches`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const at = (day: number) => new Date(Date.UTC(2026, 0, day));
 * const spending = featureTable({
 *   name: "shop.spending", key: "id", timestamp: "at",
 *   schema: schema("spending", { id: text(), at: timestamp(), spend: float() }),
 * });
 * await writeFeatures(lake, spending, [{ id: "a", at: at(1), spend: 10 }, { id: "a", at: at(9), spend: 90 }]);
 * const churn = lake.table("shop.churn", schema("churn", { id: text(), at: timestamp(), churn: bool() }));
 * await churn.append([{ id: "a", at: at(5), churn: true }]);
 * const labels = await churn.read();
 * const set = await trainingSet(lake, { labels, lookups: [lookup(spending)], timestamp: "at", label: "churn" });
 * (await set.rows.rows())[0]?.spend // => 10
 * ```
 */
export async function trainingSet<
  C extends Columns,
  const L extends readonly FeatureLookup[],
  const Label extends string,
  const X extends string = never,
  D extends Demands = Readonly<Record<never, never>>,
  const M extends MissingPolicy = "null",
>(
  lake: Lake,
  options: TrainingSetOptions<C, L, Label, X, D, M>,
): Promise<
  TrainingSet<Flat<Omit<C & LookedUpColumns<L, M> & DemandColumns<D>, X>>, C, KeysOf<L>, D>
> {
  checkNames("trainingSet", options, known);
  const { labels, onDemand } = options;
  const made = await makeTrainingSet(lake, {
    ...options,
    onDemand: onDemand && ((schema) => onDemand(cells(schema) as never)),
  });
  return { ...made, base: labels.schema } as never;
}
