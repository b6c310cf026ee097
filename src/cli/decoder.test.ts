/** @file Tests of `millrace decoder`, `generate` and `attention`. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { attention } from "./attention.ts";
import type { AnyCommand } from "./command.ts";
import { compare } from "./compare.ts";
import { confidence } from "./confidence.ts";
import { decoder } from "./decoder.ts";
import { executable } from "./execute.ts";
import { generate } from "./generate.ts";
import { maps } from "./maps.ts";

const code = (what: string) => expect.objectContaining({ code: what });
let home: string;
const at = (file: string): string => join(home, file);
const run = (command: AnyCommand, ...argv: readonly string[]) =>
  runCommand(command, [...argv, "--dir", at("ws")], { width: 120 });
const [train, write, look] = [executable(decoder), executable(generate), executable(attention)];
const small = [
  "--tokeniser",
  "word",
  "--context",
  "8",
  "--width",
  "16",
  "--heads",
  "2",
  "--layers",
  "2",
  "--epochs",
  "12",
  "--learning-rate",
  "0.02",
];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cli-decoder-"));
  await writeFile(
    at("text.md"),
    `# Work\n\n${"the miller grinds grain. the baker bakes bread. ".repeat(60)}`,
  );
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("millrace decoder", () => {
  test("trains on texts, says what frequencies alone would, and registers a version", async () => {
    const { lines, notes } = await run(train, at("text.md"), ...small, "--register", "writer");
    const text = lines.join("\n");
    const [, told, alone] =
      /validation perplexity: ([\d.]+) after epoch \d+; of frequencies alone ([\d.]+)/.exec(text) ??
      [];
    expect(Number(told)).toBeLessThan(Number(alone) / 2);
    expect(text).toContain("model: writer version 1");
    expect(notes.join("\n")).toMatch(/epoch 2: loss \d\.\d{4}, validation .* rows a second/);
  });

  test("refuses texts that are not there", async () => {
    await expect(run(train, at("none.md"))).rejects.toThrow(code("nn/missing-text"));
  });
});

describe("millrace generate", () => {
  test("goes on with a text, piece by piece or as JSON", async () => {
    const printed: string[] = [];
    const asked = ["writer", "the baker", "--temperature", "0", "--tokens", "3"];
    await runCommand(write, [...asked, "--dir", at("ws")], {
      onPrint: (text) => printed.push(text),
    });
    expect(printed).toEqual(["the baker", " bakes", " bread", ".", "\n"]);
    const told = await dataOf<{ text: string; ended: string }>(write, [
      ...asked,
      "--dir",
      at("ws"),
    ]);
    expect(told).toMatchObject({ prompt: "the baker", text: " bakes bread.", ended: "tokens" });
    await expect(run(write, "nobody", "the")).rejects.toThrow(code("registry/missing-model"));
  });
});

describe("millrace confidence, maps, compare", () => {
  test("refuse a language model by what it is, and name the commands for it", async () => {
    for (const [command, ...argv] of [
      [executable(confidence), "writer"],
      [executable(maps), "writer"],
      [executable(compare), "writer", "writer"],
    ] as const) {
      const asked = run(command, ...argv, "digits");
      await expect(asked).rejects.toThrow(code("cli/mismatch-model"));
      await expect(asked).rejects.toThrow(/generate and attention.*"language model"/);
    }
  });
});

describe("millrace attention", () => {
  test("shows a table, and draws it", async () => {
    const { lines } = await run(
      look,
      "writer",
      "the baker bakes",
      "--layer",
      "2",
      "--figure",
      at("look.svg"),
    );
    expect(lines.join("\n")).toMatch(/layer 2, mean of the heads[\s\S]*the +1\.00/);
    expect(await readFile(at("look.svg"), "utf8")).toContain("<svg");
    await run(
      look,
      "writer",
      "the baker",
      "--head",
      "1",
      "--figure",
      at("look.png"),
      "--theme",
      "dark",
    );
    expect((await readFile(at("look.png"))).subarray(1, 4).toString()).toBe("PNG");
    const told = await dataOf<{ weights: number[][] }>(look, [
      "writer",
      "the baker",
      "--dir",
      at("ws"),
    ]);
    expect(told.weights.map((row) => row.reduce((a, b) => a + b, 0))).toBeClose([1, 1], {
      rtol: 1e-5,
    });
    expect(told.weights[0]?.[1]).toBe(0);
  });

  test("refuses a picture of another kind, and layers that there are not", async () => {
    await expect(run(look, "writer", "the", "--figure", "look.gif")).rejects.toThrow(
      code("cli/mismatch-option"),
    );
    await expect(run(look, "writer", "the", "--layer", "3")).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});
