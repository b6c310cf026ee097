import { describe, expect, test } from "vitest";
import { openEngine } from "../table/index.ts";
import { stoppable } from "./stoppable.ts";

const long =
  "SELECT count(*) AS n FROM range(1000000000) a, range(1000000000) b WHERE a.range = b.range + 1";

describe("stoppable", () => {
  test("gives the result of work that nobody stops, and its error", async () => {
    const engine = await openEngine();
    const { signal } = new AbortController();
    expect(await stoppable({ engine, signal }, () => engine.query("SELECT 1 AS x"))).toEqual([
      { x: 1 },
    ]);
    await expect(
      stoppable({ engine, signal }, () => engine.query("SELECT nothing")),
    ).rejects.toThrow(/nothing/);
    await engine.close();
  });

  test("ends a statement that would run for hours with the signal's reason", async () => {
    const engine = await openEngine();
    const stop = new AbortController();
    const work = stoppable({ engine, signal: stop.signal }, () => engine.query(long));
    setTimeout(() => stop.abort(new Error("stopped by SIGINT")), 100);
    await expect(work).rejects.toThrow("stopped by SIGINT");
    expect(await engine.query("SELECT 1 AS x")).toEqual([{ x: 1 }]);
    await engine.close();
  });

  test("ends work of many statements, and work that swallows their errors", async () => {
    const engine = await openEngine();
    const stop = new AbortController();
    let done = 0;
    const work = stoppable({ engine, signal: stop.signal }, async () => {
      for (let i = 0; i < 3; i++) {
        await engine.query(long).catch(() => undefined);
        done += 1;
      }
      return "all refused";
    });
    setTimeout(() => stop.abort(new Error("stopped by SIGINT")), 100);
    await expect(work).rejects.toThrow("stopped by SIGINT");
    expect(done).toBe(3);
    await engine.close();
  });

  test("does not begin when it is stopped already", async () => {
    const engine = { interrupt: (): void => undefined };
    const signal = AbortSignal.abort(new Error("stopped by SIGINT"));
    const work = (): Promise<never> => Promise.reject(new Error("begun"));
    await expect(stoppable({ engine, signal }, work)).rejects.toThrow("stopped by SIGINT");
  });
});
