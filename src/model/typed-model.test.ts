import { describe, expect, test } from "vitest";
import { hashOf } from "../core/index.ts";
import { features, standardize } from "../feature/index.ts";
import type { Cells, Model } from "../flow.ts";
import { bool, int, schema, text } from "../table/index.ts";
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

  test("gives a stored model that looks features up the type of its requests", () => {
    const who = schema("who", { id: text() });
    const found = { row: { age: 20 }, warnings: [] };
    const lookups = {
      request: { id: { kind: "text", nullable: false } },
      tables: [],
      state: null,
      complete: async (requests: readonly unknown[]) => requests.map(() => found),
    } as const;
    const model = typedModel({ ...stored("age"), lookups }, { ...how, request: who });
    const nowhere = { read: async () => [], state: async () => undefined };
    // @ts-expect-error requests hold the key, not the features
    const wrong = () => model.lookups.complete([{ age: 20 }], nowhere, 0);
    const right = () => model.lookups.complete([{ id: "a" }], nowhere, 0);
    expect([wrong, right]).toHaveLength(2);
    expect(Object.keys(model.lookups.request)).toEqual(["id"]);
    const other = schema("who", { id: int() });
    expect(() => typedModel({ ...stored("age"), lookups }, { ...how, request: other })).toThrow(
      expect.objectContaining({ code: "model/mismatch-request" }),
    );
    expect(() => typedModel(stored("age"), { ...how, request: who })).toThrow(
      'the stored model carries no lookups; expected requests of "id"',
    );
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
