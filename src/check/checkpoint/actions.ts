/** @file What is done with the results of a checkpoint: write, throw, call, post. */
import { writeFile } from "node:fs/promises";
import { callUser, isMillraceError } from "../../core/index.ts";
import type { Severity } from "../../flow.ts";
import { fail } from "../errors.ts";
import { writeJson } from "../json/suite-json.ts";
import { highestFailure } from "../result.ts";
import type { ActionJson } from "./definition.ts";
import { type CheckpointResult, describeCheckpoint, resultJson } from "./result.ts";

/** Something done with the result of a checkpoint. */
export interface Action {
  readonly name: string;
  readonly run: (result: CheckpointResult) => Promise<void> | void;
}

/** The gravest severity that failed in any validation of a checkpoint. */
function gravest(result: CheckpointResult): Severity | null {
  return highestFailure({
    results: Object.values(result.run_results).flatMap((one) => one.results),
  });
}

/**
 * Writes the whole result as JSON into a file.
 *
 * @param path - The file; what was there is replaced.
 */
export const writeResult = (path: string): Action => ({
  name: `write ${path}`,
  run: (result) => writeFile(path, writeJson(resultJson(result))),
});

/**
 * Throws `check/failed-checkpoint`, so that a process ends with exit code 2, when an expectation of
 * at least a severity failed.
 *
 * @param severity - `critical` by default; `warning` is both, `info` all three.
 */
export const throwOnFailure = (severity: Severity = "critical"): Action => ({
  name: `throw on ${severity}`,
  run: (result) => {
    const order: readonly Severity[] = ["critical", "warning", "info"];
    const found = gravest(result);
    if (found === null || order.indexOf(found) > order.indexOf(severity)) return;
    const failures = Object.values(result.run_results).flatMap(({ suite_name, results }) =>
      results
        .filter(({ success }) => !success)
        .map(({ expectation_config: { type, kwargs } }) => {
          const { column = null } = Object(kwargs) as { readonly column?: string | null };
          return `${suite_name}: ${String(type)}${column === null ? "" : ` of ${column}`}`;
        }),
    );
    fail("check/failed-checkpoint", { checkpoint: result.checkpoint_config.name, failures });
  },
});

/** Calls a function with the result; what it throws is `user/failed`. */
export const callWithResult = (name: string, call: Action["run"]): Action => ({
  name,
  run: (result) => callUser(`action ${JSON.stringify(name)}`, () => call(result)),
});

/**
 * Posts the results as JSON to a URL, in the form of Great Expectations' action `api`.
 *
 * @param url - http or https.
 * @param timeoutMs - How long an answer may take, in milliseconds. Default 10,000.
 * @throws (when run) `check/failed-post` when there is no answer, or one that is not 2xx
 */
export const postResult = (url: string, timeoutMs = 10_000): Action => ({
  name: `post to ${url}`,
  run: (result) =>
    post(
      url,
      Object.values(result.run_results).map((one) => ({
        test_suite_name: one.suite_name,
        data_asset_name: one.meta["batch_id"] ?? null,
        validation_results: one.results,
      })),
      timeoutMs,
    ),
});

async function post(url: string, body: unknown, timeoutMs: number): Promise<void> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.arrayBuffer();
    if (!answer.ok) fail("check/failed-post", { url, reason: `it answered ${answer.status}` });
  } catch (cause) {
    if (isMillraceError(cause)) throw cause;
    const { cause: deeper, message } = cause as Error;
    const reason = deeper instanceof Error ? deeper.message : message;
    fail("check/failed-post", { url, reason }, { cause });
  }
}

/** A function that runs the actions of one type, for those that only Great Expectations knows. */
export type ActionHandler = (result: CheckpointResult, action: ActionJson) => Promise<void> | void;

/**
 * The action that a checkpoint's JSON describes: `api` posts the results, `slack` a line of text to
 * its webhook; any other type needs a handler.
 *
 * @returns Undefined when nobody here can run it.
 */
export function actionOf(
  action: ActionJson,
  handlers: Readonly<Record<string, ActionHandler>>,
): Action | undefined {
  const handler = Object.hasOwn(handlers, action.type) ? handlers[action.type] : undefined;
  if (handler !== undefined)
    return callWithResult(action.name, (result) => handler(result, action));
  const { url, slack_webhook: hook } = action;
  if (action.type === "api" && typeof url === "string") return postResult(url);
  if (action.type !== "slack" || typeof hook !== "string") return undefined;
  return {
    name: action.name,
    run: async (result) => {
      if (!isWanted(action, result)) return;
      const { statistics } = describeCheckpoint(result);
      const { successful_validations: good, evaluated_validations: all } = statistics;
      const verdict = result.success ? "succeeded" : "failed";
      const text = `Checkpoint ${result.checkpoint_config.name} ${verdict}: ${good} of ${all} validations succeeded`;
      await post(hook, { text }, 10_000);
    },
  };
}

/** Whether an action wants to hear of this result: `notify_on` is a verdict, or a severity. */
function isWanted({ notify_on = "all" }: ActionJson, result: CheckpointResult): boolean {
  if (notify_on === "all") return true;
  if (notify_on === "success") return result.success;
  return !result.success && (notify_on === "failure" || notify_on === gravest(result));
}
