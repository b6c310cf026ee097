import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatJson, hashOf, hashOfJson, parseJson, steppingClock } from "../core/index.ts";
import type { Cells, LoadModel, Model, ModelFiles, ServedModel } from "../flow.ts";
import { type Bytes, memoryBytes, openRecords, type Records } from "../store/index.ts";
import { openRegistry, type PromoteOptions, promote, type Registry } from "./index.ts";

/** A rule: customers leave when they have been here for less than a limit, in months. */
function threshold(limit: number): Model {
  const predict = (row: Cells) => {
    const leaves = Number(row["tenure"]) < limit;
    return { value: leaves, probability: leaves ? 1 : 0 };
  };
  return {
    kind: "threshold",
    signature: {
      inputs: { tenure: { kind: "int", nullable: false } },
      output: { name: "churn", kind: "bool" },
    },
    hash: hashOfJson({ limit }),
    importances: [{ name: "tenure", share: 1 }],
    predict,
    predictAll: (rows) => rows.map(predict),
    files: () => ({
      "state.json": new TextEncoder().encode(formatJson({ limit })),
      "notes/readme.txt": new TextEncoder().encode("a rule"),
    }),
  };
}

const loadThreshold: LoadModel = (files: ModelFiles) => {
  const state = parseJson(new TextDecoder().decode(files["state.json"])) as { limit: number };
  return threshold(state.limit);
};

let records: Records;
let bytes: Bytes;
let registry: Registry;
beforeEach(async () => {
  records = await openRecords(":memory:");
  bytes = memoryBytes();
  const clock = steppingClock(1000, 10);
  registry = openRegistry({ records, bytes, loadModel: loadThreshold, clock });
});
afterEach(() => records.close());

const from = { runId: "run" };
const count = async (table: "model_version" | "registry_audit"): Promise<number> =>
  (await records.db.selectFrom(table).selectAll().execute()).length;

describe("register", () => {
  test("gives versions numbers from 1, with what was known of them", async () => {
    const metrics = { auc: 0.8, loss: Number.NaN };
    const tags = { algorithm: "threshold" };
    const first = await registry.register("churn", { model: threshold(3), ...from, metrics, tags });
    expect(first).toEqual({
      name: "churn",
      number: 1,
      runId: "run",
      modelHash: threshold(3).hash,
      createdAtMs: 1000,
      metrics,
      tags,
      aliases: [],
    });
    const second = await registry.register("churn", { model: threshold(3), ...from });
    expect(second.number).toBe(2);
    await registry.register("late", { model: threshold(1), ...from });
    expect(await registry.versions("churn")).toEqual([first, second]);
    expect(await registry.names()).toEqual(["churn", "late"]);
  });

  test("stores files under their hashes, before the version exists", async () => {
    await registry.register("churn", { model: threshold(3), ...from });
    const names = Object.values(threshold(3).files()).map((file) => hashOf(file).slice(7));
    expect(await bytes.list("models/churn/1")).toEqual(names.sort());
  });

  test("registrations at the same time get numbers of their own and all their files", async () => {
    const limits = Array.from({ length: 8 }, (_, i) => i);
    const all = limits.map((limit) =>
      registry.register("churn", { model: threshold(limit), ...from }),
    );
    const numbers = (await Promise.all(all)).map(({ number }) => number);
    expect([...numbers].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [limit, number] of numbers.entries()) {
      const { model } = await registry.load("churn", number);
      expect(model.hash).toBe(threshold(limit).hash);
    }
  });

  test("uses or removes what a crash left behind", async () => {
    const sound = Object.values(threshold(3).files())[0] ?? new Uint8Array();
    const [good, bad] = [hashOf(sound).slice(7), hashOf("x").slice(7)];
    await bytes.put(`models/churn/1/${good}`, new Uint8Array([1])); // a damaged file
    await bytes.put(`models/churn/1/${bad}`, new Uint8Array([2])); // of another model
    await registry.register("churn", { model: threshold(3), ...from });
    expect(await bytes.list("models/churn/1")).toHaveLength(2);
    expect((await registry.load("churn", 1)).model.hash).toBe(threshold(3).hash);
  });

  test("refuses a model without a signature", async () => {
    const nothing = { inputs: {}, output: { name: "churn", kind: "bool" } } as const;
    const bare = { ...threshold(1), signature: undefined } as unknown as Model;
    for (const model of [{ ...threshold(1), signature: nothing }, bare])
      await expect(registry.register("churn", { model, ...from })).rejects.toMatchObject({
        code: "registry/missing-signature",
        kind: "caller",
      });
    expect(await registry.names()).toEqual([]);
  });

  const long = "x".repeat(201);
  test.each(["", "../churn", "a/b", "a:1", "a@b", ".hidden", "a b", long])(
    "refuses the name %j",
    async (name) => {
      await expect(registry.register(name, { model: threshold(1), ...from })).rejects.toMatchObject(
        {
          code: "registry/out-of-range-name",
          kind: "caller",
        },
      );
    },
  );
});

