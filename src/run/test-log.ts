/** @file Who scored which test rows: a study may look at them once. */
import { type Clock, checkNames, systemClock } from "../core/index.ts";
import type { TestAccess, TestLog } from "../flow.ts";
import type { Records } from "../store/index.ts";
import { fail } from "./errors.ts";
import { checkText, longest } from "./keys.ts";

/** Options of {@link openTestLog}. */
export interface TestLogOptions {
  readonly records: Records;
  /** Tells the time. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** One access, and when it was. */
export interface TestLogRow extends TestAccess {
  /** Milliseconds in UTC. */
  readonly atMs: number;
}

/** The test log, and what is in it. */
export interface TestLogbook extends TestLog {
  /** All accesses of a study, or of all studies, oldest first. */
  accesses(study?: string): Promise<readonly TestLogRow[]>;
}

/**
 * Opens the log of test rows. `evaluate` enters each scoring of a test set before it computes anything. A
 * study that enters the same rows with another model is refused, unless it says why; the same model gives the same
 * scores and may be scored any number of times. Every access is kept.
 *
 * @param options - Where it is kept.
 * @returns The log; it holds nothing itself: close the records. Several processes may use it at once.
 * @throws `option/unknown-name`; `enter` throws `run/conflict-test-rows` and `run/out-of-range-value`
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * const log = openTestLog({ records });
 * const access = { study: "churn", rows: hashOf("rows"), again: null };
 * await log.enter({ ...access, model: hashOf("a") });
 * await log.enter({ ...access, model: hashOf("b") }).catch((error) => error.code) // => "run/conflict-test-rows"
 * await log.enter({ ...access, model: hashOf("b"), again: "the first one was fitted on wrong labels" });
 * (await log.accesses("churn")).length // => 2
 * ```
 */
export function openTestLog(options: TestLogOptions): TestLogbook {
  checkNames("openTestLog", options, ["records", "clock"]);
  const { records, clock = systemClock } = options;
  return {
    enter: (access) => enter(records, access, clock()),
    accesses: async (study) => {
      const all = records.db.selectFrom("test_access").selectAll();
      const asked = study === undefined ? all : all.where("study", "=", study);
      const rows = await asked.orderBy("at_ms").orderBy("study").orderBy("sequence").execute();
      return rows.map((row) => ({
        study: row.study,
        rows: asHash(row.rows_hash),
        model: asHash(row.model_hash),
        again: row.again,
        atMs: row.at_ms,
      }));
    },
  };
}

async function enter(records: Records, access: TestAccess, nowMs: number): Promise<void> {
  const { study, rows, model, again } = access;
  for (const [key, text] of [
    ["study", study],
    ["again", again ?? "first"],
  ] as const) {
    if (text.trim() === "")
      fail("run/out-of-range-value", { at: "test log", key, expected: "some words", got: '""' });
    checkText("test log", [key, text], longest.experimentName);
  }
  await records.db.transaction().execute(async (db) => {
    const before = await db
      .selectFrom("test_access")
      .selectAll()
      .where("study", "=", study)
      .orderBy("sequence")
      .execute();
    const same = before.filter((row) => row.rows_hash === rows);
    const [first] = same;
    const isNew = !same.some((row) => row.model_hash === model);
    if (first !== undefined && isNew && again === null)
      fail("run/conflict-test-rows", {
        ...{
          study,
          first: new Date(first.at_ms).toISOString(),
          model: first.model_hash,
          times: same.length,
        },
      });
    const sequence = (before.at(-1)?.sequence ?? 0) + 1;
    const row = { study, sequence, at_ms: nowMs, rows_hash: rows, model_hash: model, again };
    await db.insertInto("test_access").values(row).execute();
  });
}

const asHash = (text: string): `sha256:${string}` => `sha256:${text.replace(/^sha256:/, "")}`;
