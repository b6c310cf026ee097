/** @file Tests of folds of a frame. */
import { afterAll, describe, expect, test } from "vitest";
import { features, fitFeatures, numeric } from "../feature/index.ts";
import { frame, int, openEngine, schema, text } from "../table/index.ts";
import { frameFolds, split } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const visits = schema("visits", { id: int({ key: true }), who: text({ nullable: true }) });
const some = (n: number, who = "'customer ' || range % 50") =>
  frame({ engine, schema: visits, sql: `SELECT range AS id, ${who} AS who FROM range(${n})` });
const idsOf = async (rows: ReturnType<typeof some>) => (await rows.rows()).map(({ id }) => id);
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("frameFolds", () => {
  test("law: every row is judged in one fold and learned from in all others", async () => {
    for (const folds of [2, 3, 7]) {
      const parts = await frameFolds(some(400), { by: "id", folds });
      const judged = await Promise.all(parts.map(({ validation }) => idsOf(validation)));
      expect(judged.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i));
      for (const [i, { train }] of parts.entries()) {
        const learned = new Set(await idsOf(train));
        expect(learned.size).toBe(400 - (judged[i]?.length ?? 0));
        expect(judged[i]?.some((id) => learned.has(id))).toBe(false);
      }
    }
  });

  test("keeps the rows of one key together, and divides otherwise under another seed", async () => {
    const parts = await frameFolds(some(400), { by: "who", folds: 4 });
    const whos = await Promise.all(
      parts.map(async ({ validation }) => new Set((await validation.rows()).map(({ who }) => who))),
    );
    expect(whos.reduce((sum, { size }) => sum + size, 0)).toBe(50);
    const [first] = await frameFolds(some(400), { by: "who", folds: 4, seed: 1 });
    const other = new Set((await first?.validation.rows())?.map(({ who }) => who));
    expect([...other].sort()).not.toEqual([...(whos[0] ?? [])].sort());
  });

  test("has nothing to do with a split by the same key: folds of the training side are of equal size", async () => {
    const { train } = await split(some(3000), { by: "id", test: 0.5 });
    const parts = await frameFolds(train, { by: "id", folds: 3 });
    for (const { validation } of parts)
      expect((await validation.count()) / (await train.count())).toBeClose(1 / 3, { rtol: 0.15 });
  });

  test("divides folds again under the same seed, each time into folds of like size", async () => {
    const [outer] = await frameFolds(some(6000), { by: "id" });
    const [middle] = await frameFolds(outer?.train ?? some(0), { by: "id" });
    for (const rows of [outer?.train, middle?.train])
      for (const folds of [3, 5]) {
        const parts = await frameFolds(rows ?? some(0), { by: "id", folds });
        const all = (await rows?.count()) ?? 0;
        for (const { validation } of parts)
          expect((await validation.count()) / all).toBeClose(1 / folds, { rtol: 0.15 });
      }
  });

  test("sets validation rows aside: features refuse to learn from them, and those of the whole to judge them", async () => {
    const [fold] = await frameFolds(some(100), { by: "id" });
    const definition = features(visits, (c) => ({ id: numeric(c.id) }));
    if (fold === undefined) throw new Error("no fold");
    await expect(fitFeatures(definition, fold.validation)).rejects.toThrow(
      code("feature/conflict-test-rows"),
    );
    const whole = await fitFeatures(definition, some(100));
    await expect(whole.matrix(fold.validation)).rejects.toThrow(
      code("feature/conflict-trained-rows"),
    );
    const fair = await fitFeatures(definition, fold.train);
    expect((await fair.matrix(fold.validation)).rows).toBe(await fold.validation.count());
    await expect(frameFolds(fold.validation, { by: "id" })).rejects.toThrow(
      code("dataset/conflict-test-rows"),
    );
  });

  test("refuses no rows, missing keys, and more folds than keys fall into", async () => {
    await expect(frameFolds(some(0), { by: "id" })).rejects.toThrow(code("dataset/missing-rows"));
    await expect(frameFolds(some(9, "NULL"), { by: "who" })).rejects.toThrow(
      code("dataset/missing-key"),
    );
    await expect(frameFolds(some(9, "'a'"), { by: "who" })).rejects.toThrow(
      code("dataset/out-of-range-folds"),
    );
    await expect(frameFolds(some(9), { by: "id", folds: 1 })).rejects.toThrow(
      code("option/out-of-range"),
    );
    const by: "id" = JSON.parse('"ident"');
    await expect(frameFolds(some(9), { by })).rejects.toThrow(code("dataset/unknown-column"));
    const none: { readonly by: "id" } = JSON.parse("{}");
    await expect(frameFolds(some(9), none)).rejects.toThrow(code("dataset/missing-column"));
  });
});
