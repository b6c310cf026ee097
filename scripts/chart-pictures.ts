/** @file Draws the pictures of charts that the guide shows: `node scripts/chart-pictures.ts`. */
import { writeFileSync } from "node:fs";
import { renderPng } from "../src/plot/index.ts";
import { chartSamples } from "../tests/support/chart-samples.ts";

/** Those that the guide has; the others are looked at in the tests. */
const shown = [
  ...["roc", "pr", "calibration", "gain", "confusion-of-classes", "learning"],
  ...["predictions", "residuals", "qq", "coefficients", "dependence", "swarm"],
  ...["waterfall", "violin", "correlation", "elbow", "silhouette", "dendrogram"],
  ...["scatter", "forecast", "attention"],
];
for (const name of shown) {
  const spec = chartSamples[name];
  if (spec === undefined) throw new Error(`there is no chart ${name}`);
  const file = new URL(`../docs/guide/pictures/chart-${name}.png`, import.meta.url);
  writeFileSync(file, await renderPng(spec, { scale: 1 }));
}
