/** @file Tests of `millrace train`. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { digits } from "../dataset/index.ts";
import { naive, series, servedForecast } from "../forecast/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { model } from "./model.ts";
import { imagesOf } from "./networks/image-source.ts";
import { openNetwork } from "./networks/open-network.ts";
import { train } from "./train.ts";

let home: string;
const at = (file: string): string => join(home, file);
const small = ["--rows", "300", "--test-rows", "60", "--epochs", "2", "--network", "mlp"];
const run = (...argv: readonly string[]) =>
  runCommand(executable(train), [...argv, "--dir", at("ws")], { width: 120 });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cli-train-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("millrace train", () => {
  test("trains, judges on other images, leaves a run with curves, model and picture, and registers a version", async () => {
    const { lines, notes } = await run(
      "digits",
      ...small,
      "--register",
      "digits",
      "--out",
      at("pictures"),
    );
    const text = lines.join("\n");
    expect(text).toContain("parameters: 101,770");
    expect(text).toMatch(/test: accuracy \d+\.\d %, weighted F1 0\.\d{4}/);
    expect(text).toContain("model: digits version 1");
    expect(notes.join("\n")).toMatch(/epoch 2: loss \d\.\d{4}, validation .* rows a second/);
    expect(await readFile(at("pictures/training.svg"), "utf8")).toContain("<svg");
    await using workspace = await openWorkspace(at("ws"));
    const [only] = await workspace.tracking.runs({ experiment: "train digits" });
    expect(only).toMatchObject({
      name: "mlp",
      status: "finished",
      params: { images: "digits", parameters: "101770", seed: "0" },
    });
    expect(only?.metrics).toMatchObject({
      loss: expect.any(Number),
      val_loss: expect.any(Number),
      accuracy: expect.any(Number),
    });
    const kept = await openNetwork(workspace, "test", "digits@champion");
    const { labels, pixels } = digits({ rows: 60, seed: 1_000_003 });
    const told = await kept.model.trained.predict(pixels);
    const right = labels.filter((label, i) =>
      told.subarray(10 * i, 10 * i + 10).every((p) => p <= (told[10 * i + label] ?? 0)),
    );
    expect(right.length / 60).toBe(kept.version.metrics["accuracy"]);
    expect((await openNetwork(workspace, "test", "digits/1")).version.number).toBe(1);
    const shown = await runCommand(executable(model), ["show", "digits", "--dir", at("ws")], {
      width: 120,
    });
    expect(shown.lines.join("\n")).toContain("uint8 [1, 28, 28]");
    const written = await runCommand(
      executable(model),
      ["export", "digits", "--to", at("digits.onnx"), "--dir", at("ws")],
      { width: 120 },
    );
    expect(written.code).toBe(0);
    expect((await readFile(at("digits.onnx"))).length).toBeGreaterThan(400_000);
  });

  test("goes on from a checkpoint, takes layers from a file and images from IDX files", async () => {
    const { pixels, labels } = digits({ rows: 40 });
    await mkdir(at("idx"));
    const head = (type: number, ...sizes: readonly number[]): Buffer =>
      Buffer.from([0, 0, 8, type, ...sizes.flatMap((size) => [0, 0, size >> 8, size & 255])]);
    for (const part of ["train", "t10k"]) {
      await writeFile(
        at(`idx/${part}-images-idx3-ubyte`),
        Buffer.concat([head(3, 40, 28, 28), pixels]),
      );
      await writeFile(
        at(`idx/${part}-labels-idx1-ubyte`),
        Buffer.concat([head(1, 40), Uint8Array.from(labels)]),
      );
    }
    const layers = [
      { kind: "flatten", options: {} },
      { kind: "dense", options: { units: 10 } },
    ];
    await writeFile(at("layers.json"), JSON.stringify(layers));
    const asked = [
      at("idx"),
      "--layers",
      at("layers.json"),
      "--checkpoint",
      at("state"),
      "--dir",
      at("ws"),
    ];
    const epochs = async (count: string) =>
      (
        await dataOf<{ history: readonly { epoch: number }[] }>(executable(train), [
          ...asked,
          "--epochs",
          count,
        ])
      ).history;
    const [first, more] = [await epochs("1"), await epochs("2")];
    expect(more[0]).toEqual(first[0]);
    expect(more).toHaveLength(2);
  });

  test("takes the optimiser's own options, a schedule, a norm and a provider, and says what took its place", async () => {
    type Told = {
      history: readonly { learningRate: number }[];
      device: { runtime: string; provider: string; fallback: string | null };
    };
    const asked = ["digits", ...small, "--dir", at("ws")];
    const decayed = await dataOf<Told>(executable(train), [
      ...[...asked, "--optimiser", "adamw", "--weight-decay", "0.1", "--schedule", "cosine"],
      ...["--clip-norm", "1", "--learning-rate", "0.002", "--provider", "wasm"],
    ]);
    expect(decayed.device.runtime).toBe("wasm");
    const [first = 0, last = 0] = decayed.history.map(({ learningRate }) => learningRate);
    expect(first).toBeLessThan(0.002);
    expect(last).toBeLessThan(first);
    const { device } = await dataOf<Told>(executable(train), [
      ...[...asked, "--optimiser", "momentum", "--momentum", "0.5", "--provider", "cuda"],
      ...["--threads", "2"],
    ]);
    expect(device.provider === "cuda" || device.fallback?.includes("cuda")).toBe(true);
    const refused = async (words: string, ...argv: readonly string[]) => {
      const told = run("digits", ...small, ...argv);
      await expect(told).rejects.toMatchObject({ code: "cli/mismatch-option" });
      await expect(run("digits", ...small, ...argv)).rejects.toThrow(words);
    };
    await refused(
      "--weight-decay expects to stand beside --optimiser adamw",
      "--weight-decay",
      "1",
    );
    await refused("0.9 with --optimiser sgd", "--momentum", "0.9", "--optimiser", "sgd");
    await refused("a norm above 0", "--clip-norm", "0");
    for (const [name, value] of [
      ["--provider", "tpu"],
      ["--schedule", "warm"],
      ["--optimiser", "lion"],
      ["--weight-decay", "-1"],
    ] as const)
      await expect(run("digits", ...small, name, value)).rejects.toThrow(name);
  });

  test("keeps a training whose picture cannot be written", async () => {
    await writeFile(at("taken"), "a file, and no folder");
    const few = ["digits", "--rows", "60", "--test-rows", "20", "--epochs", "1"];
    const argv = [...few, "--out", at("taken/pictures"), "--dir", at("kept")];
    const failed = runCommand(executable(train), argv);
    await expect(failed).rejects.toMatchObject({ code: "store/conflict-key" });
    await using workspace = await openWorkspace(at("kept"));
    expect(await workspace.tracking.runs()).toHaveLength(1);
  });

  test("says what is wrong with images and layers that it cannot take", async () => {
    await writeFile(at("odd.json"), '{"kind": "dense"}');
    await expect(run("digitz")).rejects.toMatchObject({
      code: "cli/unknown-images",
      message: expect.stringContaining('Did you mean "digits"?'),
    });
    await expect(run("digits", ...small, "--layers", at("odd.json"))).rejects.toMatchObject({
      code: "cli/mismatch-option",
    });
    await expect(run("digits", ...small, "--layers", at("none.json"))).rejects.toMatchObject({
      code: "cli/mismatch-option",
    });
    await using workspace = await openWorkspace(at("ws"));
    const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
    const other = servedForecast(await naive().fit(series({ id: "a", times, values: [1, 2, 3] })));
    await workspace.registry.register("rule", { model: other, runId: "by hand" });
    await expect(openNetwork(workspace, "test", "rule")).rejects.toMatchObject({
      code: "cli/mismatch-model",
    });
  });
});

describe("imagesOf", () => {
  test("judges by the numbers of the classes that are learned, and refuses a class that is not", async () => {
    const png = (value: number): Buffer =>
      Buffer.from(
        encode({ width: 2, height: 2, data: new Uint8Array(4).fill(value), channels: 1, depth: 8 }),
      );
    const put = async (part: string, name: string): Promise<void> => {
      await mkdir(at(`pets/${part}/${name}`), { recursive: true });
      await writeFile(at(`pets/${part}/${name}/a.png`), png(9));
    };
    for (const name of ["cat", "dog", "owl"]) await put("train", name);
    for (const name of ["dog", "owl"]) await put("test", name);
    const { train: learned, test: judged } = await imagesOf({
      command: "train",
      source: at("pets"),
      seed: 0,
    });
    expect(learned.classes).toEqual(["cat", "dog", "owl"]);
    expect([judged.classes, [...judged.labels]]).toEqual([learned.classes, [1, 2]]);
    await put("test", "cow");
    await expect(imagesOf({ command: "train", source: at("pets"), seed: 0 })).rejects.toMatchObject(
      { code: "dataset/unknown-class" },
    );
  });
});
