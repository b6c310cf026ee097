/** @file Rows of the table of runs. */
import type { RecordDatabase } from "../../store/index.ts";
import { fail } from "../errors.ts";

/** The tag that has a run's name. */
export const nameTag = "mlflow.runName";

/** A row of the table of runs. */
export type RunRow = Awaited<ReturnType<typeof runRow>>;

/** The row of a run. Throws `run/missing-run`. */
export async function runRow(db: RecordDatabase, id: string) {
  const row = await db.selectFrom("run").selectAll().where("id", "=", id).executeTakeFirst();
  return row ?? fail("run/missing-run", { id });
}

/** The row of a run that is not in the bin. Throws `run/missing-run`, `run/conflict-deleted`. */
export async function activeRun(db: RecordDatabase, id: string): Promise<RunRow> {
  const row = await runRow(db, id);
  if (row.deleted_at_ms !== null) fail("run/conflict-deleted", { what: "run", id, doing: "use" });
  return row;
}