describe("load", () => {
  test("gives the model of a number or an alias", async () => {
    await registry.register("churn", { model: threshold(3), ...from });
    await registry.register("churn", { model: threshold(9), ...from });
    await registry.setAlias("churn", "champion", 1);
    const { version, model } = await registry.load("churn", "champion");
    expect(version).toMatchObject({ number: 1, aliases: ["champion"] });
    expect(await model.predict({ tenure: 2 })).toEqual({ value: true, probability: 1 });
    expect((await registry.load("churn", 2)).model.hash).toBe(threshold(9).hash);
  });

  test("names the file that is missing or changed", async () => {
    await registry.register("churn", { model: threshold(3), ...from });
    const state = threshold(3).files()["state.json"] ?? new Uint8Array();
    const key = `models/churn/1/${hashOf(state).slice(7)}`;
    const corrupt = { code: "registry/corrupt-model", kind: "environment" };
    await bytes.put(key, new TextEncoder().encode('{"limit":4}'));
    await expect(registry.load("churn", 1)).rejects.toMatchObject({
      ...corrupt,
      message: expect.stringContaining('churn version 1: the file "state.json" is not what was'),
    });
    await bytes.remove(key);
    await expect(registry.load("churn", 1)).rejects.toMatchObject({
      ...corrupt,
      details: { file: "state.json", reason: "is missing" },
    });
  });

  test("a loader that fails, or makes another model, is a failed load with its cause", async () => {
    await registry.register("churn", { model: threshold(3), ...from });
    const failed = { code: "registry/failed-load", kind: "environment" };
    const cause = new Error("unknown kind");
    const broken = openRegistry({
      records,
      bytes,
      loadModel: () => {
        throw cause;
      },
    });
    await expect(broken.load("churn", 1)).rejects.toMatchObject({ ...failed, cause });
    const other = openRegistry({ records, bytes, loadModel: () => threshold(4) });
    await expect(other.load("churn", 1)).rejects.toMatchObject(failed);
  });

  test("says what there is when a model, a version or an alias is missing", async () => {
    await registry.register("churn", { model: threshold(3), ...from, alias: { name: "champion" } });
    const missing = (code: string, message: string) => ({
      code,
      kind: "not-found",
      message: expect.stringContaining(message),
    });
    const model = missing("registry/missing-model", 'Did you mean "churn"?');
    await expect(registry.load("chrun", 1)).rejects.toMatchObject(model);
    await expect(registry.versions("chrun")).rejects.toMatchObject(model);
    await expect(registry.audit("chrun")).rejects.toMatchObject(model);
    await expect(registry.version("churn", 7)).rejects.toMatchObject(
      missing("registry/missing-version", "has 1"),
    );
    await expect(registry.load("churn", "champoin")).rejects.toMatchObject(
      missing("registry/missing-alias", 'Did you mean "champion"?'),
    );
  });
});

