/** @file Tests of what people do with networks for images. */
import { beforeAll, describe, expect, test } from "vitest";
import { digits, type Images, imagesOfClasses, scenes, takeImages } from "../../dataset/index.ts";
import { importOnnx } from "../import/index.ts";
import { flatten } from "../layers/arrangement.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { input } from "../network.ts";
import { started } from "../train/task.ts";
import { train } from "../train/train.ts";
import { type TrainedNetwork, trainedNetwork } from "../train/trained-network.ts";
import { fromHalf, toHalf } from "./half.ts";
import {
  chooseLayers,
  compareNetworks,
  confidenceReport,
  deadFilters,
  featureMaps,
  fineTune,
  fitAnomalies,
  gradCam,
  type ImageJudge,
  imageNetwork,
  networkRows,
  networkTasks,
  onnxBackbone,
  pretrainedBackbone,
  saliency,
  transferLearn,
} from "./index.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const learned = digits({ rows: 600, seed: 1 });
const held = digits({ rows: 300, seed: 2 });
const imageOf = ({ pixels }: Images, row: number): Uint8Array =>
  pixels.subarray(784 * row, 784 * (row + 1));

let cnn: TrainedNetwork;
beforeAll(async () => {
  cnn = await train(imageNetwork("cnn"), networkRows(learned), {
    loss: "crossEntropy",
    epochs: 4,
    batchRows: 16,
    seed: 1,
    optimiser: { kind: "adam", learningRate: 0.004 },
  });
});

