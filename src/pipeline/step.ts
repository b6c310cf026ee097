/** @file A step of a pipeline: a name, what it needs, and the work. */
import { checkNames, checkNumber } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { fail } from "./errors.ts";

/** What a step is given when it runs. */
export interface StepContext {
  readonly runId: string;
  /** What its `inputs` gave; null when it has none. */
  readonly inputs: Json;
  /** Counts from 1; above 1 when an earlier attempt failed. */
  readonly attempt: number;
  /** Aborted when the step's time is up or the run is cancelled; a step must then stop. */
  readonly signal: AbortSignal;
  /** The output of a step that this one needs. Throws `pipeline/unknown-step` for others. */
  output(step: string): Json;
}

/** How a step is described. */
export interface StepOptions {
  /** Unique in its pipeline. */
  readonly name: string;
  /** Raise it when the code of `run` changes what it gives. Default 1. */
  readonly version?: number;
  /** The names of the steps whose outputs it uses. */
  readonly needs?: readonly string[];
  /** What it depends on besides: options, the version of a table. Read before each run. */
  readonly inputs?: () => Promise<Json> | Json;
  /** How long one attempt may take, in milliseconds. Default: as long as it takes. */
  readonly timeoutMs?: number;
  /** How many more attempts a failure is given, 0 to 100. Default 0. */
  readonly retries?: number;
  /** The wait before the second attempt, in milliseconds, doubled each time, at most 60,000. Default 1000. */
  readonly backoffMs?: number;
  /**
   * The work. It must be idempotent: after a crash it runs again from its start. Its output is
   * stored as JSON and handed on, so put tables and models in their stores and give their names.
   */
  readonly run: (context: StepContext) => Promise<Json>;
}

/** A step with its options checked and its defaults filled in. */
export interface Step extends Omit<StepOptions, "inputs" | "timeoutMs"> {
  readonly version: number;
  readonly needs: readonly string[];
  readonly inputs: () => Promise<Json> | Json;
  readonly timeoutMs: number | null;
  readonly retries: number;
  readonly backoffMs: number;
}

const optionNames = [
  "name",
  "version",
  "needs",
  "inputs",
  "timeoutMs",
  "retries",
  "backoffMs",
  "run",
];
/** The longest time a timer takes. */
const mostMs = 2 ** 31 - 1;

/**
 * Describes a step. It is run when the hash of its name, version, inputs and of the outputs of the
 * steps it needs differs from that of its last success.
 *
 * @throws `pipeline/unsupported-name`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const clean = step({ name: "clean", needs: ["ingest"], run: async ({ output }) => output("ingest") });
 * clean.version // => 1
 * ```
 */
export function step(options: StepOptions): Step {
  const { name, version = 1, needs = [], inputs = () => null, timeoutMs = null } = options;
  const { retries = 0, backoffMs = 1000, run } = options;
  checkName("step", name);
  const at = `step ${JSON.stringify(name)}`;
  checkNames(at, options, optionNames);
  checkNumber(at, { version }, { min: 1, integer: true });
  checkNumber(at, { retries }, { min: 0, max: 100, integer: true });
  checkNumber(at, { backoffMs }, { min: 0, max: 60_000 });
  if (timeoutMs !== null) checkNumber(at, { timeoutMs }, { above: 0, max: mostMs });
  return { name, version, needs: [...new Set(needs)], inputs, timeoutMs, retries, backoffMs, run };
}

/** Refuses a name that is empty, longer than 100 characters, or not on one line. */
export function checkName(at: string, name: string): void {
  const fits = name.trim() !== "" && name.length <= 100 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name);
  if (!fits) fail("pipeline/unsupported-name", { at, name });
}
