import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../../tests/support/frame-of.ts";
import type { Cells } from "../../../flow.ts";
import { openEngine } from "../../adapter/duckdb.ts";
import { bool, float, int, schema } from "../../schema.ts";
import { clean, rescuedColumn } from "../clean.ts";
import type { CleanStep } from "../steps.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const columns = { x: float({ nullable: true }), age: int({ nullable: true }) };
const delivered = schema("delivered", columns);
const target = schema("numbers", { ...columns, is_far: bool(), ...rescuedColumn });
type Step = CleanStep<typeof target.columns>;
const far = { do: "outliers", column: "x", why: "far from the others" } as const;
const flag: Step = {
  do: "rule",
  action: "flag",
  in: "is_far",
  when: (c) => c.x.isAbove(1e12),
  why: "",
};

/** 1 to 9 and 100: numpy gives quartiles 3.25 and 7.75, mean 14.5, sd 28.6050694, median 5.5. */
const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100];

async function done(steps: readonly Step[], xs: readonly (number | null)[] = values) {
  const rows = xs.map((x) => ({ x, age: x === null ? null : Math.round(x) }));
  const source = frameOf(engine, delivered, rows);
  await using cleaned = await clean(source, target, { name: "numbers", steps: [flag, ...steps] });
  const found: readonly Cells[] = await cleaned.frame.rows();
  return { found, x: found.map((row) => row["x"]), report: cleaned.steps[2] };
}

describe("outliers", () => {
  test("draws the fences that numpy and scipy give", async () => {
    const fences = async (step: Step) => {
      const { min = 0, max = 0 } = (await done([step])).report?.found ?? {};
      return [min, max];
    };
    expect(await fences({ ...far, by: "iqr", action: "flag", in: "is_far" })).toBeClose([
      -3.5, 14.5,
    ]);
    const wide = { by: "iqr", factor: 3, action: "flag", in: "is_far" } as const;
    expect(await fences({ ...far, ...wide })).toBeClose([-10.25, 21.25]);
    const z = { by: "z-score", threshold: 2, action: "flag", in: "is_far" } as const;
    expect(await fences({ ...far, ...z })).toBeClose([14.5 - 57.210138961, 14.5 + 57.210138961]);
    const mad = { by: "mad", action: "flag", in: "is_far" } as const; // MAD is 2.5
    const reach = (3.5 * 2.5) / 0.6745;
    expect(await fences({ ...far, ...mad })).toBeClose([5.5 - reach, 5.5 + reach]);
    const range = { by: "range", min: 2, max: 50, action: "flag", in: "is_far" } as const;
    expect(await fences({ ...far, ...range })).toBeClose([2, 50]);
  });

  test("removes, clips, replaces, transforms or flags beyond the fences", async () => {
    const iqr = { ...far, by: "iqr" } as const;
    const inside = values.slice(0, -1);
    expect((await done([{ ...iqr, action: "remove" }])).x).toEqual(inside);
    expect((await done([{ ...iqr, action: "clip" }])).x).toEqual([...inside, 14.5]);
    expect((await done([{ ...iqr, action: "replace", with: 9 }])).x).toEqual([...inside, 9]);
    const root = await done([{ ...iqr, action: "transform", to: (c) => c.x.over(10) }]);
    expect(root.x).toEqual([...inside, 10]);
    const flagged = await done([{ ...iqr, action: "flag", in: "is_far" }]);
    expect(flagged.found.map((row) => row["is_far"])).toEqual([...inside.map(() => false), true]);
    const empty = await done([{ ...iqr, action: "replace", with: null }]);
    expect(empty.found.at(-1)).toMatchObject({ x: null, _rescued: '{"x":"100.0"}' });
    expect(empty.report?.cellsChanged).toBe(1);
  });

  test("clips whole numbers to whole numbers within the fences", async () => {
    const step: Step = { ...far, column: "age", by: "iqr", action: "clip" };
    expect((await done([step])).found.at(-1)?.["age"]).toBe(14);
  });

  test("draws the fences from the training rows only", async () => {
    const trainOn: Step = {
      ...far,
      by: "z-score",
      action: "remove",
      trainOn: (c) => c.x.isAtMost(9),
    };
    expect((await done([trainOn])).x).toEqual(values.slice(0, -1));
  });

  test("calls nothing an outlier where the numbers do not spread, or there are none", async () => {
    for (const by of ["iqr", "z-score", "mad"] as const) {
      const constant = await done([{ ...far, by, action: "remove" }], [5, 5, null, 5]);
      expect(constant.x).toEqual([5, 5, null, 5]);
      expect(constant.report?.found).toEqual({});
      expect((await done([{ ...far, by, action: "clip" }], [null, null])).x).toEqual([null, null]);
    }
  });

  test("refuses rules that cannot be", async () => {
    const wrong: readonly Step[] = [
      { ...far, by: "iqr", factor: 0, action: "remove" },
      { ...far, by: "mad", threshold: Number.NaN, action: "remove" },
      { ...far, by: "range", action: "remove" },
      { ...far, by: "range", min: 3, max: 2, action: "remove" },
      // @ts-expect-error there are four rules
      { ...far, by: "percentile", action: "remove" },
    ];
    for (const step of wrong)
      await expect(done([step])).rejects.toMatchObject({ code: "option/out-of-range" });
  });
});
