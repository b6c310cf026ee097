/** @file The tracking store: experiments and runs in records, with everything that MLflow's protocol asks of them. */
import { checkNames, randomIds, systemClock } from "../../core/index.ts";
import type { Page } from "../../store/index.ts";
import { defaultExperiment } from "../experiments.ts";
import { type LoggedModels, loggedModelsOf } from "../logged-models/logged-models.ts";
import {
  binExperiment,
  createExperiment,
  deleteExperimentTag,
  getExperiment,
  getExperimentByName,
  type NewExperiment,
  renameExperiment,
  setExperimentTag,
} from "./experiments.ts";
import {
  metricHistories,
  metricHistory,
  type RunMetric,
  type SampledSteps,
  sampledHistories,
} from "./history.ts";
import { type DatasetSummary, datasetSummaries, logInputs, logOutputs } from "./inputs.ts";
import { changeTag, deleteTag, type LogBatch, logBatch } from "./log.ts";
import type { TrackingPlace, TrackingStoreOptions } from "./place.ts";
import type {
  KeyText,
  StoredDataset,
  StoredExperiment,
  StoredMetric,
  StoredModelLink,
  StoredRun,
  StoredRunInfo,
} from "./records.ts";
import { binRun, createRun, getRun, type NewRun, type RunChange, updateRun } from "./runs.ts";
import { type ExperimentSearch, searchExperiments } from "./search-experiments.ts";
import { type RunSearch, searchRuns } from "./search-runs.ts";

/** Experiments and runs as MLflow's protocol speaks of them. What a promise has resolved for is on the disk. */
export interface TrackingStore {
  createExperiment(made: NewExperiment): Promise<string>;
  experiment(id: string): Promise<StoredExperiment>;
  experimentByName(name: string): Promise<StoredExperiment | undefined>;
  searchExperiments(search: ExperimentSearch): Promise<Page<StoredExperiment>>;
  renameExperiment(id: string, name: string): Promise<void>;
  /** Into the bin with its runs. */
  deleteExperiment(id: string): Promise<void>;
  restoreExperiment(id: string): Promise<void>;
  setExperimentTag(id: string, tag: KeyText): Promise<void>;
  deleteExperimentTag(id: string, key: string): Promise<void>;
  createRun(made: NewRun): Promise<StoredRun>;
  run(id: string): Promise<StoredRun>;
  searchRuns(search: RunSearch): Promise<Page<StoredRun>>;
  /** What is known of the run then. */
  updateRun(id: string, change: RunChange): Promise<StoredRunInfo>;
  deleteRun(id: string): Promise<void>;
  restoreRun(id: string): Promise<void>;
  /** Metrics, params and tags in one transaction. */
  log(id: string, batch: LogBatch): Promise<void>;
  /** Sets a tag to what comes of its value, undefined where there is none, in one transaction. */
  changeTag(id: string, key: string, change: (before: string | undefined) => string): Promise<void>;
  deleteTag(id: string, key: string): Promise<void>;
  logInputs(
    id: string,
    inputs: {
      readonly datasets?: readonly StoredDataset[] | undefined;
      readonly models?: readonly StoredModelLink[] | undefined;
    },
  ): Promise<void>;
  logOutputs(id: string, models: readonly StoredModelLink[]): Promise<void>;
  datasets(experimentIds: readonly string[]): Promise<readonly DatasetSummary[]>;
  history(
    run: { readonly id: string; readonly key: string },
    page?: { readonly maxResults?: number | undefined; readonly pageToken?: string | undefined },
  ): Promise<Page<StoredMetric>>;
  histories(
    runs: { readonly ids: readonly string[]; readonly key: string },
    maxResults: number,
  ): Promise<readonly RunMetric[]>;
  sampledHistories(steps: SampledSteps): Promise<readonly RunMetric[]>;
  readonly loggedModels: LoggedModels;
}

/**
 * Opens the tracking store over records, and makes the experiment "Default" where it is not there. It
 * holds nothing itself: close the records.
 *
 * @throws `option/unknown-name`. Its methods throw `run/missing-…` for what is not there,
 * `run/conflict-…` for what may not be done, and `run/corrupt-…` for filters, orders and page tokens.
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * const store = await openTrackingStore({ records, artifactRoot: "file:///data" });
 * const { info } = await store.createRun({ experimentId: "0", name: "first" });
 * await store.log(info.id, { metrics: [{ key: "auc", value: 0.84, step: 0, atMs: 0 }] });
 * const found = await store.searchRuns({ experimentIds: ["0"], filter: "metrics.auc > 0.8", maxResults: 10 });
 * found.items.map((run) => run.info.name) // => ["first"]
 * ```
 * @see Peer: MLflow's tracking store.
 */
export async function openTrackingStore(options: TrackingStoreOptions): Promise<TrackingStore> {
  checkNames("openTrackingStore", options, [...known]);
  const place: TrackingPlace = {
    ...{ artifactPrefix: "artifacts", clock: systemClock, ids: randomIds },
    ...options,
  };
  await ensureDefault(place);
  return {
    createExperiment: (made) => createExperiment(place, made),
    experiment: (id) => getExperiment(place, id),
    experimentByName: (name) => getExperimentByName(place, name),
    searchExperiments: (search) => searchExperiments(place, search),
    renameExperiment: (id, name) => renameExperiment(place, id, name),
    deleteExperiment: (id) => binExperiment(place, id, true),
    restoreExperiment: (id) => binExperiment(place, id, false),
    setExperimentTag: (id, tag) => setExperimentTag(place, id, tag),
    deleteExperimentTag: (id, key) => deleteExperimentTag(place, id, key),
    createRun: (made) => createRun(place, made),
    run: (id) => getRun(place, id),
    searchRuns: (search) => searchRuns(place, search),
    updateRun: (id, change) => updateRun(place, id, change),
    deleteRun: (id) => binRun(place, id, true),
    restoreRun: (id) => binRun(place, id, false),
    log: (id, batch) => logBatch(place, id, batch),
    changeTag: (id, key, change) => changeTag(place, { id, key }, change),
    deleteTag: (id, key) => deleteTag(place, id, key),
    logInputs: (id, inputs) => logInputs(place, id, inputs),
    logOutputs: (id, models) => logOutputs(place, id, models),
    datasets: (experimentIds) => datasetSummaries(place, experimentIds),
    history: (run, page) => metricHistory(place, run, page),
    histories: (runs, maxResults) => metricHistories(place, runs, maxResults),
    sampledHistories: (steps) => sampledHistories(place, steps),
    loggedModels: loggedModelsOf(place),
  };
}

const known = ["records", "artifactRoot", "artifactPrefix", "clock", "ids"] as const;

async function ensureDefault({ records, clock }: TrackingPlace): Promise<void> {
  const now = clock();
  await records.write((db) =>
    db
      .insertInto("experiment")
      .values({
        id: "0",
        name: defaultExperiment,
        created_at_ms: now,
        updated_at_ms: now,
        deleted_at_ms: null,
      })
      .onConflict((on) => on.doNothing())
      .execute(),
  );
}
