/** @file Experiments: the names under which runs are kept together. */
import { type RecordDatabase, sql } from "../store/index.ts";
import { fail } from "./errors.ts";
import { checkText, longest } from "./keys.ts";

/** A name under which runs are kept together. */
export interface ExperimentRecord {
  /** A whole number as text, as in MLflow; that of "Default" is "0". */
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
}

/** The experiment of runs that name none. */
export const defaultExperiment = "Default";

/** The id of an experiment, which is made if it is not there. */
export async function ensureExperiment(
  db: RecordDatabase,
  name: string,
  nowMs: number,
): Promise<string> {
  if (name.trim() === "")
    fail("run/out-of-range-value", {
      ...{ at: "startRun", key: "experiment" },
      ...{ expected: "a name", got: JSON.stringify(name) },
    });
  checkText("startRun", ["experiment", name], longest.experimentName);
  const found = await db
    .selectFrom("experiment")
    .select("id")
    .where("name", "=", name)
    .executeTakeFirst();
  if (found !== undefined) return found.id;
  const id = name === defaultExperiment ? "0" : await nextExperimentId(db);
  const times = { created_at_ms: nowMs, updated_at_ms: nowMs, deleted_at_ms: null };
  await db
    .insertInto("experiment")
    .values({ id, name, ...times })
    .execute();
  return id;
}

/** The id of the next experiment: one more than the largest. */
export async function nextExperimentId(db: RecordDatabase): Promise<string> {
  const { largest } = await db
    .selectFrom("experiment")
    .select(sql<number | null>`max(cast(id as integer))`.as("largest"))
    .executeTakeFirstOrThrow();
  return `${Number(largest ?? 0) + 1}`;
}

/** All experiments, oldest first. */
export async function readExperiments(db: RecordDatabase): Promise<readonly ExperimentRecord[]> {
  const rows = await db
    .selectFrom("experiment")
    .selectAll()
    .where("deleted_at_ms", "is", null)
    .orderBy("created_at_ms")
    .orderBy("id")
    .execute();
  return rows.map(({ id, name, created_at_ms }) => ({ id, name, createdAtMs: created_at_ms }));
}

/** The id of an experiment that must be there. Throws `run/missing-experiment`. */
export async function findExperiment(db: RecordDatabase, name: string): Promise<string> {
  const known = await readExperiments(db);
  const found = known.find((experiment) => experiment.name === name);
  if (found !== undefined) return found.id;
  return fail("run/missing-experiment", { name, known: known.map((e) => e.name) });
}
