/** @file What must be equal when the demo is run twice with one seed. */
import { readFeatures } from "../../feature/index.ts";
import type { Hash } from "../../flow.ts";
import type { Workspace } from "../../workspace/index.ts";
import { loadChampion } from "./churn-pipeline.ts";
import { customerFeatures } from "./customer-features.ts";
import { bronze, silver } from "./silver.ts";
import { readLog } from "./traffic.ts";
import { labelSchema, labelTable, readTraining } from "./watch.ts";

/** Columns that tell one run from another; everything else is equal byte for byte. */
export const runColumns = ["_loaded_at", "_file_modified_at", "_run_id"];

/** The content hash of each table, its rows in order, without the columns of runs. */
export async function tableHashes(workspace: Workspace): Promise<Readonly<Record<string, Hash>>> {
  const { lake } = workspace;
  const { model } = await loadChampion(workspace);
  const frames = {
    "telco.bronze": await lake.table("telco.bronze", bronze).read(),
    "telco.silver": await lake.table("telco.silver", silver).read(),
    [customerFeatures.name]: await readFeatures(lake, customerFeatures),
    "telco.training": await readTraining(workspace),
    "serving.churn_log": await readLog(workspace, model),
    [labelTable]: await lake.table(labelTable, labelSchema).read(),
  };
  const hashes: Record<string, Hash> = {};
  for (const [name, rows] of Object.entries(frames)) hashes[name] = await rows.hash(runColumns);
  return hashes;
}
