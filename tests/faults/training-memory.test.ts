/** @file The memory of a training does not grow with its epochs. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

/** What 80 epochs may add: a batch of 8 images that is kept in each of their 1600 steps would be 82 MB. */
const mostBytes = 64_000_000;

describe("a training of 100 epochs", () => {
  test("takes no more memory after 100 epochs than after 20", async () => {
    const script = join(import.meta.dirname, "training-memory-child.ts");
    const child = spawn(process.execPath, ["--expose-gc", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const found: unknown = JSON.parse(await text(child.stdout));
    expect(found).toEqual({ 20: expect.any(Number), 100: expect.any(Number) });
    const { 20: early, 100: late } = found as Record<20 | 100, number>;
    expect(late - early).toBeLessThan(mostBytes);
  });
});
