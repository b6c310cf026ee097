/** @file A small model that is asked by key: "churn", which looks `spend` up in `shop.spending`. */
import {
  features,
  featureTable,
  lookup,
  numeric,
  trainingSet,
  withLookups,
  writeFeatures,
} from "../../src/feature/index.ts";
import { logistic } from "../../src/model/index.ts";
import { bool, float, type Lake, schema, text } from "../../src/table/index.ts";
import type { Workspace } from "../../src/workspace/index.ts";

/** What the feature table is declared with. */
export const spendingOptions = {
  name: "shop.spending",
  schema: schema("spending", { id: text(), spend: float() }),
  key: "id",
} as const;

/** The feature table, in version 1. */
export const spendingTable = featureTable(spendingOptions);

/** Writes features of "a" to "d", who spend 0 to 3, and trains on them. */
export async function spendingModel(lake: Lake, table: typeof spendingTable) {
  const ids = ["a", "b", "c", "d"];
  await writeFeatures(
    lake,
    table,
    ids.map((id, i) => ({ id, spend: i })),
  );
  const labels = lake.table("shop.labels", schema("labels", { id: text(), churn: bool() }));
  await labels.append(ids.map((id, i) => ({ id, churn: i > 1 })));
  const set = await trainingSet(lake, {
    labels: await labels.read(),
    lookups: [lookup(table, ["spend"])],
    label: "churn",
    exclude: ["id"],
  });
  const definition = features(set.schema, (c) => ({ spend: numeric(c.spend) }));
  return withLookups(await logistic().fit(set.rows, { features: definition, label: "churn" }), set);
}

/** Makes a model the champion "churn" of a workspace. */
export async function makeChampion(
  { tracking, registry }: Workspace,
  model: Awaited<ReturnType<typeof spendingModel>>,
): Promise<void> {
  await using run = await tracking.startRun({ experiment: "churn" });
  await run.end();
  await registry.register("churn", { model, runId: run.id, alias: { name: "champion" } });
}
