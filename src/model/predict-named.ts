/** @file Predicting rows whose features have names: a predictor knows them by their numbers only. */
import { retold } from "../core/index.ts";
import type { Matrix, Predictor } from "../flow.ts";
import { modelErrors } from "./errors.ts";

/** What a predictor tells of rows. @throws what it throws, with the name of the feature that it complains of */
export function predictNamed(
  predictor: Pick<Predictor, "predict">,
  x: Matrix,
  names: readonly string[],
): Float64Array {
  try {
    return predictor.predict(x);
  } catch (error) {
    throw retold(modelErrors, error, (details) => {
      const [, place] = /^feature (\d+)$/.exec(String(details["feature"])) ?? [];
      const feature = place === undefined ? undefined : names[Number(place)];
      return feature === undefined ? details : { ...details, feature };
    });
  }
}
