/** @file Naive Bayes and discriminants as estimators. */
import { describe } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import {
  bernoulliBayes,
  categoricalBayes,
  complementBayes,
  gaussianBayes,
  linearDiscriminant,
  multinomialBayes,
  quadraticDiscriminant,
} from "./index.ts";

const traits = { missing: false, oneClass: true, weights: 1e-6 };
const counts = (normal: number): number => Math.round(Math.abs(3 * normal));

describe("gaussianBayes", () => checkEstimator((options) => gaussianBayes(options), traits));
describe("multinomialBayes", () =>
  checkEstimator((options) => multinomialBayes(options), { ...traits, feature: counts }));
describe("complementBayes", () =>
  checkEstimator((options) => complementBayes(options), { ...traits, feature: counts }));
describe("bernoulliBayes", () => checkEstimator((options) => bernoulliBayes(options), traits));
describe("categoricalBayes", () =>
  checkEstimator((options) => categoricalBayes(options), { ...traits, feature: counts }));
describe("linearDiscriminant", () =>
  checkEstimator((options) => linearDiscriminant(options), traits));
describe("quadraticDiscriminant", () =>
  checkEstimator((options) => quadraticDiscriminant(options), traits));
