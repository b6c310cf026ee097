import { describe, expect, test } from "vitest";
import { limiter } from "./retry.ts";

describe("limiter", () => {
  test("runs at most so many works at a time, all of them, in order, whatever fails", async () => {
    const limit = limiter(3);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const works = Array.from({ length: 20 }, (_, i) =>
      limit(async () => {
        begun.push(i);
        running++;
        most = Math.max(most, running);
        await new Promise((later) => setImmediate(later));
        running--;
        if (i % 4 === 0) throw new Error("failed");
        return i;
      }),
    );
    const ends = await Promise.allSettled(works);
    expect(most).toBe(3);
    expect(begun).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(ends.filter(({ status }) => status === "rejected")).toHaveLength(5);
  });
});