describe("setAlias", () => {
  beforeEach(async () => {
    for (const limit of [1, 2])
      await registry.register("churn", { model: threshold(limit), ...from });
  });

  test("moves, rolls back and removes, each with a line in the audit log", async () => {
    const ann = { actor: "ann", reason: "better" };
    await registry.setAlias("churn", "champion", 1, ann);
    await registry.setAlias("churn", "champion", 2, ann);
    await registry.setAlias("churn", "champion", 2, ann); // is there: nothing to do
    await registry.setAlias("churn", "champion", 1, { actor: "bob", reason: "roll back" });
    expect((await registry.version("churn", "champion")).number).toBe(1);
    await registry.removeAlias("churn", "champion", ann);
    const alias = "champion";
    const done = { actor: "ann", reason: "better", action: "set-alias", alias };
    const registered = {
      action: "register",
      actor: "unknown",
      reason: "",
      alias: null,
      from: null,
    };
    expect(await registry.audit("churn")).toEqual([
      { sequence: 1, atMs: 1000, ...registered, to: 1 },
      { sequence: 2, atMs: 1010, ...registered, to: 2 },
      { sequence: 3, atMs: 1020, ...done, from: null, to: 1 },
      { sequence: 4, atMs: 1030, ...done, from: 1, to: 2 },
      { sequence: 5, atMs: 1050, ...done, actor: "bob", reason: "roll back", from: 2, to: 1 },
      { sequence: 6, atMs: 1060, ...done, action: "remove-alias", from: 1, to: null },
    ]);
    await expect(registry.version("churn", "champion")).rejects.toThrow("no alias");
  });

  test("refuses a version that is not there, and an alias that is not there to remove", async () => {
    const version = { code: "registry/missing-version" };
    await expect(registry.setAlias("churn", "champion", 3)).rejects.toMatchObject(version);
    const alias = { code: "registry/missing-alias" };
    await expect(registry.removeAlias("churn", "champion")).rejects.toMatchObject(alias);
    expect(await count("registry_audit")).toBe(2);
  });

  test.each(["", "latest", "v2", "7", "a b", "a/b"])("refuses the alias %j", async (alias) => {
    const refused = { code: "registry/out-of-range-name" };
    await expect(registry.setAlias("churn", alias, 1)).rejects.toMatchObject(refused);
  });

  test("readers see the old version or the new one while it moves, never none", async () => {
    await registry.setAlias("churn", "champion", 1);
    const moves = [2, 1, 2, 1, 2].map((number) => registry.setAlias("churn", "champion", number));
    const reads = Array.from({ length: 20 }, () => registry.version("churn", "champion"));
    await Promise.all(moves);
    for (const { number } of await Promise.all(reads)) expect([1, 2]).toContain(number);
  });
});

