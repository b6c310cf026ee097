/** @file Tests of the predictor of trees of any origin. */
import { describe, expect, test } from "vitest";
import { formatJson, parseJson } from "../../core/index.ts";
import { matrix, treesOf } from "../../tensor/index.ts";
import { predictorFromState, predictorState } from "../predictor-state.ts";
import type { TreeLink } from "./links.ts";
import { treesPredictor } from "./trees-predictor.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const stump = { feature: 0, threshold: 0, gain: 1, left: { value: -1 }, right: { value: 2 } };
const trees = treesOf([stump], { width: 1 });
const x = matrix([[-1], [1]]);

describe("treesPredictor", () => {
  test("tells what its link makes of the sums", () => {
    const told = (link: TreeLink, scale = 1) =>
      treesPredictor({ width: 1, trees, link, scale }).predict(x);
    expect(told("identity")).toBeClose([-1, 2]);
    expect(told("sigmoid", 2)).toBeClose([1 / (1 + Math.E ** 2), 1 / (1 + Math.E ** -4)]);
    expect(told("exp")).toBeClose([1 / Math.E, Math.E ** 2]);
    expect(told("step")).toBeClose([0, 1]);
    expect(told("softplus")).toBeClose([Math.log(1 + 1 / Math.E), Math.log(1 + Math.E ** 2)]);
    expect(told("signedSquare")).toBeClose([-1, 4]);
    const task = { kind: "multiclass", classes: ["a", "b"] } as const;
    const two = treesOf([stump, { value: 2 }], { width: 1, outputs: 2 });
    const shares = treesPredictor({ width: 1, trees: two, link: "softmax", task }).predict(x);
    expect(shares).toBeClose([1 / (1 + Math.E ** 3), 1 / (1 + Math.E ** -3), 0.5, 0.5]);
  });

  test("survives JSON with all that it knows, and refuses a state that is damaged", () => {
    const importances = Float64Array.of(1);
    const outOfBag = { rows: 3, score: 0.5 };
    const task = { kind: "regression" } as const;
    const whole = treesPredictor({
      width: 1,
      trees,
      link: "exp",
      scale: 2,
      task,
      importances,
      outOfBag,
    });
    const state = predictorState(whole);
    const read = predictorFromState(parseJson(formatJson(state)));
    expect(predictorState(read)).toEqual(state);
    expect(read.predict(x)).toEqual(whole.predict(x));
    for (const damage of [{ link: "magic" }, { task: { kind: "multiclass", classes: ["a", "b"] } }])
      expect(() => predictorFromState({ ...state, ...damage })).toThrow(
        code("model/corrupt-state"),
      );
    expect(() => whole.predict(matrix([[1, 2]]))).toThrow(code("model/mismatch-width"));
  });
});
