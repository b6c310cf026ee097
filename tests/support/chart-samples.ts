/** @file One of every chart, of made-up rows: for tests that hold for all of them, and for the guide's pictures. */
import { random } from "../../src/core/index.ts";
import {
  classesAt,
  confusionMatrix,
  gainCurve,
  prAuc,
  prCurve,
  reliability,
  rocAuc,
  rocCurve,
} from "../../src/metric/index.ts";
import {
  attentionChart,
  boxChart,
  type ChartSpec,
  calibrationChart,
  coefficientsChart,
  confusionChart,
  correlationChart,
  dendrogramChart,
  dependenceChart,
  driftChart,
  elbowChart,
  forecastFigure,
  gainChart,
  histogramChart,
  importancesChart,
  learningChart,
  prChart,
  predictionsChart,
  qqChart,
  residualsChart,
  rocChart,
  scatterChart,
  silhouetteChart,
  swarmChart,
  timeChart,
  waterfallChart,
} from "../../src/plot/index.ts";

const chance = random(7).stream("charts");
const list = (n: number, of: (i: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => of(i));
const normal = (n: number): number[] => list(n, () => chance.normal());

const n = 600;
const y = Float64Array.from({ length: n }, () => (chance.next() < 0.35 ? 1 : 0));
const scoreOf = (knows: number): Float64Array =>
  y.map((label) => 1 / (1 + Math.exp(-(knows * (label - 0.4) + chance.normal()))));
const [good, fair] = [scoreOf(3), scoreOf(1.5)];
const models = [
  { name: "boost", p: good },
  { name: "logistic", p: fair },
];
const price = list(400, () => 20 + 30 * chance.next());
const guessed = price.map((v) => v + 0.08 * v * chance.normal() + 0.01 * (v - 35) ** 2 - 1);
const features = [
  "tenure",
  "monthly charges",
  "contract",
  "internet service",
  "age",
  "payment method",
];
const shap = features.map((_, j) =>
  normal(200).map((v) => ({
    value: v,
    effect: (v * (j % 2 ? -0.5 : 0.6)) / (j + 1) + 0.05 * chance.normal(),
  })),
);
const cell = (of: "value" | "effect") =>
  list(200 * 6, (i) => shap[i % 6]?.[Math.floor(i / 6)]?.[of] ?? 0);
const daily = (from: number, values: readonly number[]) =>
  values.map((value, i) => ({ atMs: Date.UTC(2026, 0, 1 + from + i), value }));
const season = (i: number): number => 100 + 0.3 * i + 12 * Math.sin((2 * Math.PI * i) / 7);
const spread = (level: number, k: number) => ({
  level,
  lower: list(21, (i) => season(90 + i) - k * Math.sqrt(i + 1)),
  upper: list(21, (i) => season(90 + i) + k * Math.sqrt(i + 1)),
});
const places = list(240, (i) => i % 3);
const grid = list(30, (i) => i * 2.4);
const dependence = grid.map((v) => 0.55 * Math.exp(-v / 20) + 0.08);
const steps = list(60, (i) => i);
const joined = {
  left: [0, 2, 4, 8, 6, 11, 12],
  right: [1, 3, 5, 9, 7, 10, 13],
  heights: [0.4, 0.6, 0.9, 1.4, 0.8, 2.1, 4.2],
};

const looking = ["the", "␣mill", "er", "␣grinds", "␣the", "␣grain", "␣of", "␣the", "␣town", "."];
const looked = looking.map((_, i) => {
  const row = looking.map((__, j) => (j <= i ? Math.exp(1.5 * Math.sin(3 * i + 5 * j)) : 0));
  return row.map((weight) => weight / row.reduce((a, b) => a + b));
});

/** Every chart by the name of what it shows. */
export const chartSamples: Readonly<Record<string, ChartSpec>> = {
  attention: attentionChart(looked, looking, { subtitle: "layer 1, mean of 4 heads" }),
  confusion: confusionChart(confusionMatrix(y, classesAt(good)), ["stays", "leaves"]),
  "confusion-of-classes": confusionChart([[50, 2, 1, 0], [4, 38, 6, 2], [0, 5, 44, 3], [1, 0, 7, 61]], ["setosa", "versicolor", "virginica", "unknown"]),
  roc: rocChart(models.map(({ name, p }) => ({ name, auc: rocAuc(y, p), ...rocCurve(y, p) }))),
  pr: prChart(models.map(({ name, p }) => ({ name, prAuc: prAuc(y, p), ...prCurve(y, p) })), { share: 0.35 }),
  calibration: calibrationChart(models.map(({ name, p }) => ({ name, bins: reliability(y, p) }))),
  gain: gainChart(models.map(({ name, p }) => ({ name, ...gainCurve(y, p) }))),
  lift: gainChart(models.map(({ name, p }) => ({ name, ...gainCurve(y, p) })), { show: "lift" }),
  predictions: predictionsChart(price, guessed, { label: "price", unit: "thousand €" }),
  residuals: residualsChart(price, guessed, { label: "price", unit: "thousand €" }),
  qq: qqChart(price.map((v, i) => v - (guessed[i] ?? 0))),
  learning: learningChart({ train: steps.map((i) => 0.65 * Math.exp(-i / 15) + 0.1), validation: steps.map((i) => 0.6 * Math.exp(-i / 12) + 0.2 + 0.0012 * i) }, { metric: "log loss", over: "trees", best: 35 }),
  importances: importancesChart(features.map((name, i) => ({ name, share: [0.38, 0.24, 0.17, 0.11, 0.07, 0.03][i] ?? 0 }))),
  coefficients: coefficientsChart(features.map((name, i) => { const value = [-0.9, 0.6, -0.5, 0.35, -0.1, 0.04][i] ?? 0; return { name, value, low: value - 0.12, high: value + 0.12 }; })),
  dependence: dependenceChart({ values: grid, mean: dependence, low: dependence.map((v) => v - 0.06), high: dependence.map((v) => v + 0.06), rows: list(25, (i) => i).map((i) => dependence.map((v) => v + 0.004 * (i - 12) + 0.01 * chance.normal())) }, { feature: "tenure", unit: "months", predicted: "probability of leaving" }),
  "dependence-of-categories": dependenceChart({ values: ["month-to-month", "one year", "two years"], mean: [0.42, 0.12, 0.03], low: [0.36, 0.09, 0.01], high: [0.48, 0.15, 0.05] }, { feature: "contract", predicted: "probability of leaving" }),
  swarm: swarmChart({ names: features, contributions: cell("effect"), values: cell("value") }),
  waterfall: waterfallChart({ base: 0.265, effects: [{ name: "contract", value: "month-to-month", effect: 0.21 }, { name: "tenure", value: 2, effect: 0.17 }, { name: "monthly charges", value: 29.85, effect: -0.06 }, { name: "internet service", value: "DSL", effect: -0.04 }, { name: "age", value: 61, effect: 0.02 }] }),
  box: boxChart([{ name: "stays", values: normal(200).map((v) => 61 + 18 * v) }, { name: "leaves", values: normal(120).map((v) => 74 + 14 * v) }, { name: "unknown", values: normal(30).map((v) => 50 + 25 * v) }], { label: "monthly charges", unit: "$", title: "Monthly charges by churn" }),
  violin: boxChart([{ name: "stays", values: normal(200).map((v) => 61 + 18 * v) }, { name: "leaves", values: [...normal(80).map((v) => 84 + 6 * v), ...normal(50).map((v) => 48 + 6 * v)] }], { label: "monthly charges", unit: "$", show: "violin", title: "Monthly charges by churn" }),
  correlation: correlationChart([[1, 0.25, 0.83, -0.35, 0.02], [0.25, 1, 0.65, 0.19, 0.22], [0.83, 0.65, 1, -0.2, 0.1], [-0.35, 0.19, -0.2, 1, 0.15], [0.02, 0.22, 0.1, 0.15, 1]], ["tenure", "monthly charges", "total charges", "churn", "senior citizen"]),
  elbow: elbowChart([[1, 681], [2, 152], [3, 79], [4, 57], [5, 46], [6, 39], [7, 34]].map(([clusters = 1, value = 0]) => ({ clusters, value })), { measure: "sum of squares", chosen: 3 }),
  silhouette: silhouetteChart(places.map((c) => 0.9 - 0.25 * c - 0.5 * chance.next() ** 2 - (c === 2 ? 0.2 * chance.next() : 0)), places),
  dendrogram: dendrogramChart(joined, { cut: 1.8, names: ["Ann", "Bob", "Cat", "Dan", "Eve", "Fay", "Gus", "Hal"] }),
  scatter: scatterChart({ x: places.map((c) => 2.5 * c + chance.normal()), y: places.map((c) => (c === 1 ? 3 : 0) + chance.normal()), classes: places.map((c) => ["setosa", "versicolor", "virginica"][c] ?? "") }, { title: "Two principal components", axes: ["component 1 (73 %)", "component 2 (23 %)"], marks: [{ x: 0, y: 0, name: "A" }, { x: 2.5, y: 3, name: "B" }, { x: 5, y: 0, name: "C" }] }),
  forecast: forecastFigure({ history: daily(0, list(90, (i) => season(i) + 2 * chance.normal())), expected: daily(90, list(21, (i) => season(90 + i))), bands: [spread(0.8, 3), spread(0.95, 5)], came: daily(90, list(10, (i) => season(90 + i) + 3 * chance.normal())) }, { measure: "bikes", title: "Bikes a day" }),
  histogram: histogramChart({ training: normal(500), now: normal(400).map((v) => v * 1.2 + 0.5) }, { column: "age" }),
  drift: driftChart([{ column: "tenure", psi: 0.31, level: "severe" }, { column: "age", psi: 0.04, level: "none" }]),
  time: timeChart(list(48, (i) => i).map((i) => ({ atMs: i * 3_600_000, value: 0.8 + 0.03 * Math.sin(i / 4) })), { metric: "accuracy" }),
}; // biome-ignore format: a chart a line
