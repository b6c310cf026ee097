/** @file Tests of models of XGBoost and LightGBM, written and read; tests/interop has the libraries themselves. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomRows, randomTree } from "../../../tests/support/random-trees.ts";
import { isMillraceError, random } from "../../core/index.ts";
import type { Predictor, Task } from "../../flow.ts";
import { matrix, nextUp, treesOf } from "../../tensor/index.ts";
import { boostPredictor } from "../boost-predictor.ts";
import { majorityPredictor } from "../majority.ts";
import type { TreeLink } from "../tree/links.ts";
import { treesPredictor } from "../tree/trees-predictor.ts";
import { formatLightgbm } from "./format-lightgbm.ts";
import { formatXgboost } from "./format-xgboost.ts";
import { lightgbmModel } from "./lightgbm-model.ts";
import { formatUbj } from "./ubj.ts";
import { xgboostModel } from "./xgboost-model.ts";

const width = 3;
const names = ["a", "b", "code"];
const code = (what: string) => expect.objectContaining({ code: what });
const broken = code("model/corrupt-interchange");

interface Case {
  readonly seed: number;
  readonly meaning: readonly [Task["kind"], TreeLink];
  readonly vector: boolean;
  readonly average: boolean;
}

function predictorOf({ seed, meaning, vector, average }: Case, zeroMissing = false): Predictor {
  const draws = random(seed).stream("trees");
  const [kind, link] = meaning;
  const outputs = kind === "multiclass" ? 3 : 1;
  const leafWidth = vector ? outputs : 1;
  const shape = { width, depth: 4, categories: true, leafWidth, zeroMissing };
  const roots = Array.from({ length: 2 * outputs }, () => randomTree(draws, shape));
  const base = Array.from({ length: outputs }, () => draws.normal());
  const trees = treesOf(roots, { width, outputs, leafWidth, average, base });
  const task = kind === "multiclass" ? { kind, classes: ["x", "y", "z"] } : { kind };
  return treesPredictor({ width, trees, link, ...(kind === "binary" ? {} : { task }) });
}

const meanings = [
  ["binary", "sigmoid"],
  ["multiclass", "softmax"],
  ["regression", "identity"],
  ["regression", "exp"],
  ["regression", "sigmoid"],
] as const;
const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  meaning: fc.constantFrom(...meanings),
  vector: fc.boolean(),
  average: fc.boolean(),
});

const some = predictorOf({
  seed: 4,
  meaning: ["multiclass", "softmax"],
  vector: false,
  average: false,
});
const classes = { classes: ["x", "y", "z"] };

describe("formatXgboost", () => {
  test("law: what is written is read and predicts the same for numbers of 32 bits", () => {
    fc.assert(
      fc.property(cases, (of) => {
        const predictor = predictorOf(of);
        const x = randomRows(random(of.seed).stream("rows"), 100, width);
        const options = of.meaning[0] === "multiclass" ? classes : {};
        for (const format of ["json", "ubj"] as const) {
          const read = xgboostModel(formatXgboost(predictor, { names, format }), options);
          expect(read.names).toEqual(names);
          expect(read.predictor.task).toEqual(predictor.task);
          expect(read.predictor.predict(x)).toBeClose([...predictor.predict(x)], {
            rtol: 1e-5,
            atol: 1e-6,
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  test("writes boosted trees, and trees of nothing but their base", () => {
    const trees = treesOf([], { width: 1, base: [0.5] });
    const predictor = boostPredictor({ width: 1, trees });
    const read = xgboostModel(formatXgboost(predictor, { names: ["a"] })).predictor;
    expect(read.predict(matrix([[1]]))).toBeClose(predictor.predict(matrix([[1]])), { rtol: 1e-6 });
  });

  test("refuses what XGBoost cannot say, other predictors, and names that do not fit", () => {
    const refused = code("model/unsupported-interchange");
    const zero = {
      feature: 0,
      threshold: 1,
      zeroMissing: true,
      left: { value: 1 },
      right: { value: 2 },
    };
    const made = (link: TreeLink) =>
      treesPredictor({ width: 1, trees: treesOf([zero], { width: 1 }), link });
    for (const link of ["identity", "softplus"] as const)
      expect(() => formatXgboost(made(link), { names: ["a"] })).toThrow(refused);
    const majority = majorityPredictor({ share: 0.5, width: 1 });
    expect(() => formatXgboost(majority, { names: ["a"] })).toThrow(refused);
    expect(() => formatXgboost(some, { names: ["a"] })).toThrow(code("model/mismatch-names"));
    expect(() => formatLightgbm(some, { names: [] })).toThrow(code("model/mismatch-names"));
  });
});

describe("formatLightgbm", () => {
  test("law: what is written is read and predicts the same for every number", () => {
    fc.assert(
      fc.property(cases, (of) => {
        const predictor = predictorOf(of);
        const rows = randomRows(random(of.seed).stream("rows"), 100, width);
        const data = rows.data.map((v, i) =>
          i % 3 === 2 ? v : ([v, nextUp(v), -nextUp(-v)][i % 2] ?? v),
        );
        const x = { ...rows, data };
        const options = of.meaning[0] === "multiclass" ? classes : {};
        const read = lightgbmModel(formatLightgbm(predictor, { names }), options);
        expect(read.names).toEqual(names);
        expect(read.predictor.task).toEqual(predictor.task);
        expect(read.predictor.predict(x)).toBeClose([...predictor.predict(x)], {
          rtol: 1e-12,
          atol: 1e-12,
        });
      }),
      { numRuns: 60 },
    );
  });

  test("keeps every link and scale of LightGBM, and zero as missing", () => {
    const zero = {
      feature: 0,
      threshold: 1,
      zeroMissing: true,
      missingLeft: false,
      left: { value: -0.3 },
      right: { value: 2 },
    };
    const trees = treesOf([zero], { width: 1 });
    const x = matrix([[0], [0.5], [-1e-36], [Number.NaN], [3]]);
    const told = (task: Task, link: TreeLink, scale?: number) => {
      const state = { width: 1, trees, link, task, ...(scale === undefined ? {} : { scale }) };
      const predictor = treesPredictor(state);
      const read = lightgbmModel(formatLightgbm(predictor, { names: ["a b"] }));
      expect(read.names).toEqual(["a_b"]);
      return expect(read.predictor.predict(x)).toEqual(predictor.predict(x));
    };
    for (const link of ["identity", "exp", "sigmoid", "softplus", "signedSquare"] as const)
      told({ kind: "regression" }, link);
    told({ kind: "binary" }, "sigmoid", 0.7);
    const step = treesPredictor({ width: 1, trees, link: "step" });
    expect(() => formatLightgbm(step, { names: ["a"] })).toThrow(
      code("model/unsupported-interchange"),
    );
  });
});

describe("xgboostModel", () => {
  const text = formatXgboost(some, { names });
  const bytes = formatXgboost(some, { names, format: "ubj" });

  test("law: whatever the bytes are, it reads them or says what is wrong with them", () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.boolean(), fc.option(fc.nat()), change, (isText, cut, changes) => {
        const good = isText ? new TextEncoder().encode(text) : bytes;
        const hostile = good.slice(0, cut === null ? good.length : cut % good.length);
        for (const [at, byte] of changes) hostile[at % good.length] = byte;
        readsOrRefuses(() => xgboostModel(hostile));
      }),
      { numRuns: 400 },
    );
  });

  test("refuses lists that claim more than is there, and nesting without end", () => {
    const claims = (type: string) =>
      Uint8Array.from(`{L\0\0\0\0\0\0\0\u0001a[${type}#L\u007f\0\0\0\0\0\0\0`, (c) =>
        c.charCodeAt(0),
      );
    for (const type of ["", "$d", "$Z"]) expect(() => xgboostModel(claims(type))).toThrow(broken);
    const deep = Uint8Array.from(`{L\0\0\0\0\0\0\0\u0001a${"[".repeat(1e6)}`, (c) =>
      c.charCodeAt(0),
    );
    expect(() => xgboostModel(deep)).toThrow(broken);
  });

  test("refuses nodes that are reached twice, features beyond the width, and other boosters", () => {
    const changed = (from: string | RegExp, to: string) => () =>
      xgboostModel(text.replace(from, to));
    expect(changed(/"left_children":\[\d+/, '"left_children":[0')).toThrow(broken);
    expect(changed(/"split_indices":\[\d+/, '"split_indices":[7')).toThrow(broken);
    expect(changed('"tree_info":[0', '"tree_info":[9')).toThrow(broken);
    const refused = code("model/unsupported-interchange");
    expect(changed('"name":"gbtree"', '"name":"gblinear"')).toThrow(refused);
    expect(changed("multi:softprob", "binary:logitraw")).toThrow(refused);
    expect(changed('"size_leaf_vector":"1"', '"size_leaf_vector":"3"')).toThrow(refused);
    expect(() => xgboostModel(text, { classes: ["x"] })).toThrow(broken);
  });

  test("reads base_score as a number, in brackets, and one for each output", () => {
    const none = treesPredictor({ width: 1, trees: treesOf([], { width: 1 }), link: "sigmoid" });
    const written = formatXgboost(none, { names: ["a"] });
    for (const score of ["2E-1", "0.2", "[2E-1]", " [ 0.2 ] "]) {
      const read = xgboostModel(written.replace('"5E-1"', JSON.stringify(score)));
      expect(read.predictor.predict(matrix([[1]]))).toBeClose([0.2], { rtol: 1e-6 });
    }
    const many = text.replace('"base_score":"0E0"', '"base_score":"[1,2,3]"');
    expect(many).not.toBe(text);
    expect(xgboostModel(many).predictor.trees.base).toEqual(Float64Array.of(1, 2, 3));
    for (const score of ["", "[]", "x", "[1,2]"]) {
      const odd = text.replace('"base_score":"0E0"', `"base_score":"${score}"`);
      expect(() => xgboostModel(odd)).toThrow(broken);
    }
  });

  test("reads UBJSON of every type of number, and lists and objects without a count", () => {
    const value = formatUbj({ learner: ["a", 7] });
    expect(() => xgboostModel(value)).toThrow("learner");
    expect(() => xgboostModel("[]")).toThrow(broken);
    expect(() => xgboostModel("")).toThrow(broken);
  });
});

describe("lightgbmModel", () => {
  const text = formatLightgbm(some, { names });

  test("law: whatever the text is, it reads it or says what is wrong with it", () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.constantFrom(..."0-9 =\n.e[]")), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.option(fc.nat()), change, (cut, changes) => {
        const letters = [...text.slice(0, cut === null ? text.length : cut % text.length)];
        for (const [at, letter] of changes) letters[at % text.length] = letter;
        readsOrRefuses(() => lightgbmModel(letters.join("")));
      }),
      { numRuns: 400 },
    );
  });

  test("refuses linear trees, unknown objectives, and what does not fit together", () => {
    const changed = (from: string | RegExp, to: string) => () =>
      lightgbmModel(text.replace(from, to));
    const refused = code("model/unsupported-interchange");
    expect(changed("is_linear=0", "is_linear=1")).toThrow(refused);
    expect(changed("objective=multiclass", "objective=magic")).toThrow(refused);
    expect(changed("objective=multiclass num_class:3", "objective=binary")).toThrow(broken);
    expect(changed("feature_names=a b", "feature_names=a")).toThrow(broken);
    expect(changed(/left_child=\d/, "left_child=0")).toThrow(broken);
    expect(changed(/split_feature=\d/, "split_feature=8")).toThrow(broken);
    expect(changed("end of trees", "")).toThrow(broken);
    expect(() => lightgbmModel("")).toThrow(broken);
  });
});

function readsOrRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    expect(error.code).toMatch(/^model\/(corrupt|unsupported)-interchange$/);
  }
}
