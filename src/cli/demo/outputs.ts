/** @file What the demo's steps hand on, as JSON. */
import type { DriftLevel, Json } from "../../flow.ts";
import type { Landed } from "./land.ts";
import type { TrafficReport } from "./traffic.ts";
import type { StoredScores, Trained } from "./train.ts";

type Plain<T> = { readonly [K in keyof T]: T[K] };

export type LandReport = Plain<Landed>;
export type BronzeReport = { readonly rows: number; readonly added: number };
export type SilverReport = {
  readonly rows: number;
  readonly rowsRead: number;
  readonly rescued: number;
  /** Rows that the recipe rejected, in the quarantine. */
  readonly rejected: number;
  readonly expectations: number;
  readonly steps: readonly StepCounts[];
};
export type StepCounts = {
  readonly step: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly cellsChanged: number;
};
/** What the classic recipe made of the same rows. */
export type ClassicReport = { readonly rows: number; readonly steps: readonly StepCounts[] };
/** The version of the feature table, and the customers that it took. */
export type FeaturesReport = { readonly version: number; readonly rows: number };
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
  readonly metrics: StoredScores;
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
export type LabelReport = { readonly labels: number };

/** What each step of the demo hands on. */
export interface StepOutputs {
  readonly land: LandReport;
  readonly bronze: BronzeReport;
  readonly silver: SilverReport;
  readonly "silver-classic": ClassicReport;
  readonly features: FeaturesReport;
  readonly "training-set": TrainingReport;
  readonly train: TrainReport;
  readonly register: ChampionReport;
  readonly serve: TrafficReport;
  readonly labels: LabelReport;
  readonly monitor: MonitorSummary;
}

/** A step's stored output, read as what that step wrote: its version is raised when that changes. */
export function outputOf<K extends keyof StepOutputs>(
  step: K,
  output: (step: string) => Json | undefined,
): StepOutputs[K] {
  return output(step) as unknown as StepOutputs[K];
}

const n = (value: number): string => value.toLocaleString("en-US");

const sentences: { readonly [K in keyof StepOutputs]: (output: StepOutputs[K]) => string } = {
  land: ({ file, rows }) => `${file}: ${n(rows)} rows`,
  bronze: ({ rows, added }) => `${n(rows)} rows, ${n(added)} of them new`,
  silver: ({ rows, rejected, expectations }) =>
    `${n(rows)} customers; ${expectations} expectations hold${rejected === 0 ? "" : `; ${n(rejected)} rows in quarantine`}`,
  "silver-classic": ({ rows }) => `${n(rows)} customers are left`,
  features: ({ rows }) => `${n(rows)} customers in the feature table`,
  "training-set": ({ rows, fromLog }) => `${n(rows)} rows, ${n(fromLog)} of them answered requests`,
  train: ({ models, testRows }) =>
    `${models.length} models on the same rows, judged on ${n(testRows)} others`,
  register: ({ version, candidate, outcome }) =>
    outcome === "kept"
      ? `version ${version} stays`
      : `version ${version}: ${candidate} (${outcome})`,
  serve: ({ sent, failed, p50 }) =>
    `${n(sent)} requests, ${n(failed)} failed; half within ${p50.toFixed(1)} ms`,
  labels: ({ labels }) => `the truth of ${n(labels)} answers`,
  monitor: ({ severe, retrain }) =>
    `${severe.length} features drifted severely${retrain.due ? "; a retrain is due" : ""}`,
};

/** A line about what a step did. */
export function describeOutput(step: string, output: Json): string {
  if (!(step in sentences)) return "";
  const known = step as keyof StepOutputs;
  const say = sentences[known] as (output: StepOutputs[keyof StepOutputs]) => string;
  return say(outputOf(known, () => output));
}
