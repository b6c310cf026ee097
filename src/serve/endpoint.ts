/** @file An endpoint: a version of a model under a name, whose answers are logged before they are given. */
import { type Clock, type Ids, isMillraceError, randomIds, systemClock } from "../core/index.ts";
import type {
  Answered,
  Cells,
  Completed,
  OnlineReader,
  Prediction,
  ServedModel,
  Signature,
} from "../flow.ts";
import { checkRows, rowChecker } from "./check-row.ts";
import { fail } from "./errors.ts";
import type { AnswerLog } from "./inference-log.ts";
import { checkRequestId, rowIds } from "./request-id.ts";
import { type EndpointStats, requestStats } from "./request-stats.ts";

/** A model that answers. */
export interface Endpoint {
  readonly name: string;
  /** The version of the model that answers. */
  readonly version: number;
  /** What a request holds, and what is answered: keys in place of features where the model looks them up. */
  readonly signature: Signature;
  /**
   * Answers rows as they came from outside, all or none. The answers are in the log's journal
   * before they are given.
   *
   * @throws `serve/mismatch-request`, `serve/mismatch-request-id`, `serve/failed-prediction`,
   * `serve/failed-journal`, and what the model's features refuse
   */
  answer(
    rows: readonly unknown[],
    options?: { readonly requestId?: string },
  ): Promise<readonly Answered[]>;
  stats(): EndpointStats;
}

/** What an endpoint is made of. */
export interface EndpointOptions {
  readonly name: string;
  readonly model: Pick<ServedModel, "signature" | "predictAll" | "lookups">;
  /** The number of the model's version. */
  readonly version: number;
  readonly log: AnswerLog;
  /** Where a model that carries lookups finds features by key. */
  readonly store?: OnlineReader;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Measures how long answers take, in milliseconds. Default `performance.now`. */
  readonly stopwatch?: Clock;
}

/**
 * Makes an endpoint. A request is checked against the model's signature, answered by the model,
 * kept in the log, and then given. A category that the model has not seen is served as unknown,
 * with a warning in the answer, unless the model's feature refuses it.
 *
 * @param options - The name, the model and its version, and the log.
 * @returns The endpoint; it holds nothing that needs closing.
 * @throws `serve/mismatch-log` when the log was opened for another signature, `serve/missing-store`
 * when the model looks features up and there is nothing to look them up in
 * @example
 * ```ts
 * const inputs = { tenure: { kind: "int", nullable: false } } as const;
 * const signature = { inputs, output: { name: "churn", kind: "bool" } } as const;
 * const predictAll = (rows: readonly unknown[]) =>
 *   rows.map(() => ({ value: true, probability: 0.75 }));
 * const log = { signature, append: async () => undefined }; // openInferenceLog keeps them
 * const churn = endpoint({ name: "churn", model: { signature, predictAll }, version: 1, log });
 * const [answer] = await churn.answer([{ tenure: 3 }]);
 * answer?.prediction // => { value: true, probability: 0.75 }
 * ```
 */
export function endpoint(options: EndpointOptions): Endpoint {
  const { name, model, version, log, clock = systemClock, ids = randomIds } = options;
  const { stopwatch = () => performance.now() } = options;
  const at = `endpoint ${name}`;
  const signature = requestSignature(model);
  checkLog(at, loggedSignature(model), log.signature);
  const check = rowChecker(signature);
  const complete = completer(at, options);
  const stats = requestStats(clock());

  const answer: Endpoint["answer"] = async (rows, { requestId } = {}) => {
    const id = checkRequestId(at, requestId ?? ids());
    const checked = checkRows(at, check, rows);
    const atMs = clock();
    const requests = checked.map(({ cells }) => cells);
    const whole = await complete(requests, atMs);
    const rowsIn = whole.map(({ row }) => row);
    const predictions = await predict(at, model, rowsIn);
    const rowId = rowIds(id, rows.length);
    const answers = checked.map(({ cells, warnings }, i): Answered => {
      const prediction = predictions[i] ?? noAnswer;
      const own = { requestId: rowId[i] ?? id, atMs, endpoint: name, version };
      const { row = {}, warnings: odd = [] } = whole[i] ?? {};
      return { ...own, input: { ...cells, ...row }, prediction, warnings: [...warnings, ...odd] };
    });
    await log.append(answers);
    return answers;
  };

  return {
    name,
    version,
    signature,
    answer: async (rows, how) => {
      const startedMs = stopwatch();
      try {
        const answers = await answer(rows, how);
        stats.answered(answers.length, stopwatch() - startedMs);
        return answers;
      } catch (error) {
        stats.failed();
        throw error;
      }
    },
    stats: stats.read,
  };
}

