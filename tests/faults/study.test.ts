/** @file Studies that several processes search, some of which are killed in the middle of a trial. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { openRecords } from "../../src/store/index.ts";
import { openStudy, type Study } from "../../src/tune/index.ts";
import { startWorker, type Worker } from "../support/worker.ts";
import { bowl, shared } from "./study-child.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-study-"));
});
afterEach(() => rm(folder, { recursive: true }));

const program = join(import.meta.dirname, "study-child.ts");
const path = () => join(folder, "records.db");
const start = (trials: number, stuck = -1): Worker =>
  startWorker(program, path(), String(trials), String(stuck));

/** Waits until a process has said something, without a guess of how long that takes. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((wait) => setTimeout(wait, 20));
}

async function read<T>(work: (study: Study) => Promise<T>): Promise<T> {
  await using records = await openRecords(path(), { lockTimeoutMs: 60_000 });
  await using study = await openStudy({ ...shared, records });
  return await work(study);
}

const stateOf = (number: number) => async (study: Study) => (await study.trials())[number]?.state;

/** Runs a process until it hangs in a trial, and kills it there. */
async function killIn(stuck: number): Promise<readonly string[]> {
  const worker = start(stuck + 5, stuck);
  await worker.begun;
  await until(async () => (await read(stateOf(stuck))) === "running");
  return worker.kill();
}

const facts = async (study: Study) =>
  (await study.trials()).map(({ number, state, params, value }) => ({
    number,
    state,
    params,
    value,
  }));

describe("a study of which a process is killed in the middle of a trial", () => {
  test("finds the trial, tries it again with its number, and ends as if nothing had happened", async () => {
    expect((await killIn(14)).at(-1)).toBe("14");
    const found = await read(async (study) => {
      await study.search(bowl, { trials: 20 });
      expect((await study.trials())[14]?.interruptions).toHaveLength(1);
      return facts(study);
    });
    const whole = await openStudy(shared);
    await whole.search(bowl, { trials: 20 });
    expect(found).toEqual(await facts(whole));
  });

  test("calls a trial failed that was killed at each attempt, and counts it once", async () => {
    await killIn(2);
    await killIn(2);
    await read(async (study) => {
      await study.search(bowl, { trials: 6 });
      const trials = await study.trials();
      expect(trials.map(({ state }) => state)).toEqual(
        trials.map(({ number }) => (number === 2 ? "failed" : "complete")),
      );
      expect(trials).toHaveLength(6);
      expect(trials[2]?.error).toMatch(
        /tried 2 times.*process \d+ on ".*" ended before the trial did/,
      );
    });
  });
});

describe("a study that several processes search", () => {
  test("gives no number to two of them, and keeps its budget, while they are killed at random", async () => {
    const chance = random(2026).stream("kills");
    const said: string[] = [];
    for (let round = 0; round < 4; round++) {
      const workers = [start(300), start(300)];
      await Promise.all(workers.map(({ begun }) => begun));
      await new Promise((wait) => setTimeout(wait, 150 * chance.next()));
      for (const worker of workers) said.push(...(await worker.kill()));
    }
    await read(async (study) => {
      await study.search(bowl, { trials: 300 });
      const trials = await study.trials();
      expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 300 }, (_, i) => i));
      expect(trials.filter(({ state }) => state !== "complete" && state !== "failed")).toEqual([]);
      for (const { number, interruptions } of trials) {
        const begun = said.filter((line) => line === String(number)).length;
        // A trial is begun once, and once more for each time that its process was killed in it.
        expect(begun).toBeLessThanOrEqual(1 + interruptions.length);
      }
    });
    expect(said.filter((line) => line !== "end").length).toBeGreaterThanOrEqual(8);
  });
});
