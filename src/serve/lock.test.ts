import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { takeLock } from "./lock.ts";

describe("takeLock", () => {
  test("gives a lock to one holder at a time", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-lock-"));
    const path = join(folder, "a.lock");
    const lock = takeLock(path);
    expect(lock).not.toBeNull();
    expect(takeLock(path)).toBeNull();
    lock?.release();
    const next = takeLock(path);
    expect(next).not.toBeNull();
    next?.release();
    await rm(folder, { recursive: true });
  });

  test("throws where there is no folder for it", () => {
    expect(() => takeLock("/nowhere/at/all.lock")).toThrow(/unable to open/);
  });
});
