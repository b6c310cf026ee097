/** @file The customers of both lessons about churn, on their two sides. */
import { split, telcoSchema, telcoTwin } from "../../dataset/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { fail } from "../errors.ts";

/** What is said of the data. */
export const churnData =
  "a seeded twin of the Telco churn file: 7,043 customers that never were, without the file's holes and noise";

/** The metrics of both lessons. */
export const churnMetrics = ["auc", "accuracy", "precision", "recall", "f1", "logLoss"] as const;

/** Writes the twin's customers into a table and splits them by their ids. */
export async function churnSides({ lake }: Workspace, csv: string | undefined) {
  if (csv !== undefined)
    fail("cli/mismatch-option", {
      command: "learn",
      option: "csv",
      expected:
        "the lesson california beside it; `demo --csv` takes a Telco file, and cleans it first",
      got: csv,
    });
  const table = lake.table("learn.telco_customers", telcoSchema);
  await table.overwrite(telcoTwin().customers);
  return split(await table.read(), { test: 0.2, by: "customer_id", seed: 42 });
}
