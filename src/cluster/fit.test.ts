/** @file Tests of clusters and components of typed rows. */
import { describe, expect, onTestFinished, test } from "vitest";
import { frameOf } from "../../tests/support/frame-of.ts";
import { features, standardize } from "../feature/index.ts";
import { float, openEngine, schema } from "../table/index.ts";
import { loadClusters } from "./from-state.ts";
import { kMeans } from "./k-means.ts";

const people = schema("people", { age: float(), income: float() });
const rows = [
  { age: 20, income: 1000 },
  { age: 22, income: 1200 },
  { age: 60, income: 9000 },
  { age: 66, income: 9100 },
];
const definition = features(people, (c) => ({
  age: standardize(c.age),
  income: standardize(c.income),
}));
const code = (what: string) => expect.objectContaining({ code: what });

describe("fit", () => {
  test("gives a model that takes raw rows, with its features inside", async () => {
    const engine = await openEngine();
    onTestFinished(() => engine.close());
    const frame = frameOf(engine, people, rows);
    const model = await kMeans({ clusters: 2 }).fit(frame, { features: definition });
    expect(model.kind).toBe("kMeans");
    expect(model.signature.output).toEqual({ name: "cluster", kind: "int" });
    expect(model.assign({ age: 21, income: 1100 })).toBe(model.assign({ age: 19, income: 900 }));
    expect(model.assign({ age: 70, income: 9900 })).not.toBe(
      model.assign({ age: 19, income: 900 }),
    );
    expect(model.learned.warnings).toEqual([]);
  });

  test("writes the cluster of each row as one more column", async () => {
    const engine = await openEngine();
    onTestFinished(() => engine.close());
    const frame = frameOf(engine, people, rows);
    const model = await kMeans({ clusters: 2 }).fit(frame, { features: definition });
    const labelled = await model.withClusters(frame, "group");
    expect(labelled.map(({ group }) => group)).toEqual(model.assignAll(rows));
    expect(labelled.map(({ age, income }) => ({ age, income }))).toEqual(rows);
    await expect(model.withClusters(frame, "age")).rejects.toThrow(
      code("cluster/duplicate-column"),
    );
  });

  test("a model that was stored assigns the same and has the same hash", async () => {
    const engine = await openEngine();
    onTestFinished(() => engine.close());
    const frame = frameOf(engine, people, rows);
    const model = await kMeans({ clusters: 2 }).fit(frame, { features: definition });
    const read = loadClusters(model.files());
    expect(read.hash).toBe(model.hash);
    expect(read.assignAll(rows)).toEqual(model.assignAll(rows));
  });

  test("files that are damaged or newer are refused", async () => {
    const engine = await openEngine();
    onTestFinished(() => engine.close());
    const model = await kMeans({ clusters: 2 }).fit(frameOf(engine, people, rows), {
      features: definition,
    });
    const text = new TextDecoder().decode(model.files()["clusters.json"]);
    const read = (changed: string) => () =>
      loadClusters({ "clusters.json": new TextEncoder().encode(changed) });
    expect(() => loadClusters({})).toThrow(code("cluster/corrupt-files"));
    expect(read(text.slice(1))).toThrow(code("cluster/corrupt-files"));
    expect(read("7")).toThrow(code("cluster/corrupt-files"));
    expect(read("{}")).toThrow(code("cluster/corrupt-files"));
    expect(read(text.replace('"names":["age"', '"names":["old"'))).toThrow(
      code("cluster/corrupt-files"),
    );
    expect(read(text.replaceAll('"format":1', '"format":9'))).toThrow(
      code("cluster/unsupported-format"),
    );
  });
});
