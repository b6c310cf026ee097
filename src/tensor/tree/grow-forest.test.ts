/** @file Tests of growing forests where something goes wrong on the way. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { ForestOptions } from "./forest-layout.ts";
import { planForest } from "./forest-layout.ts";
import { type ForestProblem, growForest, growOnWorkers, openForest } from "./grow-forest.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const options: ForestOptions = {
  ...{ trees: 8, criterion: "squared", maxDepth: Infinity, minSamplesLeaf: 1, minSamplesSplit: 2 },
  ...{ maxFeatures: 2, samples: 200, bootstrap: true, randomThresholds: false, bins: 255, seed: 0 },
};

function problem(threads: number): ForestProblem {
  const draws = random(2).stream("x");
  const x = { rows: 200, cols: 2, data: Float64Array.from({ length: 400 }, () => draws.normal()) };
  return {
    x,
    y: Float64Array.from({ length: 200 }, () => draws.normal()),
    classes: 0,
    options,
    threads,
  };
}

describe("growForest", () => {
  test("stops with the reason of its signal, on workers and without", async () => {
    for (const threads of [1, 2]) {
      const stop = new AbortController();
      const progress = (): void => stop.abort(new Error("enough"));
      const grown = growForest(problem(threads), { signal: stop.signal, progress });
      await expect(grown).rejects.toThrow("enough");
    }
  });

  test("ends with the error of a progress callback that throws, on workers and without", async () => {
    const progress = (): never => {
      throw new Error("nobody listens");
    };
    for (const threads of [1, 2])
      await expect(growForest(problem(threads), { progress })).rejects.toThrow("nobody listens");
  });

  test("says so when a worker fails, or ends without a word", async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-forest-"));
    for (const [name, body] of [
      ["throws", 'throw new Error("broken");'],
      ["ends", ""],
    ] as const) {
      const file = join(folder, `${name}.mjs`);
      writeFileSync(file, body);
      const { job } = await openForest({ ...problem(2), threads: 2 });
      const grown = growOnWorkers(job, {}, pathToFileURL(file));
      await expect(grown).rejects.toThrow(code("tensor/failed-worker"));
    }
  });

  test("refuses what 32-bit addresses do not reach", () => {
    const shape = { rows: 1e8, width: 100, classes: 0, weighted: false, threads: 1, options };
    expect(() => planForest(shape, 0)).toThrow(code("tensor/out-of-range-memory"));
  });
});
