/** @file The champion rule in action: score on one hold-out, decide, register and move the alias. */
import { callUser, checkNames, isMillraceError } from "../core/index.ts";
import type { Hash, ServedModel, Version } from "../flow.ts";
import { type ChampionDecision, decideChampion, gateFailures, metricOf } from "./champion.ts";
import { fail } from "./errors.ts";
import type { LoadedVersion, Registry } from "./registry.ts";

/** Metrics by name. */
type Metrics = Readonly<Record<string, number>>;

/** A model that would be champion, and the run it came from. */
export interface Candidate {
  readonly model: ServedModel;
  readonly runId: string;
  /** Tags for its version, besides `algorithm` and `promotion_reason`. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Options of {@link promote}. For all metrics, more is better. */
export interface PromoteOptions {
  /** The simplest first: of equals, the earlier one is taken. */
  readonly candidates: readonly Candidate[];
  /** The least value of each metric with which a candidate may be used at all. */
  readonly gate: Metrics;
  /** The metric by which models are compared. */
  readonly metric: string;
  /** By how much a candidate must beat the champion, ≥ 0. Default 0. */
  readonly margin?: number;
  /** The fingerprint of the rows that `score` measures on. */
  readonly holdout: Hash;
  /** Measures a model on the hold-out; called for every candidate and for the champion. */
  readonly score: (model: ServedModel) => Metrics | Promise<Metrics>;
  /** Default "champion". */
  readonly alias?: string;
  /** Who asks; for the audit log. Default "unknown". */
  readonly actor?: string;
}

/** What was decided, and what every model scored. */
export interface Promotion extends ChampionDecision {
  /** The champion after the decision; null when there is none. */
  readonly version: Version | null;
  /** The index of the best candidate. */
  readonly best: number;
  /** The metrics of each candidate, in their order. */
  readonly scores: readonly Metrics[];
  /** The champion before the decision, and its metrics on the same rows; null when none was. */
  readonly champion: { readonly version: Version; readonly metrics: Metrics } | null;
}

/**
 * Picks the candidate with the best metric (of equals the earlier one), scores the champion on the
 * same hold-out, decides by {@link decideChampion}, and registers a winner and moves the alias in
 * one transaction, with the audit rows. A champion that cannot be loaded is an error and never
 * "no champion yet". Scores each candidate once and the champion once.
 *
 * @param registry - Where the champion is.
 * @param name - The model's name in the registry.
 * @param options - Candidates and the rule; see {@link PromoteOptions}.
 * @throws `registry/missing-candidate`, `registry/missing-metric`, `user/failed` from `score`,
 * whatever loading the champion throws, and `registry/conflict-alias` when another promotion came
 * first: nothing is registered then.
 * @example
 * ```ts
 * const output = { name: "late", kind: "bool" } as const;
 * const signature = { inputs: { days: { kind: "int", nullable: false } }, output } as const;
 * const predict = (row: Cells) => ({ value: Number(row.days) > 3, probability: 1 });
 * const model: Model = {
 *   kind: "rule", signature, hash: hashOf("days > 3"), importances: [], predict,
 *   predictAll: (rows) => rows.map(predict), files: () => ({}),
 * };
 * await using records = await openRecords(":memory:");
 * const registry = openRegistry({ records, bytes: memoryBytes(), loadModel: () => model });
 * const rule = { gate: { auc: 0.7 }, metric: "auc", holdout: hashOf("rows"), score: () => ({ auc: 0.8 }) };
 * const candidates = [{ model, runId: "by hand" }];
 * (await promote(registry, "late", { ...rule, candidates })).outcome // => "first"
 * (await promote(registry, "late", { ...rule, candidates })).outcome // => "kept"
 * ```
 */
export async function promote(
  registry: Registry,
  name: string,
  options: PromoteOptions,
): Promise<Promotion> {
  checkNames("promote", options, known);
  const { candidates, alias = "champion", holdout } = options;
  const scores = await scoreAll(options);
  const best = bestOf(scores, options);
  const candidate = candidates[best] ?? fail("registry/missing-candidate", { name });
  const metrics = scores[best] ?? {};
  const current = await loadChampion(registry, name, alias);
  const champion = current === null ? null : await scored(options, current);
  const decision = decideChampion({
    ...options,
    candidate: { metrics, holdout },
    ...(champion !== null && {
      champion: { version: champion.version.number, metrics: champion.metrics, holdout },
    }),
  });
  const rest = { ...decision, best, scores, champion };
  if (decision.outcome === "kept" || decision.outcome === "failed-gate")
    return { ...rest, version: champion?.version ?? null };
  const { model, runId, tags } = candidate;
  const version = await registry.register(name, {
    ...{ model, runId, metrics, reason: decision.reason },
    ...(options.actor !== undefined && { actor: options.actor }),
    tags: { ...tags, algorithm: model.kind, promotion_reason: decision.reason },
    alias: { name: alias, replaces: champion?.version.number ?? null },
  });
  return { ...rest, version };
}

const known = ["candidates", "gate", "metric", "margin", "holdout", "score", "alias", "actor"];

async function scoreAll({ candidates, score }: PromoteOptions): Promise<readonly Metrics[]> {
  const scores: Metrics[] = [];
  for (const [i, { model }] of candidates.entries())
    scores.push(await callUser(`scoring candidate ${i + 1} (${model.kind})`, () => score(model)));
  return scores;
}

async function scored({ score }: PromoteOptions, { version, model }: LoadedVersion) {
  const what = `scoring the champion (version ${version.number})`;
  return { version, metrics: await callUser(what, () => score(model)) };
}

/**
 * The index of the best score among those that pass the gate, or among all when none does; of
 * equals the first. NaN is worse than every number.
 */
function bestOf(scores: readonly Metrics[], { metric, gate }: PromoteOptions): number {
  const passes = scores.map((scored) => gateFailures(gate, scored).length === 0);
  const values = scores.map((scored, i) => metricOf(`candidate ${i + 1}`, scored, metric));
  const comparable = values.map((value, i) =>
    Number.isNaN(value) || (passes.includes(true) && passes[i] === false) ? -Infinity : value,
  );
  return comparable.indexOf(Math.max(...comparable));
}

/** The champion, or null when no model or no alias of this name is there; nothing else is null. */
async function loadChampion(
  registry: Registry,
  name: string,
  alias: string,
): Promise<LoadedVersion | null> {
  try {
    return await registry.load(name, alias);
  } catch (error) {
    const absent = ["registry/missing-model", "registry/missing-alias"];
    if (absent.some((code) => isMillraceError(error, code))) return null;
    throw error;
  }
}
