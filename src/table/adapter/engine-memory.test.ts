import { afterEach, describe, expect, test } from "vitest";
import { type Engine, openEngine } from "./duckdb.ts";
import { memoryLimitOf } from "./engine-memory.ts";

const settingsOf = async (engine: Engine): Promise<{ memory: unknown; threads: number }> => {
  const [row] = await engine.query(
    "SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS threads",
  );
  return { memory: row?.["memory"], threads: Number(row?.["threads"]) };
};

afterEach(() => {
  delete process.env["MILLRACE_MEMORY"];
});

describe("openEngine", () => {
  test("keeps to the least limit of those who have it open, and to none when they have closed", async () => {
    await using opened = await withClose(openEngine());
    const before = await settingsOf(opened.engine);
    const wide = await openEngine({ memoryLimitBytes: 512 * 2 ** 20 });
    const narrow = await openEngine({ memoryLimitBytes: 128 * 2 ** 20 });
    expect(await settingsOf(opened.engine)).toEqual({ memory: "128.0 MiB", threads: 1 });
    expect(opened.engine.rowGroupRows()).toBe(16_384);
    expect(opened.engine.memoryBytes()).toBe(128 * 2 ** 20);
    await narrow.close();
    await narrow.close();
    expect((await settingsOf(opened.engine)).memory).toBe("512.0 MiB");
    await wide.close();
    expect(await settingsOf(opened.engine)).toEqual(before);
    expect(opened.engine.rowGroupRows()).toBe(122_880);
    const [, number, unit = ""] = /^([\d.]+) ([MGT])iB$/.exec(String(before.memory)) ?? [];
    const bytes = Number(number) * 2 ** (20 + 10 * "MGT".indexOf(unit));
    // the engine asks the system for itself, and may count some of it otherwise
    expect(Math.abs(Math.log(opened.engine.memoryBytes() / bytes))).toBeLessThan(0.5);
  });

  test("says what to do when something cannot leave the memory", async () => {
    await using opened = await withClose(openEngine({ memoryLimitBytes: 128_000_000 }));
    const failing = opened.engine.query("SELECT len(list(range)) AS n FROM range(50000000)");
    await expect(failing).rejects.toMatchObject({
      code: "table/failed-memory",
      kind: "environment",
      message: expect.stringContaining("122.0 MiB"),
    });
  });
});

describe("memoryLimitOf", () => {
  test.each([
    ["2GB", 2_000_000_000],
    ["1.5 GB", 1_500_000_000],
    ["512mb", 512_000_000],
    ["300000000", 300_000_000],
    ["", undefined],
  ])("reads MILLRACE_MEMORY=%s", (named, bytes) => {
    process.env["MILLRACE_MEMORY"] = named;
    expect(memoryLimitOf("test", {})).toBe(bytes);
    expect(memoryLimitOf("test", { memoryLimitBytes: 200_000_000 })).toBe(200_000_000);
  });

  test.each(["lots", "64MB", "2 GiB", "-1GB", "0"])("refuses MILLRACE_MEMORY=%s", (named) => {
    process.env["MILLRACE_MEMORY"] = named;
    expect(() => memoryLimitOf("test", {})).toThrow(
      expect.objectContaining({ code: "option/out-of-range" }),
    );
  });

  test.each([1000, 1.5e8 + 0.5, Number.NaN])("refuses %s bytes", (memoryLimitBytes) => {
    expect(() => memoryLimitOf("test", { memoryLimitBytes })).toThrow(
      expect.objectContaining({ code: "option/out-of-range" }),
    );
  });
});

/** An engine that closes with its block. */
async function withClose(opening: Promise<Engine>) {
  const engine = await opening;
  return { engine, [Symbol.asyncDispose]: () => engine.close() };
}
