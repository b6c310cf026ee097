import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

/** MILLRACE_FAULT_MB makes the file larger: what is proved is the same, at the cost of minutes. */
const megabytes = Number(process.env["MILLRACE_FAULT_MB"] ?? 160);
const limit = 128_000_000;

interface Found {
  readonly rows: number;
  readonly half: number;
  readonly fileBytes: number;
  readonly peakBytes: number;
  readonly [other: string]: unknown;
}

/** Runs the child with a small heap and a small engine. */
async function runChild(folder: string): Promise<Found> {
  const script = join(import.meta.dirname, "memory-child.ts");
  const args = ["--max-old-space-size=64", "--disable-warning=ExperimentalWarning", script];
  const child = spawn(process.execPath, [...args, folder, `${megabytes}`, `${limit}`]);
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(complained).toBe("");
  return JSON.parse(said) as Found;
}

describe("a file larger than the memory", () => {
  test("is ingested, merged and overwritten without a row lost, its rows in their order", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-memory-"));
    try {
      const found = await runChild(folder);
      const { rows, half, fileBytes, peakBytes } = found;
      expect(fileBytes).toBeGreaterThan(limit);
      expect(found).toMatchObject({ typed: rows, plain: rows, displaced: 0 });
      const all = rows + half;
      expect(found["merged"]).toMatchObject({
        numTargetRowsInserted: half,
        numTargetRowsUpdated: rows - half,
      });
      expect(found["overwritten"]).toMatchObject({ numOutputRows: all });
      // The first half is as it was; the rows behind it are the source's, whose amounts are below zero.
      const amount = (half * (half - 1)) / 8 - (rows * (rows - 1)) / 8;
      const sums = { n: all, ids: all, amount: expect.closeTo(amount, -1), letters: all * 192 };
      expect(found["afterMerge"]).toEqual(sums);
      expect(found["afterOverwrite"]).toEqual(found["afterMerge"]);
      // Beside the engine's rows there are Node, the engine itself, and the pages of its buffers.
      expect(peakBytes).toBeLessThan(700_000_000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
