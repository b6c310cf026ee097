/** @file The result of a checkpoint in the JSON of Great Expectations 1.x. */
import type { Json } from "../../flow.ts";
import type { SuiteResult } from "../result.ts";
import { type Checkpoint, checkpointJson } from "./definition.ts";

/** What a checkpoint found. */
export interface CheckpointResult {
  readonly run_id: { readonly run_name: string | null; readonly run_time: string };
  /** The result of each validation, by its place among the results. */
  readonly run_results: Readonly<Record<string, SuiteResult>>;
  readonly checkpoint_config: Checkpoint;
  /** Whether every expectation of every validation succeeded. */
  readonly success: boolean;
  /** Actions of the checkpoint that nobody here can run; give a handler for them. */
  readonly skipped: readonly string[];
}

/** The counts and verdicts of a checkpoint, as `CheckpointResult.describe` of Great Expectations gives them. */
export interface CheckpointDescription {
  readonly success: boolean;
  readonly statistics: {
    readonly evaluated_validations: number;
    readonly success_percent: number | null;
    readonly successful_validations: number;
    readonly unsuccessful_validations: number;
  };
  readonly validation_results: readonly {
    readonly success: boolean;
    readonly statistics: SuiteResult["statistics"];
    readonly expectations: readonly { readonly [key: string]: unknown }[];
  }[];
}

/** What a checkpoint found, for a reader. */
export function describeCheckpoint(result: CheckpointResult): CheckpointDescription {
  const found = Object.values(result.run_results);
  const successful = found.filter(({ success }) => success).length;
  return {
    success: result.success,
    statistics: {
      evaluated_validations: found.length,
      success_percent: found.length === 0 ? null : (successful / found.length) * 100,
      successful_validations: successful,
      unsuccessful_validations: found.length - successful,
    },
    validation_results: found.map(({ success, statistics, results }) => ({
      success,
      statistics,
      expectations: results.map((one) => ({
        expectation_type: one.expectation_config["type"],
        success: one.success,
        kwargs: one.expectation_config["kwargs"],
        result: one.result,
        ...(one.exception_info.raised_exception ? { exception_info: one.exception_info } : {}),
      })),
    })),
  };
}

/** The whole result as JSON, as Great Expectations writes it. */
export function resultJson(result: CheckpointResult): { readonly [key: string]: Json } {
  const plain = { ...result, checkpoint_config: checkpointJson(result.checkpoint_config) };
  const { skipped: _, ...written } = JSON.parse(JSON.stringify(plain)) as {
    readonly [key: string]: Json;
  };
  return written;
}
