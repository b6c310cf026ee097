/** @file Tests of what a log keeps of answers of each kind. */
import { describe, expect, test } from "vitest";
import type { Answered, Prediction, Signature } from "../flow.ts";
import { answerCells, logColumns } from "./log-columns.ts";

const inputs = { tenure: { kind: "int", nullable: false } } as const;
const answered = (prediction: Prediction): Answered => ({
  requestId: "a",
  atMs: 0,
  endpoint: "e",
  version: 1,
  input: { tenure: 3 },
  prediction,
  warnings: [],
});
const kept = (output: Signature["output"], prediction: Prediction) => {
  const columns = logColumns("test", { inputs, output });
  const cells = answerCells("test", columns, answered(prediction));
  const row = Object.fromEntries(Object.keys(columns).map((name, i) => [name, cells[i]]));
  return Object.fromEntries(Object.entries(row).slice(5));
};

describe("answerCells", () => {
  test("keeps a truth value with its probability", () => {
    expect(kept({ name: "churn", kind: "bool" }, { value: true, probability: 0.75 })).toEqual({
      prediction: true,
      probability: 0.75,
      warnings: "[]",
    });
  });

  test("keeps a class with the probability of each", () => {
    const probabilities = { a: 0.25, b: 0.75 };
    const output = { name: "kind", kind: "category", levels: ["a", "b"] } as const;
    expect(kept(output, { value: "b", probability: 0.75, probabilities })).toEqual({
      prediction: "b",
      probability: 0.75,
      probabilities: '{"a":0.25,"b":0.75}',
      warnings: "[]",
    });
  });

  test("keeps a number without a probability", () => {
    const output = { name: "price", kind: "float" } as const;
    expect(kept(output, { value: 2.5, probability: null })).toEqual({
      prediction: 2.5,
      probability: null,
      warnings: "[]",
    });
  });
});
