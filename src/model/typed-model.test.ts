import { describe, expect, test } from "vitest";
import { hashOf } from "../core/index.ts";
import { features, standardize } from "../feature/index.ts";
import type { Cells, Model } from "../flow.ts";
import { bool, int, schema } from "../table/index.ts";
import { typedModel } from "./typed-model.ts";

const people = schema("people", { age: int(), income: int(), left: bool() });
const how = {
  features: features(people, (c) => ({ age: standardize(c.age) })),
  label: "left",
} as const;
const predict = ({ age }: Cells) => ({ value: Number(age) < 30, probability: 0.5 });
const stored = (column: string): Model => ({
  kind: "rule",
  signature: {
    inputs: { [column]: { kind: "int", nullable: false } },
    output: { name: "left", kind: "bool" },
  },
  hash: hashOf(column),
  importances: [],
  predict,
  predictAll: (rows) => rows.map(predict),
  files: () => ({}),
});

describe("typedModel", () => {
  test("gives a stored model the type of its features", () => {
    const model = typedModel(stored("age"), how);
    expect(model.predict({ age: 20 }).value).toBe(true);
    expect(model.predictAll([{ age: 40 }])[0]?.value).toBe(false);
  });

  test("refuses a stored model of other features", () => {
    expect(() => typedModel(stored("income"), how)).toThrow(
      'expected the columns "age" with their kinds and the label "left", got "income"',
    );
    expect(() => typedModel(stored("age"), { ...how, label: "stays" })).toThrow(
      expect.objectContaining({ code: "model/mismatch-signature" }),
    );
  });
});
