/** @file The demo's training: features fitted on the training rows, three models, each a tracked run. */
import { split, telcoSchema } from "../../dataset/index.ts";
import { features, missing, oneHot, standardize, withLookups } from "../../feature/index.ts";
import type { Hash, Json, ServedModel } from "../../flow.ts";
import { scoreBinary } from "../../metric/index.ts";
import { boost, loadModel, logistic, majority, typedModel } from "../../model/index.ts";
import { figuresOf, renderPng, renderSvg } from "../../plot/index.ts";
import type { Run } from "../../run/index.ts";
import { type Frame, quoteName } from "../../table/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { type ChurnSet, churnRequest } from "./customer-features.ts";

/** The columns of a customer: what models learn from and are asked with. */
export type CustomerColumns = typeof telcoSchema.columns;

/** The demo's features: one definition for training, serving and monitoring. */
export const churnFeatures = features(telcoSchema, (c) => ({
  tenure: standardize(c.tenure),
  tenure_missing: missing(c.tenure),
  monthly_charges: standardize(c.monthly_charges),
  total_charges: standardize(c.total_charges),
  total_missing: missing(c.total_charges),
  charge_per_month: standardize(c.total_charges.over(c.tenure.atLeast(1))),
  gender: oneHot(c.gender),
  senior_citizen: oneHot(c.senior_citizen, { missing: "own" }),
  partner: oneHot(c.partner, { missing: "own" }),
  dependents: oneHot(c.dependents, { missing: "own" }),
  phone_service: oneHot(c.phone_service),
  multiple_lines: oneHot(c.multiple_lines),
  internet_service: oneHot(c.internet_service),
  online_security: oneHot(c.online_security, { missing: "own" }),
  online_backup: oneHot(c.online_backup),
  device_protection: oneHot(c.device_protection),
  tech_support: oneHot(c.tech_support),
  streaming_tv: oneHot(c.streaming_tv),
  streaming_movies: oneHot(c.streaming_movies),
  contract: oneHot(c.contract),
  paperless_billing: oneHot(c.paperless_billing),
  payment_method: oneHot(c.payment_method, { missing: "own" }),
}));

const candidates = {
  baseline: majority(),
  logistic: logistic({ l2: 1 }),
  boost: boost({
    trees: 200,
    depth: 3,
    learningRate: 0.05,
    rowSample: 0.8,
    columnSample: 0.8,
    seed: 42,
  }),
};
export type CandidateName = keyof typeof candidates;
export const candidateNames = Object.keys(candidates) as readonly CandidateName[];

/** What every model of the demo learns from, and what it learns to tell. */
const how = { features: churnFeatures, label: "churn" } as const;

const fitOne = async (name: CandidateName, train: Frame<CustomerColumns>, set: ChurnSet) =>
  withLookups(await candidates[name].fit(train, how), set);

/** A stored model of the demo under the type that its features give it. */
export const churnModel = (model: ServedModel) =>
  typedModel(loadModel(model.files()), { ...how, request: churnRequest });
export type ChurnModel = ReturnType<typeof churnModel>;

/** Scores by the names under which runs keep them. */
export type Scores = Readonly<Record<string, number>>;

/** Scores as JSON holds them: one that is not a number is null. */
export type StoredScores = Readonly<Record<string, number | null>>;
export const storedScores = (scores: Scores): StoredScores =>
  Object.fromEntries(
    Object.entries(scores).map(([name, score]) => [name, Number.isNaN(score) ? null : score]),
  );

/** The rows of a training table on both sides of the split. */
export interface SplitRows {
  readonly train: Frame<CustomerColumns>;
  readonly test: Frame<CustomerColumns>;
  /** The fingerprint of the test rows. */
  readonly holdout: Hash;
}

/** Splits customers by their id, so that a customer never changes sides. */
export async function splitCustomers(rows: Frame<CustomerColumns>): Promise<SplitRows> {
  const { train, test, fingerprint } = await split(rows, {
    test: 0.2,
    by: "customer_id",
    seed: 42,
  });
  return { train, test, holdout: fingerprint };
}

/** Labels and a model's probabilities for the same rows. */
export interface JudgedRows {
  readonly y: Float64Array;
  readonly probability: Float64Array;
}

/** Asks a model about rows whose labels are known. */
export async function judgedRows(
  model: Pick<ChurnModel, "predictAll">,
  test: Frame<CustomerColumns>,
): Promise<JudgedRows> {
  const rows = await test.rows();
  const answers = model.predictAll(rows);
  return {
    y: Float64Array.from(rows, (row) => (row.churn ? 1 : 0)),
    probability: Float64Array.from(answers, (answer) => answer.probability),
  };
}

/** Scores a model on rows it has not seen. */
export async function scoreChurn(
  model: Pick<ChurnModel, "predictAll">,
  test: Frame<CustomerColumns>,
): Promise<Scores> {
  const { y, probability } = await judgedRows(model, test);
  return scoreBinary(y, probability);
}

/** A candidate that was trained, tracked and stored with its run. */
export interface Trained {
  readonly name: CandidateName;
  readonly runId: string;
  readonly modelHash: Hash;
  readonly metrics: StoredScores;
}

/**
 * Trains one candidate as a run: parameters, metrics, figures, and the model with its signature and
 * an input example.
 */
export async function trainCandidate(
  workspace: Workspace,
  rows: SplitRows,
  task: {
    readonly name: CandidateName;
    readonly params: Readonly<Record<string, Json>>;
    /** Where the model finds the features of a key. */
    readonly set: ChurnSet;
  },
): Promise<Trained> {
  const { name, params, set } = task;
  await using run = await workspace.tracking.startRun({ experiment: "churn", name });
  const options = candidates[name].options;
  await run.logParams({
    algorithm: candidates[name].name,
    ...textOf(options),
    ...textOf(params),
    holdout: rows.holdout,
  });
  const model = await fitOne(name, rows.train, set);
  const judged = await judgedRows(model, rows.test);
  const metrics = scoreBinary(judged.y, judged.probability);
  await run.logMetrics(metrics);
  await logFigures(run, model, judged);
  await run.logModel(model, { inputExample: await exampleRows(rows.train, model) });
  await run.end();
  return { name, runId: run.id, modelHash: model.hash, metrics: storedScores(metrics) };
}

const textOf = (
  values: Readonly<Record<string, Json>>,
): Readonly<Record<string, string | number | boolean>> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === "object" ? JSON.stringify(value) : value,
    ]),
  );

/** The first row as a request would send it. */
async function exampleRows(train: Frame<CustomerColumns>, model: ChurnModel) {
  const names = Object.keys(model.lookups.request);
  const sql = `SELECT ${names.map(quoteName).join(", ")} FROM (${train.sql}) LIMIT 1`;
  return train.engine.query(sql);
}

async function logFigures(
  run: Run,
  model: ChurnModel,
  { y, probability }: JudgedRows,
): Promise<void> {
  const rows = { task: { kind: "binary" } as const, y, predictions: probability };
  const { kind: name, importances } = model;
  const charts = figuresOf(rows, { name, classes: ["stayed", "left"], importances });
  for (const [name, spec] of Object.entries(charts)) {
    await run.logArtifact(`figures/${name}.svg`, Buffer.from(await renderSvg(spec)));
    await run.logArtifact(`figures/${name}.png`, await renderPng(spec));
  }
}
