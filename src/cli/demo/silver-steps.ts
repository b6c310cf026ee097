/** @file The demo's way from bronze to silver: by the default recipe, and beside it by the classic one. */
import { type Step, step } from "../../pipeline/index.ts";
import {
  clean,
  type Frame,
  frame,
  type Lake,
  refine,
  rejectionSchema,
  type StepReport,
} from "../../table/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { passGate } from "./checks.ts";
import { classic, classicSilver, classicSuite } from "./classic.ts";
import type { ClassicReport, SilverReport } from "./outputs.ts";
import { bronze, recipe, silver, silverSuite } from "./silver.ts";

/** The recipes by which the demo cleans. */
export const recipes = ["default", "classic"] as const;
export type RecipeName = (typeof recipes)[number];

export const silverTable = "telco.silver";
export const classicTable = "telco.silver_classic";
/** Rows that the default recipe rejects, as they were delivered, each with the rule. */
export const quarantineTable = "telco.quarantine";

/** The steps between "bronze" and the training set; the classic recipe has a table of its own. */
export function silverSteps(workspace: Workspace, recipeName: RecipeName): readonly Step[] {
  const { lake } = workspace;
  const bronzeTable = lake.table("telco.bronze", bronze);
  const refined = step({
    name: "silver",
    version: 2,
    needs: ["bronze"],
    run: async ({ runId }) => {
      const into = lake.table(silverTable, silver);
      await addRunColumn(lake);
      const report = await refine({
        from: bronzeTable,
        into,
        recipe,
        on: ["customer_id"],
        newest: "_loaded_at",
        values: { _run_id: runId },
        quarantine: lake.table(quarantineTable, rejectionSchema),
        gate: (rows) =>
          passGate(rows, {
            workspace,
            table: silverTable,
            suite: silverSuite,
            key: ["customer_id"],
            runId,
          }),
      });
      const { steps, rescued, rowsRead, rejected } = report;
      return {
        rows: await (await into.read()).count(),
        rowsRead,
        rescued,
        rejected,
        expectations: silverSuite.expectations.length,
        steps: steps.map(countsOf),
      } satisfies SilverReport;
    },
  });
  if (recipeName === "default") return [refined];
  const compared = step({
    name: "silver-classic",
    needs: ["silver"],
    run: async ({ runId }) => cleanClassic(workspace, await bronzeTable.read(), runId),
  });
  return [refined, compared];
}

/** Cleans all of bronze by the classic recipe into its own table, under its own gate. */
async function cleanClassic(
  workspace: Workspace,
  rows: Frame,
  runId: string,
): Promise<ClassicReport> {
  await using cleaned = await clean(rows, classicSilver, classic);
  const gated = { workspace, table: classicTable, suite: classicSuite, runId } as const;
  await passGate(cleaned.frame, { ...gated, key: ["customer_id"] });
  const table = workspace.lake.table(classicTable, classicSilver);
  await table.overwrite(cleaned.frame);
  return { rows: await cleaned.frame.count(), steps: cleaned.steps.map(countsOf) };
}

/** The counts of a step, without what it found besides. */
export const countsOf = ({ step, rowsIn, rowsOut, cellsChanged }: StepReport) => ({
  step,
  rowsIn,
  rowsOut,
  cellsChanged,
});

/** A silver table that an earlier Millrace made has no column for the run. */
async function addRunColumn(lake: Lake): Promise<void> {
  if (!(await lake.tables()).includes(silverTable)) return;
  if ("_run_id" in (await lake.schemaOf(silverTable)).columns) return;
  const none = frame({ engine: lake.engine, schema: silver, sql: noRows });
  await lake.table(silverTable, silver).append(none, { evolve: true });
}

const noRows = `SELECT ${Object.keys(silver.columns)
  .map((name) => `NULL AS ${JSON.stringify(name)}`)
  .join(", ")} WHERE false`;
