import { describe, expect, test } from "vitest";
import { seededIds, steppingClock } from "../core/index.ts";
import type { Answered, Cells, Prediction, Signature } from "../flow.ts";
import { type EndpointOptions, endpoint } from "./endpoint.ts";
import { fail } from "./errors.ts";
import type { AnswerLog } from "./inference-log.ts";

const signature: Signature = {
  inputs: {
    tenure: { kind: "int", nullable: false },
    contract: { kind: "category", nullable: true, levels: ["month", "year"] },
  },
  output: { name: "churn", kind: "bool" },
};
const answerTo = (row: Cells): Prediction => {
  const probability = 1 / (1 + Number(row["tenure"]));
  return { value: probability > 0.5, probability };
};
/** A log in memory. */
function memoryLog(): AnswerLog & { readonly kept: Answered[] } {
  const kept: Answered[] = [];
  return { signature, kept, append: async (answers) => void kept.push(...answers) };
}
function churn(change: Partial<EndpointOptions> = {}) {
  const log = memoryLog();
  const model = { signature, predictAll: (rows: readonly Cells[]) => rows.map(answerTo) };
  const clock = steppingClock(1000, 5);
  const ids = seededIds(1);
  const made = endpoint({ name: "churn", model, version: 3, log, clock, ids, ...change });
  return { made, log };
}

describe("endpoint", () => {
  test("keeps an answer in the log before it gives it", async () => {
    const { made, log } = churn();
    const [answer] = await made.answer([{ tenure: 3 }], { requestId: "r-1" });
    expect(answer).toEqual({
      requestId: "r-1",
      atMs: 1005,
      endpoint: "churn",
      version: 3,
      input: { tenure: 3, contract: null },
      prediction: { value: false, probability: 0.25 },
      warnings: [],
    });
    expect(log.kept).toEqual([answer]);
  });

  test("gives no answer that the log did not keep", async () => {
    const log: AnswerLog = {
      signature,
      append: async () => fail("serve/failed-journal", { reason: "disk full" }),
    };
    const { made } = churn({ log });
    await expect(made.answer([{ tenure: 3 }])).rejects.toMatchObject({
      code: "serve/failed-journal",
      kind: "environment",
    });
    expect(made.stats()).toMatchObject({ requests: 1, failures: 1, rows: 0 });
  });

  test("numbers the rows of one request", async () => {
    const { made } = churn();
    const answers = await made.answer([{ tenure: 1 }, { tenure: 2 }], { requestId: "a" });
    expect(answers.map(({ requestId }) => requestId)).toEqual(["a/0", "a/1"]);
    const [own] = await made.answer([{ tenure: 1 }]);
    expect(own?.requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(await made.answer([])).toEqual([]);
  });

  test("serves an unknown category with a warning, unless the model refuses it", async () => {
    const row = { tenure: 3, contract: "decade" };
    const [answer] = await churn().made.answer([row]);
    expect(answer?.warnings).toEqual([expect.stringContaining('unknown category "decade"')]);
    const model = {
      signature,
      predictAll: () => fail("serve/mismatch-request-id", { at: "feature", got: "decade" }),
    };
    await expect(churn({ model }).made.answer([row])).rejects.toMatchObject({ kind: "caller" });
  });

  test("answers all rows or none", async () => {
    const { made, log } = churn();
    await expect(made.answer([{ tenure: 1 }, { tenure: "2" }])).rejects.toMatchObject({
      code: "serve/mismatch-request",
      details: { problems: [{ row: 1, field: "tenure" }] },
    });
    expect(log.kept).toEqual([]);
  });

  test.each([
    ["", 0],
    ["a b", 1],
    ["é", 2],
    ["x".repeat(129), 3],
  ])("refuses the request id %j", async (requestId) => {
    await expect(churn().made.answer([{ tenure: 1 }], { requestId })).rejects.toMatchObject({
      code: "serve/mismatch-request-id",
    });
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["gives too few answers", () => []],
    ["gives NaN", () => [{ value: true, probability: Number.NaN }]],
  ])("blames a model that %s", async (_, predictAll: () => readonly Prediction[]) => {
    const { made, log } = churn({ model: { signature, predictAll } });
    await expect(made.answer([{ tenure: 1 }])).rejects.toMatchObject({
      code: "serve/failed-prediction",
      kind: "internal",
    });
    expect(log.kept).toEqual([]);
  });

  test("refuses a log of another signature", () => {
    const other: Signature = { inputs: {}, output: signature.output };
    const log: AnswerLog = { signature: other, append: async () => undefined };
    expect(() => churn({ log })).toThrow(expect.objectContaining({ code: "serve/mismatch-log" }));
  });
});
