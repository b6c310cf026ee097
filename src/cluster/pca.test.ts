/** @file Tests of principal components. */
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkComponents } from "../../tests/conform/clusterer.ts";
import { frameOf } from "../../tests/support/frame-of.ts";
import { random } from "../core/index.ts";
import { features, standardize } from "../feature/index.ts";
import type { Matrix } from "../flow.ts";
import { float, openEngine, schema } from "../table/index.ts";
import { matrix, multiply, transpose } from "../tensor/index.ts";
import { componentsFromState, loadComponents } from "./from-state.ts";
import { pca } from "./pca.ts";

const code = (what: string) => expect.objectContaining({ code: what });

for (const solver of ["exact", "randomised"] as const)
  describe(`pca, ${solver}`, () => {
    checkComponents((options) => pca({ components: 2, solver, ...options }), componentsFromState);
  });

function normals(rows: number, cols: number, seed = 0): Matrix {
  const draws = random(seed);
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, () => draws.normal()) };
}

const named = (x: Matrix) => ({ x, names: Array.from({ length: x.cols }, (_, j) => `f${j}`) });

describe("pca", () => {
  test("law: directions are orthonormal, variances fall, shares sum to 1, and the rows come back", async () => {
    const shape = fc.tuple(
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
    );
    await fc.assert(
      fc.asyncProperty(shape, async ([n, d, seed]) => {
        const x = normals(n, d, seed);
        const found = await pca().learn(named(x));
        expect(found.components).toBe(Math.min(n - 1, d));
        const square = multiply(found.directions, transpose(found.directions)).data;
        const k = found.components;
        expect(square).toBeClose(
          Float64Array.from({ length: k * k }, (_, at) => (at % (k + 1) === 0 ? 1 : 0)),
          { atol: 1e-12 },
        );
        expect([...found.variances]).toEqual([...found.variances].sort((a, b) => b - a));
        expect(found.shares.reduce((sum, share) => sum + share, 0)).toBeClose(1);
        expect(found.inverse(found.apply(x)).data).toBeClose(x.data, { atol: 1e-11 });
      }),
      { numRuns: 60 },
    );
  });

  test("whitened components have variance 1 and no correlation, and come back too", async () => {
    const x = normals(200, 4, 3);
    for (let at = 0; at < x.data.length; at += 4) x.data[at] = 50 * (x.data[at] ?? 0) + 7;
    const found = await pca({ whiten: true }).learn(named(x));
    const z = found.apply(x);
    const square = multiply(transpose(z), z).data.map((sum) => sum / 199);
    expect(square).toBeClose(
      Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0)),
      { atol: 1e-11 },
    );
    expect(found.inverse(z).data).toBeClose(x.data, { atol: 1e-10 });
  });

  test("the randomised solver finds the first components of a wide matrix", async () => {
    const [scores, loads] = [normals(60, 3, 1), normals(3, 500, 2)];
    const x = multiply(scores, loads);
    const noise = normals(60, 500, 3);
    for (let at = 0; at < x.data.length; at++)
      x.data[at] = (x.data[at] ?? 0) + 0.01 * (noise.data[at] ?? 0);
    const exact = await pca({ components: 3 }).learn(named(x));
    const rough = await pca({ components: 3, solver: "randomised" }).learn(named(x));
    expect(rough.variances).toBeClose(exact.variances, { rtol: 1e-9 });
    expect(rough.directions.data).toBeClose(exact.directions.data, { atol: 1e-6 });
  });

  test("takes as few components as have a share of the variance", async () => {
    const x = matrix([[10, 0, 0], [-10, 0, 0], [0, 5, 0], [0, -5, 0], [0, 0, 1], [0, 0, -1]]); // biome-ignore format: a table
    const kept = async (share: number): Promise<number> =>
      (await pca({ share }).learn(named(x))).components;
    expect([await kept(0.5), await kept(0.9), await kept(1)]).toEqual([1, 2, 3]);
  });

  test("says when the rows differ in fewer directions than were asked for", async () => {
    const x = matrix([[1, 2], [2, 4], [3, 6]]); // biome-ignore format: a table
    const found = await pca({ components: 2 }).learn(named(x));
    expect(found.components).toBe(1);
    expect(found.warnings).toEqual([
      "only 1 of 2 components are there: the rows do not differ in more directions.",
    ]);
  });

  test("refuses more components than rows or features, rows that are all equal, and odd options", async () => {
    const x = normals(3, 5);
    await expect(pca({ components: 4 }).learn(named(x))).rejects.toThrow(
      code("cluster/out-of-range-components"),
    );
    await expect(
      pca().learn(
        named(
          matrix([
            [1, 2],
            [1, 2],
          ]),
        ),
      ),
    ).rejects.toThrow(code("cluster/missing-variance"));
    expect(() => pca({ components: 0 })).toThrow(code("option/out-of-range"));
    expect(() => pca({ share: 1.1 })).toThrow(code("option/out-of-range"));
    expect(() => pca({ components: 2, share: 0.5 })).toThrow(code("option/unknown-name"));
    expect(() => pca({ solver: "randomised" })).toThrow(code("option/out-of-range"));
    const found = await pca({ components: 2 }).learn(named(x));
    expect(() => found.inverse(matrix([[1, 2, 3]]))).toThrow(code("cluster/mismatch-width"));
  });

  test("a model of typed rows takes raw rows, and is the same when it was stored", async () => {
    const engine = await openEngine();
    onTestFinished(() => engine.close());
    const people = schema("people", { age: float(), income: float() });
    const rows = [
      { age: 20, income: 1000 },
      { age: 40, income: 5000 },
      { age: 60, income: 9500 },
    ];
    const definition = features(people, (c) => ({
      age: standardize(c.age),
      income: standardize(c.income),
    }));
    const model = await pca({ components: 1 }).fit(frameOf(engine, people, rows), {
      features: definition,
    });
    const z = model.apply(rows);
    expect([z.rows, z.cols]).toEqual([3, 1]);
    expect(model.apply([{ age: 40, income: 5000 }]).data).toBeClose(z.data.slice(1, 2));
    const read = loadComponents(model.files());
    expect(read.hash).toBe(model.hash);
    expect(read.apply(rows)).toEqual(z);
  });
});
