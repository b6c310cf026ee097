/** @file Estimators of estimators, as estimators. */
import { describe } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { gaussianBayes } from "../bayes/index.ts";
import { boost } from "../boost.ts";
import { logistic } from "../index.ts";
import { neighbours } from "../neighbour/index.ts";
import { calibrated, oneVsOne, oneVsRest, stacked, thresholded, voting } from "./index.ts";

type Options = Readonly<Record<string, unknown>> | undefined;

/** What was logged of an estimator, less what it is made of. */
function own(options: Options): object {
  const { estimator: _one, estimators: _all, final: _final, ...rest } = options ?? {};
  return rest;
}

const folded = { missing: false, oneClass: false, folds: true } as const;

for (const method of ["sigmoid", "isotonic", "temperature"] as const)
  describe(`calibrated, ${method}`, () =>
    checkEstimator((options) => calibrated(gaussianBayes(), { method, ...own(options) }), {
      ...folded,
      weights: 1e-9,
    }));

describe("thresholded", () =>
  checkEstimator(
    (options) => thresholded(boost({ trees: 5 }), { rule: "youden", ...own(options) }),
    { ...folded, missing: true, columns: null, weights: 1e-9 },
  ));

describe("stacked", () => {
  const bases = [neighbours({ neighbours: 3 }), neighbours({ distance: "manhattan" })];
  checkEstimator(
    (options) => stacked(bases, { final: neighbours(), passThrough: true, ...own(options) }),
    folded,
  );
});

describe("voting", () => {
  const two = [gaussianBayes(), gaussianBayes({ smoothing: 0.1 })];
  const traits = { missing: false, oneClass: true, weights: 1e-6 };
  checkEstimator((options) => voting(two, { shares: [2, 1], ...own(options) }), traits);
  checkEstimator((options) => voting([neighbours()], { vote: "class", ...own(options) }), {
    missing: false,
    oneClass: true,
  });
});

for (const wrap of [oneVsRest, oneVsOne])
  describe(wrap.name, () =>
    checkEstimator(() => wrap(logistic({ l2: 0.1 })), {
      ...{ missing: false, oneClass: false, weights: 1e-6 },
    }),
  );
