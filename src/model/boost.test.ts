/** @file Tests of boosted trees, against XGBoost too. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../tests/conform/estimator.ts";
import { peerData, readPeers, rowsOf } from "../../tests/peer/classification.ts";
import { formatJson } from "../core/index.ts";
import { scoreBinary } from "../metric/index.ts";
import { boost } from "./boost.ts";
import type { BoostOptions } from "./boost-options.ts";
import { predictorState } from "./predictor-state.ts";

const peers = await readPeers();
const data = peerData({ rows: 600, features: 6, salt: 6, missing: 0.2 });
const code = (what: string) => expect.objectContaining({ code: what });
const lossOf = async (options: BoostOptions): Promise<number> => {
  const predictor = await boost(options).learn(data);
  return scoreBinary(data.y, predictor.predict(data.x)).logLoss;
};

describe("boost", () => {
  checkEstimator((options) => boost({ trees: 20, ...options }), {
    ...{ missing: true, oneClass: false, weights: 1e-3 },
    columns: null, // of equal splits the first feature's is taken; below, data without such ties
  });

  test("tells the same when columns change places", async () => {
    const turn = (k: number): number => k - (k % 6) + ((k + 1) % 6);
    const x = { ...data.x, data: data.x.data.map((_, k) => data.x.data[turn(k)] ?? 0) };
    const other = (await boost().learn({ ...data, x })).predict(x);
    expect(other).toBeClose((await boost().learn(data)).predict(data.x), { rtol: 1e-6 });
  });

  // Cuts are placed by other sketches and gradients are rounded, so trees differ in detail.
  test("ranks and weighs as XGBoost hist does: AUC within 0.005, importances within 0.05", async () => {
    for (const peer of peers.boost) {
      const all = peerData({ ...peer, rows: 2 * peer.rows });
      const [train, rest] = [rowsOf(all, 0, peer.rows), rowsOf(all, peer.rows, 2 * peer.rows)];
      const predictor = await boost(peer.options).learn(train);
      const scores = scoreBinary(rest.y, predictor.predict(rest.x));
      expect(scores.auc).toBeClose(peer.rocAuc, { rtol: 0, atol: 0.005 });
      expect(scores.logLoss).toBeClose(peer.logLoss, { rtol: 0, atol: 0.005 });
      expect(predictor.importances).toBeClose(peer.importances, { rtol: 0, atol: 0.05 });
    }
  });

  test("predicts the training share when no split is allowed", async () => {
    const predictor = await boost({ minChildWeight: 1e6 }).learn(data);
    const share = data.y.reduce((sum, label) => sum + label, 0) / data.y.length;
    expect(predictor.predict(data.x)).toBeClose(
      data.y.map(() => share),
      { rtol: 1e-4 },
    );
    expect(predictor.importances).toBeUndefined();
  });

  test("law: more trees never raise the training loss", async () => {
    const trees = fc.integer({ min: 1, max: 30 });
    await fc.assert(
      fc.asyncProperty(trees, async (count) => {
        const [fewer, more] = [await lossOf({ trees: count }), await lossOf({ trees: 2 * count })];
        expect(more).toBeLessThanOrEqual(fewer);
      }),
      { numRuns: 10 },
    );
  });

  test("law: a monotone transform of the features changes nothing", async () => {
    const stretch = fc.constantFrom(Math.exp, Math.cbrt, (v: number) => 1e6 * v - 3);
    const straight = (await boost().learn(data)).predict(data.x);
    await fc.assert(
      fc.asyncProperty(stretch, async (transform) => {
        const x = { ...data.x, data: data.x.data.map(transform) };
        expect((await boost().learn({ ...data, x })).predict(x)).toEqual(straight);
      }),
      { numRuns: 6 },
    );
  });

  test("samples rows and columns by its seed", async () => {
    const some = { trees: 30, rowSample: 0.5, columnSample: 0.5 };
    const state = async (seed: number): Promise<string> =>
      formatJson(predictorState(await boost({ ...some, seed }).learn(data)));
    expect(await state(1)).toBe(await state(1));
    expect(await state(1)).not.toBe(await state(2));
    expect(await lossOf(some)).toBeLessThan(await lossOf({ trees: 1 }));
  });

  test("checks its options when it is made", () => {
    const wrong: readonly BoostOptions[] = [
      ...[{ trees: 0 }, { trees: 1.5 }, { depth: 0 }, { depth: 65 }, { learningRate: 0 }],
      ...[{ learningRate: 1.1 }, { l2: -1 }, { minChildWeight: -1 }, { rowSample: 0 }],
      ...[{ columnSample: 2 }, { bins: 1 }, { bins: 256 }, { seed: Number.NaN }, { threads: 0 }],
    ];
    for (const options of wrong) expect(() => boost(options)).toThrow(code("option/out-of-range"));
    // @ts-expect-error: the option is called depth
    expect(() => boost({ maxDepth: 4 })).toThrow(code("option/unknown-name"));
  });
});
