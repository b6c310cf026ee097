/** @file Runs a checkpoint: its validations, the store of their results, and its actions. */
import { type Clock, callUser, systemClock } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { AnyRows } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { SuiteResult } from "../result.ts";
import type { CheckOptions, ExpectationSuite } from "../suite.ts";
import { validate } from "../validate.ts";
import { type Action, type ActionHandler, actionOf } from "./actions.ts";
import type { CheckFiles } from "./check-files.ts";
import { resultKey, saveResult } from "./check-folder.ts";
import type { Checkpoint, ValidationDefinition } from "./definition.ts";
import type { CheckpointResult } from "./result.ts";

/** What a checkpoint runs with. */
export interface RunCheckpointOptions extends CheckOptions {
  readonly definitions: readonly ValidationDefinition[];
  readonly suites: readonly ExpectationSuite[];
  /** The rows of a validation. */
  readonly rows: (definition: ValidationDefinition) => Promise<AnyRows> | AnyRows;
  /** More about the run of a validation, for its result's meta; called when its rows are there. */
  readonly metaOf?: (definition: ValidationDefinition) => Readonly<Record<string, Json>>;
  /** Where the results are kept, in Great Expectations' layout; nowhere when left out. */
  readonly files?: CheckFiles;
  /** What else is done with the result, after the checkpoint's own actions. */
  readonly actions?: readonly Action[];
  /** What runs the checkpoint's actions of types that are not ours, such as `update_data_docs`. */
  readonly handlers?: Readonly<Record<string, ActionHandler>>;
  readonly clock?: Clock;
  readonly runName?: string | null;
}

/**
 * Runs a checkpoint: each validation is one scan; the results are stored, and then every action
 * runs, the checkpoint's first. An action that fails does not keep the others from running; the
 * first failure is thrown when all have run.
 *
 * @param checkpoint - Read by {@link readCheckpoint}, or made by hand.
 * @param options - See {@link RunCheckpointOptions}.
 * @throws `check/missing-definition`, `user/failed` when the rows cannot be had, and what actions throw
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const table = lake.table("demo.points", points);
 * await table.append([{ x: 1 }]);
 * const made = suite("sound", points, [expectations(points).notNull("x")]);
 * const name = (given: string) => ({ name: given, id: null });
 * const definition = { ...name("v"), datasource: name("lake"), asset: name("points"), batchDefinition: name("all"), suite: name("sound") };
 * const checkpoint = readCheckpoint({ name: "nightly", validation_definitions: [name("v")] });
 * const result = await runCheckpoint(checkpoint, { definitions: [definition], suites: [made], rows: () => table.read(), actions: [throwOnFailure()] });
 * result.success // => true
 * ```
 */
export async function runCheckpoint(
  checkpoint: Checkpoint,
  options: RunCheckpointOptions,
): Promise<CheckpointResult> {
  const { clock = systemClock, runName = null, files } = options;
  const runMs = clock();
  const run_time = new Date(runMs).toISOString().replace("Z", "+00:00");
  const run_results: Record<string, SuiteResult> = {};
  for (const { name } of checkpoint.validations) {
    const definition = named("validation definition", options.definitions, name);
    const result = await runValidation(checkpoint, definition, { ...options, clock: () => runMs });
    const batch = batchId(definition);
    const key = resultKey({ suite: result.suite_name, runName, runMs, batch });
    if (files !== undefined) await saveResult(files, key, result);
    run_results[`ValidationResultIdentifier::${key}`] = result;
  }
  const own = checkpoint.actions.map((one) => ({
    one,
    action: actionOf(one, options.handlers ?? {}),
  }));
  const result = {
    run_id: { run_name: runName, run_time },
    run_results,
    checkpoint_config: checkpoint,
    success: Object.values(run_results).every(({ success }) => success),
    skipped: own.filter(({ action }) => action === undefined).map(({ one }) => one.name),
  };
  await runActions(
    [...own.flatMap(({ action }) => action ?? []), ...(options.actions ?? [])],
    result,
  );
  return result;
}

async function runValidation(
  checkpoint: Checkpoint,
  definition: ValidationDefinition,
  options: RunCheckpointOptions,
): Promise<SuiteResult> {
  const suite = named("suite", options.suites, definition.suite.name);
  const rows = await callUser(`the rows of ${JSON.stringify(definition.name)}`, () =>
    options.rows(definition),
  );
  const meta: Record<string, Json> = {
    batch_id: batchId(definition),
    checkpoint_id: checkpoint.id,
    checkpoint_name: checkpoint.name,
    validation_id: definition.id,
    active_batch_definition: {
      datasource_name: definition.datasource.name,
      data_asset_name: definition.asset.name,
      data_connector_name: "fluent",
      batch_identifiers: {},
    },
    ...options.metaOf?.(definition),
  };
  return validate(rows, suite, {
    ...options,
    batchId: batchId(definition),
    resultFormat: checkpoint.resultFormat,
    meta,
  });
}

const batchId = ({ datasource, asset }: ValidationDefinition): string =>
  `${datasource.name}-${asset.name}`;

function named<T extends { readonly name: string }>(
  what: string,
  all: readonly T[],
  name: string,
): T {
  const known = all.map((one) => one.name);
  return (
    all.find((one) => one.name === name) ?? fail("check/missing-definition", { what, name, known })
  );
}

async function runActions(actions: readonly Action[], result: CheckpointResult): Promise<void> {
  const failures: unknown[] = [];
  for (const { run } of actions) {
    try {
      await run(result);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