describe("promote", () => {
  const holdout = hashOf("test rows");
  /** Customers who stayed for 0 to 9 months; those of less than 5 left. */
  const rows = Array.from({ length: 10 }, (_, tenure) => ({ tenure }));
  const score = async (model: ServedModel) => {
    const told = await model.predictAll(rows);
    const right = rows.filter(({ tenure }, i) => told[i]?.value === tenure < 5).length;
    return { accuracy: right / rows.length };
  };
  const rule = { gate: { accuracy: 0.7 }, metric: "accuracy", holdout, score };
  const run = (limits: readonly number[], more: Partial<PromoteOptions> = {}) =>
    promote(registry, "churn", {
      candidates: limits.map((limit) => ({ model: threshold(limit), runId: `run ${limit}` })),
      ...rule,
      ...more,
    });

  test("registers the first model that passes, and makes it champion", async () => {
    const promotion = await run([2, 4, 3], { actor: "nightly" });
    const reason = "accuracy 0.9 passes the gate; no champion yet";
    expect(promotion).toMatchObject({ outcome: "first", best: 1, champion: null, reason });
    expect(promotion.scores).toEqual([{ accuracy: 0.7 }, { accuracy: 0.9 }, { accuracy: 0.8 }]);
    expect(promotion.version).toMatchObject({
      number: 1,
      runId: "run 4",
      metrics: { accuracy: 0.9 },
      tags: { algorithm: "threshold", promotion_reason: reason },
      aliases: ["champion"],
    });
    const audit = await registry.audit("churn");
    expect(audit.map(({ action, actor, to }) => [action, actor, to])).toEqual([
      ["register", "nightly", 1],
      ["set-alias", "nightly", 1],
    ]);
  });

  test("a second identical promotion registers nothing", async () => {
    const first = await run([4]);
    const second = await run([4]);
    expect(second).toMatchObject({ outcome: "kept", version: first.version });
    expect(await count("model_version")).toBe(1);
  });

  test("a better model takes the champion's place", async () => {
    await run([4]);
    const promotion = await run([5]);
    expect(promotion).toMatchObject({
      outcome: "promoted",
      reason: "accuracy 1 is better than 0.9 of version 1",
      version: { number: 2, aliases: ["champion"] },
      champion: { version: { number: 1 }, metrics: { accuracy: 0.9 } },
    });
    expect((await registry.version("churn", 1)).aliases).toEqual([]);
  });

  test("of equal candidates the earlier one is taken", async () => {
    expect(await run([4, 6])).toMatchObject({ best: 0, version: { runId: "run 4" } });
    expect(await run([2, 6, 4], { alias: "other" })).toMatchObject({ best: 1 });
  });

  test("a candidate that fails the gate does not stand in the way of one that passes", async () => {
    const both = async (model: ServedModel) => ({
      ...(await score(model)),
      speed: (await model.predict({ tenure: 4 })).value ? 0 : 1, // the better one is too slow
    });
    const promotion = await run([5, 3], { gate: { speed: 0.5 }, score: both });
    expect(promotion).toMatchObject({ outcome: "first", best: 1, version: { runId: "run 3" } });
  });

  test("a model that fails the gate is not registered, and the champion stays", async () => {
    expect(await run([0])).toMatchObject({ outcome: "failed-gate", version: null });
    expect(await registry.names()).toEqual([]);
    await run([4]);
    expect(await run([1])).toMatchObject({ outcome: "failed-gate", version: { number: 1 } });
  });

  test("an alias that is not there yet on a model that is counts as first", async () => {
    await registry.register("churn", { model: threshold(5), ...from });
    expect(await run([4])).toMatchObject({ outcome: "first", version: { number: 2 } });
  });

  test("a champion that cannot be loaded is an error, and never replaced by a worse model", async () => {
    await run([5]);
    for (const name of await bytes.list("models/churn/1"))
      await bytes.remove(`models/churn/1/${name}`);
    await expect(run([4])).rejects.toMatchObject({ code: "registry/corrupt-model" });
    registry = openRegistry({
      records,
      bytes: { ...bytes, has: async () => true, get: async () => Promise.reject(new Error("EIO")) },
      loadModel: loadThreshold,
    });
    await expect(run([4])).rejects.toThrow("EIO");
    expect(await count("model_version")).toBe(1);
  });

  test("a champion whose kind the loader does not know is an error too", async () => {
    await run([5]);
    const loadModel = (): never => {
      throw new Error('unknown kind "threshold"');
    };
    registry = openRegistry({ records, bytes, loadModel });
    await expect(run([4])).rejects.toMatchObject({ code: "registry/failed-load" });
    expect(await count("model_version")).toBe(1);
  });

  test("when another promotion comes first, nothing is registered", async () => {
    await run([3]);
    const overtaken = run([4], {
      score: async (model) => {
        if (model.hash === threshold(3).hash)
          await registry.register("churn", {
            model: threshold(5),
            ...from,
            alias: { name: "champion" },
          });
        return score(model);
      },
    });
    await expect(overtaken).rejects.toMatchObject({
      code: "registry/conflict-alias",
      kind: "conflict",
      details: { expected: 1, found: 2 },
    });
    expect((await registry.version("churn", "champion")).number).toBe(2);
    expect(await count("model_version")).toBe(2);
    expect(await run([5])).toMatchObject({ outcome: "kept" });
  });

  test("two promotions at once: one is first, the other must decide again", async () => {
    const both = await Promise.allSettled([run([4]), run([4])]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await count("model_version")).toBe(1);
  });

  test("refuses no candidates, a metric nobody measured, and a scorer that throws", async () => {
    await expect(run([])).rejects.toMatchObject({ code: "registry/missing-candidate" });
    await expect(run([4], { metric: "acuracy" })).rejects.toMatchObject({
      code: "registry/missing-metric",
      message: expect.stringContaining('Did you mean "accuracy"?'),
    });
    const broken = () => {
      throw new Error("no rows");
    };
    await expect(run([4], { score: broken })).rejects.toMatchObject({ code: "user/failed" });
    await expect(run([4], { treshold: 1 } as object)).rejects.toMatchObject({
      code: "option/unknown-name",
    });
  });
});
