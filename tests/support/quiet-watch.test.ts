import { describe, expect, test } from "vitest";
import { quietWatch } from "./quiet-watch.ts";

const minute = 60_000;

describe("quietWatch", () => {
  test("says which files and tests are running when none has ended for long, and again after as long", () => {
    let now = 0;
    const watch = quietWatch({ quietMs: 8 * minute, clock: () => now });
    watch.begin("a.test.ts");
    watch.begin("a.test.ts", "first");
    watch.end("a.test.ts", "first");
    watch.begin("a.test.ts", "hangs");
    watch.begin("b.test.ts");
    now = 8 * minute - 1;
    expect(watch.look()).toBeUndefined();
    now = 8 * minute;
    expect(watch.look()).toBe(
      "STILL RUNNING: no test has ended for 8 min; a.test.ts > hangs, b.test.ts",
    );
    expect(watch.look()).toBeUndefined();
    now = 16 * minute;
    expect(watch.look()).toContain("for 16 min");
  });

  test("starts to count again when a test or a file ends", () => {
    let now = 0;
    const watch = quietWatch({ quietMs: 8 * minute, clock: () => now });
    watch.begin("a.test.ts");
    watch.begin("b.test.ts");
    now = 7 * minute;
    watch.end("a.test.ts");
    now = 14 * minute;
    expect(watch.look()).toBeUndefined();
    now = 15 * minute;
    expect(watch.look()).toBe("STILL RUNNING: no test has ended for 8 min; b.test.ts");
  });
});
