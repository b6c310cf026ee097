/** @file Tests of the commands that look at networks for images: confidence, maps, compare, anomalies, transfer. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { scenes } from "../dataset/index.ts";
import { client } from "../serve/index.ts";
import { openWorkspace, type Workspace } from "../workspace/index.ts";
import { anomalies } from "./anomalies.ts";
import { compare } from "./compare.ts";
import { confidence } from "./confidence.ts";
import { executable } from "./execute.ts";
import { maps } from "./maps.ts";
import { openNetwork } from "./networks/open-network.ts";
import { serveWorkspace } from "./serving.ts";
import { models } from "./show.ts";
import { train } from "./train.ts";
import { transfer } from "./transfer.ts";

let home: string;
const at = (file: string): string => join(home, file);
const few = ["--test-rows", "60"];
const inside = (): readonly string[] => ["--dir", at("ws")];

/** A registered network answers over HTTP with what it tells here. */
async function served(workspace: Workspace, name: string): Promise<void> {
  const { model } = await openNetwork(workspace, "test", name);
  const { pixels } = scenes({ rows: 10, seed: 5 });
  const told = await model.trained.predict(pixels);
  const serving = await serveWorkspace({ workspace, model: name, port: 0 });
  try {
    const images = Array.from({ length: 10 }, (_, i) => {
      return { image: Buffer.from(pixels.subarray(3072 * i, 3072 * (i + 1))).toString("base64") };
    });
    const answers = await client(serving.web.url, { endpoint: name }).predictAll(images);
    const all = answers.flatMap(({ probabilities }) => Object.values(probabilities ?? {}));
    expect(all).toEqual([...told]);
  } finally {
    await serving.close();
  }
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cli-networks-"));
  for (const network of ["cnn", "mlp"])
    await runCommand(
      executable(train),
      [
        "digits",
        "--rows",
        "300",
        "--test-rows",
        "50",
        "--epochs",
        "1",
        "--batch-rows",
        "8",
        "--network",
        network,
        "--register",
        network,
        ...inside(),
      ],
      { width: 120 },
    );
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("millrace confidence", () => {
  test("shows bands, reliability and the most ambiguous image of each class, and draws them", async () => {
    const { lines } = await runCommand(
      executable(confidence),
      ["cnn", "digits", ...few, "--out", at("sure"), ...inside()],
      { width: 120 },
    );
    const text = lines.join("\n");
    for (const part of [
      "cnn version 1",
      "accept",
      "review",
      "reject",
      "expected calibration error",
      "calibration error: 0.",
      "most ambiguous image",
    ])
      expect(text).toContain(part);
    expect(await readFile(at("sure/ambiguous.svg"), "utf8")).toContain("data:image/png;base64,");
    expect(await readFile(at("sure/reliability.svg"), "utf8")).toContain(
      "Calibration: confidence and accuracy",
    );
  });

  test("asks with limits of one's own, and refuses a network for other images", async () => {
    const { bands } = await dataOf<{ bands: readonly { rows: number }[] }>(executable(confidence), [
      "cnn",
      "digits",
      ...few,
      "--accept",
      "0",
      "--reject",
      "0",
      ...inside(),
    ]);
    expect(bands.map(({ rows }) => rows)).toEqual([60, 0, 0]);
    for (const [command, ...networks] of [
      [executable(confidence), "cnn"],
      [executable(maps), "cnn"],
      [executable(compare), "cnn", "mlp"],
    ] as const) {
      const asked = (...argv: readonly string[]) =>
        runCommand(command, [...networks, ...argv, ...inside()], { width: 80 });
      const other = asked("scenes", ...few);
      await expect(other).rejects.toMatchObject({ code: "cli/mismatch-images" });
      await expect(other).rejects.toThrow("images of shape [1, 28, 28], got [3, 32, 32]");
      const rows = asked("digits", "--rows", "10");
      await expect(rows).rejects.toMatchObject({ code: "cli/unknown-option" });
    }
  });
});

describe("millrace models", () => {
  test("shows the accuracy of a network, which has no auc", async () => {
    const { lines } = await runCommand(executable(models), inside(), { width: 120 });
    expect(lines.join("\n")).toMatch(/cnn +1 +champion +accuracy 0\.\d{4}/);
  });
});

describe("millrace maps", () => {
  test("shows each convolution, dead filters and the answer, and draws the maps", async () => {
    const { lines } = await runCommand(
      executable(maps),
      ["cnn", "digits", ...few, "--class", "7", "--out", at("maps"), ...inside()],
      { width: 120 },
    );
    const text = lines.join("\n");
    for (const part of ["class 7", "[8, 26, 26]", "[16, 11, 11]", "dead", "6 dense"])
      expect(text).toContain(part);
    expect(await readFile(at("maps/maps-3-conv2d.svg"), "utf8")).toContain("filter 15");
    expect(await readFile(at("maps/saliency.svg"), "utf8")).toContain("Grad-CAM");
  });

  test("refuses images and layers that are not there", async () => {
    const asked = (...argv: readonly string[]) =>
      runCommand(executable(maps), ["cnn", "digits", ...few, ...argv, ...inside()], { width: 80 });
    await expect(asked("--class", "ten")).rejects.toMatchObject({ code: "cli/mismatch-option" });
    await expect(asked("--image", "60")).rejects.toMatchObject({ code: "cli/mismatch-option" });
    await expect(asked("--layer", "9")).rejects.toMatchObject({ code: "nn/unknown-convolution" });
  });
});

describe("millrace compare", () => {
  test("puts two networks side by side, and says which classes there are", async () => {
    const asked = (...argv: readonly string[]) =>
      runCommand(executable(compare), ["mlp", "cnn/1", "digits", ...few, ...argv, ...inside()], {
        width: 140,
      });
    const text = (await asked("--class", "6", "--mode", "highest", "--out", at("two"))).lines.join(
      "\n",
    );
    for (const part of ["class 6", "mlp version 1", "cnn version 1", "of 6 images"])
      expect(text).toContain(part);
    expect(await readFile(at("two/compare.svg"), "utf8")).toContain("mlp beside cnn/1");
    await expect(asked("--class", "66")).rejects.toMatchObject({
      code: "nn/unknown-class",
      message: expect.stringContaining("the classes are"),
    });
  });
});

describe("millrace anomalies", () => {
  test("learns the classes that are normal, and judges all", async () => {
    const { lines } = await runCommand(
      executable(anomalies),
      [
        "digits",
        "--rows",
        "100",
        "--test-rows",
        "60",
        "--epochs",
        "1",
        "--normal",
        "0,8",
        ...["--error", "squared", "--register", "odd", "--out", at("odd"), ...inside()],
      ],
      { width: 160 },
    );
    const text = lines.join("\n");
    for (const part of ["normal: 0, 8; others: 1, 2, 3", "threshold: ", "ROC AUC"])
      expect(text).toContain(part);
    expect(await readFile(at("odd/anomalies.svg"), "utf8")).toContain("reconstruction");
    expect(await readFile(at("odd/errors.svg"), "utf8")).toContain("others (");
    expect(text).toContain("model: odd version 1");
    await using workspace = await openWorkspace(at("ws"));
    const [run] = await workspace.tracking.runs({ experiment: "anomalies digits" });
    expect(run).toMatchObject({ name: "autoencoder", params: { error: "squared", normal: "0,8" } });
    expect(run?.metrics).toMatchObject({
      ...{ threshold: expect.any(Number), auc: expect.any(Number), loss: expect.any(Number) },
    });
    const { model } = await workspace.registry.load("odd", "champion");
    const image = Buffer.alloc(784).toString("base64");
    const { value, others } = await model.predict({ image });
    expect(others).toEqual({
      isAnomaly: Number(value) > (run?.metrics["threshold"] ?? Number.NaN),
    });
    const none = runCommand(
      executable(anomalies),
      ["digits", "--rows", "10", ...few, "--normal", "0,1,2,3,4,5,6,7,8,9", ...inside()],
      { width: 80 },
    );
    await expect(none).rejects.toMatchObject({ code: "cli/mismatch-option" });
  });
});

describe("millrace transfer", () => {
  test("holds a head on frozen features against the network from nothing", async () => {
    const { rows } = await dataOf<{
      rows: readonly { way: string; trainable: number; frozen: number; accuracy: number }[];
    }>(executable(transfer), [
      "scenes",
      "--rows",
      "200",
      "--test-rows",
      "200",
      "--fine-tune",
      "7",
      "--scratch-epochs",
      "1",
      ...["--register", "scenes", "--out", at("few"), ...inside()],
    ]);
    expect(rows.map(({ trainable, frozen }) => [trainable, frozen])).toEqual([
      [650, 23_584],
      [650, 23_584],
      [24_234, 0],
    ]);
    expect(rows[0]?.accuracy ?? 0).toBeGreaterThan((rows[2]?.accuracy ?? 1) + 0.2);
    expect(await readFile(at("few/transfer.svg"), "utf8")).toContain("fine-tuned from layer 7");
    await using workspace = await openWorkspace(at("ws"));
    const [run] = await workspace.tracking.runs({ experiment: "transfer scenes" });
    expect(run?.metrics).toMatchObject({
      ...{ accuracy: rows[1]?.accuracy, frozen_accuracy: rows[0]?.accuracy },
      ...{ scratch_accuracy: rows[2]?.accuracy, scratch_seconds: expect.any(Number) },
      ...{ val_loss: expect.any(Number), scratch_val_loss: expect.any(Number) },
    });
    await served(workspace, "scenes");
    const both = ["--register", "a", "--backbone", at("none.onnx")];
    await expect(
      runCommand(executable(transfer), ["scenes", "--rows", "10", ...few, ...both, ...inside()], {
        width: 80,
      }),
    ).rejects.toMatchObject({ code: "cli/conflict-options" });
    const missing = runCommand(
      executable(transfer),
      ["scenes", "--rows", "10", ...few, "--backbone", at("none.onnx"), ...inside()],
      { width: 80 },
    );
    await expect(missing).rejects.toMatchObject({ code: "cli/mismatch-option" });
  });
});
