/** @file Digits by two networks: what convolutions are worth, which predictions may be accepted, and a version that is served. */
import * as m from "millrace";

// Images that are drawn by chance: to learn from, and others to judge by.
const [learn, judge] = [m.digits({ rows: 4000, seed: 1 }), m.digits({ rows: 1000, seed: 2 })];
const rows = m.networkRows(learn);

// A hidden layer of 128 against two small convolutions: the better one has a seventh of the parameters.
const learned = async (name: m.ImageNetworkName) => {
  const stopping = { patience: 3, restoreBest: true };
  const how = { loss: "crossEntropy", epochs: 10, validation: 0.2, stopping, seed: 15 } as const;
  const trained = await m.train(m.imageNetwork(name), rows, how);
  const { accuracy } = await trained.evaluate(m.networkRows(judge));
  return { trained, accuracy: accuracy ?? 0 };
};
const [mlp, cnn] = [await learned("mlp"), await learned("cnn")];
console.log("parameters:", mlp.trained.network.parameters, "and", cnn.trained.network.parameters);
console.log("both have an accuracy above 0.9:", mlp.accuracy > 0.9 && cnn.accuracy > 0.9);
console.log("convolutions are more accurate:", cnn.accuracy > mlp.accuracy);

// Confident predictions are accepted, the others are reviewed by a person: the accepted ones are nearly all right.
const report = await m.confidenceReport(cnn.trained, judge, { accept: 0.9, reject: 0.5 });
const [sure] = report.bands;
console.log("accepted:", (sure?.share ?? 0) > 0.7, "right:", (sure?.accuracy ?? 0) > 0.97);

// Kept as a version that takes bytes: the division by 255 is inside. The same bits come back.
await using workspace = await m.openWorkspace("./digits");
const names = { input: "image", bytes: true, output: "digit", classes: learn.classes };
const model = m.networkModel(cnn.trained, names);
const alias = { name: "champion" };
await workspace.registry.register("digits", { model, runId: "by hand", alias });
const stored = await workspace.registry.load("digits", "champion");
const image = Buffer.from(judge.pixels.subarray(0, 784)).toString("base64");
const [before, after] = [await model.predict({ image }), await stored.model.predict({ image })];
console.log(
  "the same prediction:",
  before.value === after.value && before.probability === after.probability,
);