describe("imageNetwork", () => {
  test("makes networks with the numbers of parameters that are known of them", () => {
    const counts = (["mlp", "cnn", "pipelineCnn", "rolloutA", "rolloutB"] as const).map(
      (name) => imageNetwork(name).parameters,
    );
    expect(counts).toEqual([101_770, 14_410, 53_866, 253_322, 167_050]);
    expect(imageNetwork("mlp", { shape: [3, 32, 32] }).parameters).toBe(394_634);
    const { parameters, layers } = imageNetwork("autoencoder");
    expect(parameters + layers.reduce((sum, { kept }) => sum + kept, 0)).toBe(11_555);
    expect(imageNetwork("backbone").parameters).toBe(23_584 + 650);
  });

  test("refuses what it cannot make", () => {
    expect(() => imageNetwork("autoencoder", { shape: [1, 30, 30] })).toThrow(
      code("nn/mismatch-layer"),
    );
    expect(() => imageNetwork("mlp", { classes: 1 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such network
    expect(() => imageNetwork("resnet")).toThrow(code("option/out-of-range"));
  });
});

describe("confidenceReport", () => {
  test("routes images by confidence, and tells whether it comes true", async () => {
    const report = await confidenceReport(cnn, held);
    expect(report.bands.map(({ band }) => band)).toEqual(["accept", "review", "reject"]);
    expect(report.bands.reduce((sum, { rows }) => sum + rows, 0)).toBe(300);
    const [accept, review] = report.bands;
    expect(accept?.accuracy ?? 0).toBeGreaterThan(review?.accuracy ?? 1);
    expect(report.accuracy).toBe((await cnn.evaluate(networkRows(held))).accuracy);
    expect(report.reliability.reduce((sum, { rows }) => sum + rows, 0)).toBe(300);
    expect(report.calibrationError).toBeLessThan(0.3);
    expect(report.ambiguous.map((one) => one.class)).toEqual([...held.classes]);
    const six = report.ambiguous[6];
    expect(held.labels[six?.row ?? 0]).toBe(6);
    const sixes = Array.from(report.tops).filter((_, i) => held.labels[i] === 6);
    expect(six?.top).toBe(Math.min(...sixes));
  });

  test("counts by hand what is at the limits", async () => {
    const told = Float32Array.of(0.9, 0.1, 0.5, 0.5, 0.25, 0.75, 0.45, 0.4);
    const judge: ImageJudge = { predict: async () => told };
    const four: Images = {
      rows: 4,
      shape: [1, 1, 1],
      pixels: new Uint8Array(4),
      labels: Int32Array.of(0, 1, 1, 1),
      classes: ["a", "b"],
    };
    const { routes, bands } = await confidenceReport(judge, four);
    expect(routes).toEqual(["review", "review", "review", "reject"]); // 0.9 as 32 bits is below 0.9
    expect(bands.map(({ rows, accuracy }) => [rows, accuracy])).toEqual([
      [0, null],
      [3, 2 / 3],
      [1, 0],
    ]);
    await expect(confidenceReport(judge, { ...four, classes: ["a", "b", "c"] })).rejects.toThrow(
      code("nn/mismatch-network"),
    );
    await expect(confidenceReport(judge, four, { accept: 0.4 })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});

describe("featureMaps and deadFilters", () => {
  test("show what each filter gives, by name and by number", async () => {
    const first = await featureMaps(cnn, imageOf(held, 0));
    expect([first.layer, first.shape, first.maps.length]).toEqual([
      "1 conv2d",
      [8, 26, 26],
      8 * 676,
    ]);
    const second = await featureMaps(cnn, imageOf(held, 0), 3);
    expect(second).toEqual(await featureMaps(cnn, imageOf(held, 0), "3 conv2d"));
    expect(second.shape).toEqual([16, 11, 11]);
    const sum = (i: number, j: number): number => {
      const kernel = cnn.state.weights.subarray(0, 9);
      const bias = cnn.state.weights[72] ?? 0;
      return kernel.reduce(
        (total, w, at) =>
          total + w * ((held.pixels[(i + Math.floor(at / 3)) * 28 + j + (at % 3)] ?? 0) / 255),
        bias,
      );
    };
    expect(first.maps[10 * 26 + 12]).toBeClose(Math.max(0, sum(10, 12)), { atol: 1e-5 });
    await expect(featureMaps(cnn, imageOf(held, 0), "2 conv2d")).rejects.toThrow(
      code("nn/unknown-convolution"),
    );
    await expect(featureMaps(cnn, new Uint8Array(5))).rejects.toThrow(code("nn/mismatch-rows"));
    const network = imageNetwork("mlp");
    const flat = trainedNetwork({ network, loss: "crossEntropy", state: started(network, 0, 0) });
    await expect(featureMaps(flat, imageOf(held, 0))).rejects.toThrow(code("nn/mismatch-network"));
  });

  test("find the filters that never answer", async () => {
    const network = input([1, 28, 28])
      .add(conv2d(3, { activation: "relu" }))
      .add(flatten())
      .add(dense(2));
    const state = started(network, 0, 1);
    const bias = network.weights.find(({ name }) => name === "1 conv2d/bias")?.offset ?? 0;
    state.weights[bias + 1] = -100;
    const told = await deadFilters(
      trainedNetwork({ network, loss: "crossEntropy", state }),
      takeImages(held, [0, 1, 2]),
    );
    expect(told).toEqual([
      { layer: "1 conv2d", units: 3, dead: [1] },
      { layer: "3 dense", units: 2, dead: [] },
    ]);
  });
});

describe("saliency and gradCam", () => {
  test("are the weights of a linear network, as large as they are", async () => {
    const network = input([1, 28, 28]).add(flatten()).add(dense(10));
    const state = started(network, 0, 5);
    const linear = trainedNetwork({ network, loss: "crossEntropy", state });
    const told = await saliency(linear, imageOf(held, 3), { class: 4 });
    expect([told.shape, told.class]).toEqual([[28, 28], 4]);
    const sizes = Float32Array.from({ length: 784 }, (_, i) =>
      Math.abs(state.weights[10 * i + 4] ?? 0),
    );
    const most = Math.max(...sizes);
    for (const [i, value] of told.map.entries())
      expect(value).toBeClose((sizes[i] ?? 0) / most, { atol: 1e-6 });
    const answer = await saliency(linear, imageOf(held, 3));
    const said = await linear.predict(imageOf(held, 3));
    expect(answer.class).toBe(said.indexOf(Math.max(...said)));
    await expect(saliency(linear, held.pixels.subarray(0, 5))).rejects.toThrow(
      code("nn/mismatch-rows"),
    );
  });

  test("show where a class was found, in the size of the image", async () => {
    const cam = await gradCam(cnn, imageOf(held, 3));
    expect([cam.shape, cam.map.length]).toEqual([[28, 28], 784]);
    expect(Math.max(...cam.map)).toBe(1); // it found something
    const said = await cnn.predict(imageOf(held, 3));
    expect(cam.class).toBe(said.indexOf(Math.max(...said)));
    await expect(gradCam(cnn, imageOf(held, 3), { class: 10 })).rejects.toThrow(
      code("option/out-of-range"),
    );
    await expect(gradCam(cnn, imageOf(held, 3), { layer: 9 })).rejects.toThrow(
      code("nn/unknown-convolution"),
    );
  });
});

describe("compareNetworks", () => {
  test("picks the image that the first is least or most sure of, in a class", async () => {
    const weak: ImageJudge = {
      predict: async (x) => new Float32Array((x.length / 784) * 10).fill(0.1),
    };
    const lowest = await compareNetworks([cnn, weak], held, { class: "6" });
    const { ambiguous } = await confidenceReport(cnn, held);
    expect([lowest.row, lowest.rows, lowest.class]).toEqual([ambiguous[6]?.row, 30, "6"]);
    const highest = await compareNetworks([cnn, weak], held, { mode: "highest" });
    expect(highest.first.top).toBeGreaterThan(lowest.first.top);
    expect(highest.second.probabilities).toHaveLength(10);
    const some = await compareNetworks([cnn, weak], held, { mode: "random", seed: 4 });
    expect(some.row).toBe(
      (await compareNetworks([cnn, weak], held, { mode: "random", seed: 4 })).row,
    );
  });

  test("says which classes there are", async () => {
    const named: Images = {
      ...held,
      classes: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    };
    const wrong = compareNetworks([cnn, cnn], named, { class: "sevn" });
    await expect(wrong).rejects.toThrow(code("nn/unknown-class"));
    await expect(wrong).rejects.toThrow('Did you mean "seven"?');
    const none = compareNetworks([cnn, cnn], takeImages(named, [0]), { class: "seven" });
    await expect(none).rejects.toThrow(/nn\/missing-rows|too few rows/);
  });
});

describe("fitAnomalies", () => {
  test("learns normal digits alone, and tells the others", async () => {
    const normals = imagesOfClasses(learned, ["0", "3", "6", "8", "9"]);
    const network = imageNetwork("autoencoder");
    const detector = await fitAnomalies(normals, {
      network,
      epochs: 4,
      batchRows: 16,
      learningRate: 0.01,
      seed: 1,
      error: "squared",
    });
    const [normal, odd] = [
      imagesOfClasses(held, ["0", "3", "6", "8", "9"]),
      imagesOfClasses(held, ["1", "2", "4", "5", "7"]),
    ];
    const inverted: Images = { ...odd, pixels: odd.pixels.map((byte) => 255 - byte) };
    const scores = await detector.judge(normal, inverted);
    expect(scores.rocAuc).toBeGreaterThan(0.95);
    expect(scores.recall).toBeGreaterThan(0.9);
    expect(scores.falseAlarms).toBeLessThan(0.2);
    const errors = await detector.errors(normal);
    expect(detector.threshold).toBeClose(detector.mean + 2 * detector.deviation);
    const shown = await detector.show(normal, 2);
    expect(shown.error).toBeClose(errors[2] ?? 0, { rtol: 1e-5 });
    expect(shown.isAnomaly).toBe((errors[2] ?? 0) > detector.threshold);
    expect(shown.difference).toHaveLength(784);
  });

  test("refuses networks that do not give their input again, and too few images", async () => {
    await expect(fitAnomalies(learned, { network: imageNetwork("cnn") })).rejects.toThrow(
      code("nn/mismatch-network"),
    );
    await expect(fitAnomalies(takeImages(learned, [0, 1]))).rejects.toThrow(
      code("nn/missing-rows"),
    );
    await expect(fitAnomalies(learned, { percentile: 1 })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});

describe("transferLearn", () => {
  const few = scenes({ rows: 300, seed: 1 });
  const others = scenes({ rows: 400, seed: 2 });
  const accuracyOf = async (judge: ImageJudge): Promise<number> =>
    (await confidenceReport(judge, others)).accuracy;

  test("beats learning from nothing on as few images, in less time", async () => {
    const model = await transferLearn(few, { seed: 1 });
    expect([model.trainable, model.frozen]).toEqual([650, 23_584]);
    const before = performance.now();
    const scratch = await train(imageNetwork("backbone"), networkRows(few), {
      loss: "crossEntropy",
      epochs: 3,
      seed: 1,
    });
    const seconds = (performance.now() - before) / 1000;
    const [transfer, alone] = [await accuracyOf(model), await accuracyOf(scratch)];
    expect(
      transfer,
      `${model.seconds.features} s and ${model.seconds.head} s; from nothing ${seconds} s`,
    ).toBeGreaterThan(alone + 0.2);
    expect(transfer).toBeGreaterThan(0.55);
    const { whole } = model;
    expect(whole?.layers.map(({ kind }) => kind).slice(-2)).toEqual(["globalAveragePool", "dense"]);
    expect(await whole?.predict(others.pixels)).toEqual(await model.predict(others.pixels));
    if (whole === undefined) return;
    const tuned = await fineTune(whole, few, { fromLayer: 5, epochs: 1 });
    expect([tuned.frozen, tuned.trainable]).toEqual([5088, 18_496 + 650]);
    const changed = whole.network.weights.filter(
      ({ offset }) => whole.state.weights[offset] !== tuned.trained.state.weights[offset],
    );
    expect(changed.map(({ name }) => name)).toEqual([
      "5 conv2d/kernel",
      "5 conv2d/bias",
      "7 dense/kernel",
      "7 dense/bias",
    ]);
    expect(tuned.trained.state.weights.subarray(0, 5088)).toEqual(
      whole.state.weights.subarray(0, 5088),
    );
  });

  test("takes any backbone, and refuses images of another shape", async () => {
    const mean = {
      shape: [3, 32, 32],
      width: 3,
      features: async (pixels: Uint8Array) =>
        Float32Array.from(
          { length: (3 * pixels.length) / 3072 },
          (_, i) =>
            pixels.subarray(1024 * i, 1024 * (i + 1)).reduce((sum, byte) => sum + byte, 0) /
            261_120,
        ),
    } as const;
    const model = await transferLearn(few, { backbone: mean, epochs: 2 });
    expect([model.frozen, model.trainable, model.whole]).toEqual([0, 40, undefined]);
    await expect(transferLearn(held)).rejects.toThrow(code("nn/mismatch-network"));
    expect(pretrainedBackbone().width).toBe(64);
  });

  test("takes an ONNX file as backbone, whole or cut at maps", async () => {
    const own = pretrainedBackbone();
    const imported = await importOnnx(own.trained?.onnx() ?? new Uint8Array());
    const some = few.pixels.subarray(0, 5 * 3072);
    const backbone = await onnxBackbone(imported, { shape: [3, 32, 32] });
    expect(backbone.width).toBe(64);
    const [told, expected] = [await backbone.features(some), await own.features(some)];
    for (const [i, value] of told.entries())
      expect(value).toBeClose(expected[i] ?? 0, { rtol: 1e-4, atol: 1e-5 });
    const model = await transferLearn(few, { backbone, epochs: 1 });
    expect([model.frozen, model.trainable]).toEqual([0, 650]);
    const maps = imported.facts.tensors.at(-2) ?? "";
    const cut = await onnxBackbone(imported, { shape: [3, 32, 32], tensor: maps, low: -1 });
    expect((await cut.features(some)).length % 5).toBe(0);
    await expect(onnxBackbone(imported, { shape: [3, 32, 32], tensor: "nowhere" })).rejects.toThrow(
      code("nn/unknown-tensor"),
    );
    await expect(onnxBackbone(imported, { shape: [3, 32, 32], low: 2 })).rejects.toThrow(
      code("option/out-of-range"),
    );
    await imported.close();
  });

  test("frozen weights stay, whatever the optimiser does, and not all may be", async () => {
    const network = input([1, 28, 28])
      .add(flatten())
      .add(dense(4, { activation: "relu" }))
      .add(dense(10));
    const start = started(network, 2, 3);
    const some = await train(network, networkRows(learned), {
      loss: "crossEntropy",
      optimiser: { kind: "adamw" },
      l2: 0.1,
      epochs: 1,
      frozen: (weight) => weight.startsWith("2 "),
      from: start,
    });
    const first = 784 * 4 + 4;
    expect(some.state.weights.subarray(0, first)).toEqual(start.weights.subarray(0, first));
    expect(some.state.weights.subarray(first)).not.toEqual(start.weights.subarray(first));
    await expect(
      train(network, networkRows(learned), { loss: "crossEntropy", frozen: () => true }),
    ).rejects.toThrow(code("nn/missing-weights"));
  });
});

describe("toHalf", () => {
  test("rounds as IEEE 754 does, and comes back", () => {
    const values = Float32Array.of(
      0,
      1,
      -2.5,
      65_504,
      65_520,
      2 ** -24,
      2 ** -14,
      1 / 3,
      1 + 2 ** -11,
      -0.1,
    );
    expect([...toHalf(values)]).toEqual([
      0, 0x3c00, 0xc100, 0x7bff, 0x7c00, 1, 0x0400, 0x3555, 0x3c00, 0xae66,
    ]);
    const all = Uint16Array.from({ length: 0x7c01 }, (_, i) => i);
    expect(toHalf(fromHalf(all))).toEqual(all);
  });
});

describe("chooseLayers", () => {
  test("has layers, an activation and a loss for each task", () => {
    for (const task of networkTasks)
      expect(chooseLayers(task).layers.length, task).toBeGreaterThan(0);
    expect(chooseLayers("one of many").loss).toBe("crossEntropy");
    // @ts-expect-error: there is no such task
    expect(() => chooseLayers("poetry")).toThrow(code("option/out-of-range"));
  });
});
