import { describe, expect, expectTypeOf, test } from "vitest";
import type { Predictor } from "../../src/flow.ts";
import {
  type BoostPredictor,
  type Coefficient,
  type Estimator,
  type FittedModel,
  majority,
} from "../../src/model/index.ts";
import { frame, openEngine } from "../../src/table/index.ts";
import { type Fitted, fitted, houses } from "./fitted.ts";

type PredictorOf<K extends keyof Fitted> = Fitted[K]["predictor"];

describe("the type of a fitted model", () => {
  test("keeps what its estimator learned", () => {
    expectTypeOf<ReturnType<PredictorOf<"leastSquares">["coefficients"]>>().toEqualTypeOf<
      readonly Coefficient[]
    >();
    expectTypeOf<PredictorOf<"lasso">["alpha"]>().toEqualTypeOf<number>();
    expectTypeOf<PredictorOf<"lasso">["converged"]>().toEqualTypeOf<boolean>();
    expectTypeOf<PredictorOf<"boost">>().toEqualTypeOf<BoostPredictor>();
    expectTypeOf<PredictorOf<"forest">>().toHaveProperty("outOfBag");
    expectTypeOf<PredictorOf<"thresholded">["threshold"]>().toEqualTypeOf<number>();
    expectTypeOf<PredictorOf<"calibrated">>().toHaveProperty("method");
    expectTypeOf<PredictorOf<"chosen">["threshold"]>().toEqualTypeOf<number>();
    expectTypeOf<PredictorOf<"fair">>().toHaveProperty("method");
    expectTypeOf<PredictorOf<"untyped">>().toEqualTypeOf<PredictorOf<"leastSquares">>();
  });

  test("is that of any model where nobody says more", () => {
    expectTypeOf<FittedModel["predictor"]>().toEqualTypeOf<Predictor>();
    expectTypeOf<Fitted["boost"]>().toExtend<FittedModel<{ readonly area: number }, number>>();
    const anyEstimator: Estimator = majority();
    type Any = Awaited<ReturnType<typeof anyEstimator.fit>>["predictor"];
    expectTypeOf<Any>().toEqualTypeOf<Predictor>();
  });

  test("is true of what is learned", async () => {
    const engine = await openEngine();
    const some = (range: string) => {
      const sql = `SELECT range::DOUBLE AS area, range * 2.0 + range % 3 AS price, range % 7 > 3 AS sold FROM range(${range})`;
      return frame({ engine, schema: houses, sql });
    };
    const found = await fitted(some("60"), some("60, 120"));
    await engine.close();
    expect(found.leastSquares.predictor.coefficients()).toHaveLength(2);
    expect(found.boost.predictor.losses).toHaveLength(5);
    expect(found.lasso.predictor.alpha).toBeGreaterThan(0);
    expect(found.chosen.predictor.threshold).toBeTypeOf("number");
  });
});
