/**
 * @file Pretrains the small backbone on patterns and writes its weights, as half-precision numbers in base64, into
 * src/nn/vision/backbone-weights.ts. `node scripts/backbone.ts [ROWS] [EPOCHS]`, 8,000 and 25 if not given.
 */
import { writeFileSync } from "node:fs";
import { patterns } from "../src/dataset/index.ts";
import { train } from "../src/nn/index.ts";
import { toHalf } from "../src/nn/vision/half.ts";
import { networkRows } from "../src/nn/vision/network-rows.ts";
import { backboneLayers, imageNetwork } from "../src/nn/vision/presets.ts";

const [rows = 8_000, epochs = 25] = process.argv.slice(2).map(Number);
const learned = patterns({ rows, seed: 11 });
const held = networkRows(patterns({ rows: 1_200, seed: 12 }));
const network = imageNetwork("backbone", { classes: learned.classes.length });
const trained = await train(network, networkRows(learned), {
  ...{ loss: "crossEntropy", epochs, batchRows: 32, validation: held, seed: 11 },
  optimiser: { kind: "adam", learningRate: 0.003 },
  schedule: { kind: "cosine" },
  stopping: { patience: 8, monitor: "validationLoss" },
  onEpoch: ({ epoch, loss, validationAccuracy, seconds }) =>
    console.log(
      `epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${validationAccuracy}, ${seconds.toFixed(1)} s`,
    ),
});
const { accuracy } = await trained.evaluate(held);
const weights = trained.state.weights.subarray(0, backboneLayers([3, 32, 32]).parameters);
const text = Buffer.from(toHalf(weights).buffer).toString("base64");
const lines = [
  `/** @file Weights of the backbone that scripts/backbone.ts pretrained on patterns: halves, little-endian, in base64. It tells ${(100 * (accuracy ?? 0)).toFixed(1)} % of 1,200 other patterns. */`,
  "",
  "/** The weights of {@link pretrainedBackbone}, layer by layer. */",
  `export const backboneWeights = "${text}"; // biome-ignore format: data`,
  "",
];
writeFileSync(new URL("../src/nn/vision/backbone-weights.ts", import.meta.url), lines.join("\n"));
console.log(`${weights.length} weights, accuracy ${accuracy}`);
