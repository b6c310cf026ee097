/** @file Tests of naive Bayes and discriminants, with scikit-learn's numbers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classicData, readClassicPeers } from "../../../tests/peer/classic.ts";
import type { Dataset } from "../../flow.ts";
import { matrix } from "../../tensor/index.ts";
import type { Estimator } from "../estimator.ts";
import { predictorFromState, predictorState } from "../predictor-state.ts";
import * as bayes from "./index.ts";

const source = "sha256:00";
const code = (what: string) => expect.objectContaining({ code: what });

const makers: Readonly<Record<string, (options: object) => Estimator>> = {
  gaussianBayes: bayes.gaussianBayes,
  multinomialBayes: bayes.multinomialBayes,
  complementBayes: bayes.complementBayes,
  bernoulliBayes: bayes.bernoulliBayes,
  categoricalBayes: bayes.categoricalBayes,
  linearDiscriminant: bayes.linearDiscriminant,
  quadraticDiscriminant: bayes.quadraticDiscriminant,
};

describe("naive Bayes and discriminants", () => {
  test("give scikit-learn's numbers, with weights and priors", async () => {
    const { bayes: cases } = await readClassicPeers();
    for (const { name, options, told, ...how } of cases) {
      const { data, asked } = classicData(how);
      const predictor = await makers[name]?.(options).learn(data);
      const rtol = name.endsWith("Discriminant") ? 1e-7 : 1e-9;
      expect(predictor?.predict(asked) ?? [], JSON.stringify({ name, options, ...how })).toBeClose(
        told,
        { rtol },
      );
    }
    expect(cases.length).toBe(46);
  });

  test("refuse counts below 0 and codes that are none, when they learn and when they are asked", async () => {
    const good = { x: matrix([[1, 0], [0, 2]]), y: Float64Array.of(0, 1), names: ["a", "b"], source } as const; // biome-ignore format: a table
    const below: Dataset = { ...good, x: matrix([[1, -1], [0, 2]]) }; // biome-ignore format: a table
    for (const name of ["multinomialBayes", "complementBayes", "categoricalBayes"]) {
      const estimator = makers[name]?.({});
      await expect(estimator?.learn(below)).rejects.toThrow('feature "b" is -1 in row 0');
      const predictor = await estimator?.learn(good);
      expect(() => predictor?.predict(below.x)).toThrow(code("model/out-of-range-feature"));
    }
    const half = { ...good, x: matrix([[0.5, 1], [0, 2]]) }; // biome-ignore format: a table
    await expect(bayes.categoricalBayes().learn(half)).rejects.toThrow(
      code("model/out-of-range-feature"),
    );
  });

  test("refuse priors that do not sum to 1, or are not one for each class", async () => {
    expect(() => bayes.gaussianBayes({ priors: [0.5, 0.6] })).toThrow(code("option/out-of-range"));
    const data = { x: matrix([[0], [1]]), y: Float64Array.of(0, 1), names: ["a"], source } as const;
    await expect(bayes.gaussianBayes({ priors: [0.2, 0.3, 0.5] }).learn(data)).rejects.toThrow(
      code("model/mismatch-length"),
    );
    const sure = await bayes.gaussianBayes({ priors: [0, 1] }).learn(data);
    expect(sure.predict(data.x)).toEqual(Float64Array.of(1, 1));
  });

  test("tell nothing of a class that no row has, and nothing by a code that none had", async () => {
    const task = { kind: "multiclass", classes: ["a", "b", "c"] } as const;
    const x = matrix([[0], [1], [1], [0]]);
    const data = { x, y: Float64Array.of(0, 2, 2, 0), names: ["a"], source, task } as const;
    for (const make of Object.values(makers)) {
      const told = (await make({}).learn(data)).predict(matrix([[1]]));
      expect(told[1]).toBe(0);
      expect((told[0] ?? 0) + (told[2] ?? 0)).toBeClose(1);
    }
    const codes = await bayes.categoricalBayes({ priors: "uniform" }).learn(data);
    expect(codes.predict(matrix([[7]]))).toBeClose([0.5, 0, 0.5]);
  });

  test("keep probabilities where likelihoods underflow", async () => {
    const x = matrix([[0, 0], [1, 1], [2, 0], [3, 1]]); // biome-ignore format: a table
    const data = { x, y: Float64Array.of(0, 0, 1, 1), names: ["a", "b"], source } as const;
    for (const make of [bayes.gaussianBayes, bayes.linearDiscriminant, bayes.quadraticDiscriminant])
      expect((await make().learn(data)).predict(matrix([[1e9, -1e9], [1e100, 1e100]])).every(Number.isFinite)).toBe(true); // biome-ignore format: a table
  });

  test("refuse a damaged state", async () => {
    const data = { x: matrix([[0], [1]]), y: Float64Array.of(0, 1), names: ["a"], source } as const;
    for (const make of Object.values(makers)) {
      const good = predictorState(await make({}).learn(data));
      const damaged = Object.entries(good).map(([name, value]) =>
        value instanceof Float64Array
          ? { ...good, [name]: new Float64Array(9) }
          : { ...good, [name]: value === good.kind || value === good.format ? value : "no" },
      );
      for (const state of damaged.filter((state) => JSON.stringify(state) !== JSON.stringify(good)))
        expect(() => predictorFromState(state)).toThrow(code("model/corrupt-state"));
    }
    const codes = predictorState(await bayes.categoricalBayes().learn(data));
    expect(() => predictorFromState({ ...codes, levels: Uint32Array.of(0) })).toThrow(
      code("model/corrupt-state"),
    );
  });
});

describe("linearDiscriminant", () => {
  test("law: scaling and moving features changes nothing", async () => {
    const { data, asked } = classicData({
      ...{ rows: 80, features: 3, salt: 3, task: "binary", counts: false, weighed: true },
    });
    const plain = (await bayes.linearDiscriminant().learn(data)).predict(asked);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 6, maxLength: 6 }),
        async (draws) => {
          const turn = (values: Float64Array) =>
            values.map(
              (value, at) => value * 10 ** (draws[at % 3] ?? 0) + (draws[3 + (at % 3)] ?? 0),
            );
          const moved = { ...data, x: { ...data.x, data: turn(data.x.data) } };
          const told = (await bayes.linearDiscriminant().learn(moved)).predict({
            ...asked,
            data: turn(asked.data),
          });
          expect(told).toBeClose(plain, { rtol: 1e-5, atol: 1e-7 }); // digits lost where a feature moved by 10⁶ of its scale
        },
      ),
      { numRuns: 30 },
    );
  });
});
