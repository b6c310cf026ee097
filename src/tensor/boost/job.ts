/** @file One piece of work: everything a thread needs to take part, as plain data. */
import type { WasmMemory, WasmModule } from "../adapter/web-assembly.ts";
import type { Trees } from "../tree/trees.ts";
import type { Columns } from "./columns.ts";
import type { Layout } from "./layout.ts";
import type { MetricName, Objective } from "./objectives.ts";
import type { TreeOptions } from "./options.ts";

/** When to stop before all rounds are grown: rows that only judge, and how long they may not get better. */
export interface Stopping {
  readonly metric: MetricName;
  /** Rounds without progress after which no more are grown; 0: never stop, only report. */
  readonly patience: number;
  /** First rounds that are not judged. */
  readonly warmUp: number;
  /** What counts as progress, in the unit of the metric, or as a share of the best so far. */
  readonly minDelta: number;
  readonly relative: boolean;
}

/** What a thread needs; it can be posted to a worker. */
export interface BoostJob {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly layout: Layout;
  readonly columns: Columns;
  readonly options: TreeOptions;
  readonly objective: Objective;
  /** Outputs before the first tree, [k]. */
  readonly base: Float64Array;
  /** Of all rows; only there where the leader needs them: to judge, to renew leaves, to rank. */
  readonly truth?: Truth | undefined;
  readonly stopping?: Stopping | undefined;
  /** Sum of the weights of the rows that are learned from, and the largest. */
  readonly weightSum: number;
  readonly mostWeight: number;
}

/** What rows should be told, [n] each; weights are 1 and groups one where they are absent. */
export interface Truth {
  readonly y: Float64Array;
  readonly weights?: Float64Array | undefined;
  readonly groups?: Float64Array | undefined;
}

/** What was grown. */
export interface Grown {
  readonly trees: Trees;
  /** The metric of the judging rows after each round that was grown; empty where there are none. */
  readonly losses: Float64Array;
  /** Rounds that are kept: up to the best one. */
  readonly rounds: number;
}
