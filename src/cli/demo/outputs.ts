/** @file What the demo's steps hand on, as JSON. */
import type { DriftLevel } from "../../flow.ts";
import type { Landed } from "./land.ts";
import type { Scores, Trained } from "./train.ts";

type Plain<T> = { readonly [K in keyof T]: T[K] };

export type LandReport = Plain<Landed>;
export type BronzeReport = { readonly rows: number; readonly added: number };
export type SilverReport = {
  readonly rows: number;
  readonly rowsRead: number;
  readonly rescued: number;
  readonly expectations: number;
  readonly steps: readonly {
    readonly step: string;
    readonly rowsIn: number;
    readonly rowsOut: number;
    readonly cellsChanged: number;
  }[];
};
export type TrainingReport = {
  readonly version: number;
  readonly rows: number;
  readonly fromLog: number;
};
export type TrainReport = {
  readonly holdout: `sha256:${string}`;
  readonly testRows: number;
  readonly models: readonly Plain<Trained>[];
};
export type ChampionReport = {
  readonly outcome: string;
  readonly reason: string;
  readonly version: number;
  readonly modelHash: string;
  readonly candidate: string;
  /** The champion's scores on the hold-out. */
  readonly metrics: Scores;
};
export type MonitorSummary = {
  readonly before: { readonly severe: readonly string[]; readonly moderate: readonly string[] };
  readonly drift: readonly {
    readonly column: string;
    readonly psi: number;
    readonly level: DriftLevel;
    readonly noise: number;
  }[];
  readonly severe: readonly string[];
  readonly moderate: readonly string[];
  readonly prediction: number | null;
  readonly hours: readonly {
    readonly hourMs: number;
    readonly labelled: number;
    readonly accuracy: number | null;
  }[];
  readonly labelled: number;
  readonly retrain: { readonly due: boolean; readonly reasons: readonly string[] };
};
