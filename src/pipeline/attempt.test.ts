import { describe, expect, test } from "vitest";
import { attempt } from "./attempt.ts";
import { step } from "./step.ts";

const signal = new AbortController().signal;
const tried = (retries: number, call: (number: number) => number) => {
  const given = step({ name: "a", retries, backoffMs: 0, run: async () => null });
  return attempt({ pipeline: "p", step: given, signal, call });
};

describe("attempt", () => {
  test("gives the value of the first attempt that succeeds, and their number", async () => {
    const flaky = (number: number): number => {
      if (number < 3) throw new Error(`attempt ${number}`);
      return 10 * number;
    };
    expect(await tried(5, flaky)).toEqual({ ok: true, value: 30, attempts: 3 });
    const fewer = await tried(1, flaky);
    expect(fewer).toMatchObject({ ok: false, attempts: 2, error: { code: "user/failed" } });
  });

  test("calls nothing when it is cancelled before it begins", async () => {
    const stop = new AbortController();
    stop.abort("no");
    const given = step({ name: "a", retries: 3, run: async () => null });
    const call = () => expect.unreachable("it was called");
    const outcome = await attempt({ pipeline: "p", step: given, signal: stop.signal, call });
    expect(outcome).toEqual({ ok: false, error: "no", attempts: 1 });
  });

  test("ends the wait between attempts when it is cancelled", async () => {
    const stop = new AbortController();
    const given = step({ name: "a", retries: 3, backoffMs: 60_000, run: async () => null });
    const call = () => {
      setImmediate(() => stop.abort("enough")); // when the wait has begun
      throw new Error("boom");
    };
    const outcome = await attempt({ pipeline: "p", step: given, signal: stop.signal, call });
    expect(outcome).toEqual({ ok: false, error: "enough", attempts: 1 });
  });
});