/** What requests of a model hold: its inputs, or, where it looks features up, keys in their place. */
function requestSignature({ signature, lookups }: EndpointOptions["model"]): Signature {
  return lookups === undefined ? signature : { ...signature, inputs: lookups.request };
}

/**
 * What the inference log of a model keeps of each answer: the request, and the features that were
 * found for it.
 *
 * @example
 * ```ts
 * const inputs = { tenure: { kind: "int", nullable: false } } as const;
 * const signature = { inputs, output: { name: "churn", kind: "bool" } } as const;
 * Object.keys(loggedSignature({ signature }).inputs) // => ["tenure"]
 * ```
 */
export function loggedSignature(model: Pick<ServedModel, "signature" | "lookups">): Signature {
  const { signature, lookups } = model;
  if (lookups === undefined) return signature;
  return { ...signature, inputs: { ...lookups.request, ...signature.inputs } };
}

/** Makes requests whole rows. Throws `serve/missing-store`. */
function completer(
  at: string,
  { model: { lookups }, store }: EndpointOptions,
): (
  requests: readonly Cells[],
  atMs: number,
) => Promise<readonly Completed[]> | readonly Completed[] {
  if (lookups === undefined)
    return (requests) => requests.map((row): Completed => ({ row, warnings: [] }));
  const tables = lookups.tables.map(({ table }) => table);
  if (store === undefined) return fail("serve/missing-store", { at, tables });
  return (requests, atMs) => lookups.complete(requests, store, atMs);
}

const noAnswer: Prediction = { value: null, probability: Number.NaN };

/** The model's refusals go through as they are; anything else that goes wrong is the model's fault. */
async function predict(
  at: string,
  model: EndpointOptions["model"],
  rows: readonly Cells[],
): Promise<readonly Prediction[]> {
  const refuse = (reason: string, cause?: unknown): never =>
    fail("serve/failed-prediction", { at, reason }, { cause });
  let predictions: readonly Prediction[];
  try {
    predictions = await model.predictAll(rows);
  } catch (error) {
    if (isMillraceError(error)) throw error;
    return refuse(error instanceof Error ? error.message : String(error), error);
  }
  if (predictions.length !== rows.length)
    return refuse(`it gave ${predictions.length} answers to ${rows.length} rows`);
  const odd = predictions.find((prediction) => !isAnswer(prediction));
  if (odd === undefined) return predictions;
  return odd.probability === null
    ? refuse(`it gave the value ${String(odd.value)}`)
    : refuse(`it gave the probability ${odd.probability}`);
}

/** A finite number, an array of them, or anything else with a probability. */
function isAnswer({ value, probability }: Prediction): boolean {
  if (probability === null) return Number.isFinite(value) || typeof value === "string";
  return probability >= 0 && probability <= 1;
}

function checkLog(at: string, model: Signature, log: Signature): void {
  const columns = ({ inputs, output, others = {} }: Signature): readonly string[] => [
    ...Object.entries(inputs).map(([name, spec]) => `${name}: ${spec.kind}`),
    `${output.name}: ${output.kind}`,
    ...Object.entries(others).map(([name, spec]) => `${name}: ${spec.kind}`),
  ];
  const expected = columns(model);
  const got = columns(log);
  if (expected.join() !== got.join()) fail("serve/mismatch-log", { at, expected, got });
}
