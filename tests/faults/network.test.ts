/** @file Trainings that are killed in the middle, and gone on with from their checkpoints. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { readTraining, train } from "../../src/nn/index.ts";
import { startWorker } from "../support/worker.ts";
import { network, options, points } from "./network-child.ts";

const program = join(import.meta.dirname, "network-child.ts");
const epochs = 400;

describe("a training that is killed in the middle", () => {
  test("goes on from its checkpoint to the bytes of one that never was", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-training-"));
    const checkpoint = join(folder, "training.checkpoint");
    const chance = random(2026).stream("kills");
    const reached: number[] = [];
    for (let round = 0; round < 2; round++) {
      const worker = startWorker(program, checkpoint, String(epochs));
      await worker.begun;
      await new Promise((wait) => setTimeout(wait, 200 * chance.next()));
      const said = await worker.kill();
      const found = await readTraining(checkpoint, { network }); // whole, whenever it was killed
      expect(found?.epoch).toBeGreaterThanOrEqual(
        Number(said.filter((line) => line !== "end").at(-1)),
      );
      reached.push(found?.epoch ?? 0);
    }
    expect(reached[1]).toBeGreaterThan(reached[0] ?? 0);
    const rest = await train(network, points, { ...options, epochs, checkpoint });
    const whole = await train(network, points, { ...options, epochs });
    expect(rest.state.step).toBe(whole.state.step);
    for (const name of ["weights", "slots", "kept", "best", "stopping"] as const)
      expect(rest.state[name]).toEqual(whole.state[name]);
    expect((await readdir(folder)).filter((name) => !name.includes(".part"))).toEqual([
      "training.checkpoint",
    ]);
    await rm(folder, { recursive: true });
  });
});
