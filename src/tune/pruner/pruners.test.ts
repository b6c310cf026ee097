/** @file Tests of pruners: what they end, in both directions, and what they let go on. */
import { describe, expect, test } from "vitest";
import type { SearchDirection } from "../objective.ts";
import { type TrialRow, waitingRow } from "../trial-row.ts";
import type { SearchView } from "../view.ts";
import { halvingPruner, hyperbandPruner } from "./halving.ts";
import { patientPruner } from "./patience.ts";
import { medianPruner, percentileOf, percentilePruner } from "./percentile.ts";
import type { Pruner } from "./pruner.ts";
import { thresholdPruner } from "./threshold.ts";

type Steps = readonly number[] | readonly (readonly [number, number])[];

const isPair = (step: number | readonly [number, number]): step is readonly [number, number] =>
  typeof step !== "number";

function row(number: number, state: TrialRow["state"], steps: Steps): TrialRow {
  const pairs = steps.map((step, i) => (isPair(step) ? step : ([i, step] as const)));
  return { ...waitingRow(number, {}), state, steps: pairs };
}

/** Whether a trial with these reports is ended beside complete ones with those. */
function judge(
  pruner: Pruner,
  complete: readonly Steps[],
  ...[steps, direction = "minimise"]: readonly [steps: Steps, direction?: SearchDirection]
) {
  const rows = [
    ...complete.map((each, i) => row(i, "complete", each)),
    row(complete.length, "running", steps),
  ];
  const view: SearchView = {
    ...{ identity: {}, study: "s", seed: 0, rows, specs: new Map(), declared: null },
    objectives: [{ metric: "y", direction }],
  };
  const last = rows.at(-1);
  return last !== undefined && pruner.shouldPrune(view, last);
}

const five: readonly Steps[] = [
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 5],
];
const code = (code: string) => expect.objectContaining({ code });

describe("medianPruner", () => {
  test("ends what is worse than the median of the complete trials at the step, by direction", () => {
    expect(judge(medianPruner(), five, [3.1])).toBe(true);
    expect(judge(medianPruner(), five, [3])).toBe(false);
    expect(judge(medianPruner(), five, [2.9], "maximise")).toBe(true);
    expect(judge(medianPruner(), five, [3], "maximise")).toBe(false);
  });

  test("judges by the best report so far", () => {
    expect(judge(medianPruner(), five, [1, 9])).toBe(false);
    expect(judge(medianPruner(), five, [9, 9])).toBe(true);
  });

  test("waits for startup trials, warm-up, its interval and enough reports at the step", () => {
    expect(judge(medianPruner({ startupTrials: 6 }), five, [9])).toBe(false);
    expect(judge(medianPruner({ warmUpSteps: 1 }), five, [9])).toBe(false);
    expect(judge(medianPruner({ warmUpSteps: 1 }), five, [9, 9])).toBe(true);
    expect(judge(medianPruner({ intervalSteps: 2 }), five, [9, 9])).toBe(false);
    expect(judge(medianPruner({ minTrials: 6 }), five, [9])).toBe(false);
    expect(judge(medianPruner(), five, [[7, 9]])).toBe(false); // nobody else reported step 7
    expect(judge(medianPruner(), five, [])).toBe(false);
  });

  test("ends a trial of nothing but NaN, and leaves NaN of others out", () => {
    expect(judge(medianPruner(), five, [Number.NaN])).toBe(true);
    expect(judge(medianPruner(), [...five, [Number.NaN], [Number.NaN]], [3])).toBe(false);
  });

  test("refuses options that are none", () => {
    expect(() => medianPruner({ startupTrials: -1 })).toThrow(code("option/out-of-range"));
    expect(() => percentilePruner(100)).toThrow(code("option/out-of-range"));
  });
});

describe("percentilePruner", () => {
  test("lets the best percent go on", () => {
    expect(judge(percentilePruner(25), five, [2])).toBe(false);
    expect(judge(percentilePruner(25), five, [2.1])).toBe(true);
    expect(judge(percentilePruner(25), five, [4], "maximise")).toBe(false);
    expect(judge(percentilePruner(25), five, [3.9], "maximise")).toBe(true);
  });

  test("has numpy's percentiles", () => {
    expect(percentileOf([4, 1, 3, 2], 25)).toBe(1.75);
    expect(percentileOf([7], 90)).toBe(7);
  });
});

describe("halvingPruner", () => {
  const long = (value: number): Steps =>
    Array.from({ length: 17 }, (_, i) => [i + 1, value] as const);
  const complete = [1, 2, 3, 4, 5, 6, 7].map(long);
  test("lets the best part go on at each rung, and judges between rungs nothing", () => {
    const pruner = halvingPruner({ reduction: 4 });
    expect(judge(pruner, complete, [[1, 2.5]])).toBe(true); // third of eight, and two go on
    expect(judge(pruner, complete, [[1, 1.5]])).toBe(false);
    expect(
      judge(pruner, complete, [
        [1, 1.5],
        [2, 9],
        [3, 9],
      ]),
    ).toBe(false);
    expect(
      judge(pruner, complete, [
        [1, 1.5],
        [2, 9],
        [3, 9],
        [4, 9],
      ]),
    ).toBe(true);
    expect(judge(pruner, complete, [[1, 6.5]], "maximise")).toBe(false);
    expect(judge(pruner, complete, [[1, 5.5]], "maximise")).toBe(true);
  });

  test("judges a trial by its own row, also where what is kept of it is older", () => {
    const now = row(0, "running", [[1, 4]]);
    const others = [5, 3, 6].map((value, i) => row(i + 1, "complete", [[1, value]]));
    for (const kept of [now, row(0, "running", [])]) {
      const view: SearchView = {
        ...{ identity: {}, study: "s", seed: 0, specs: new Map(), declared: null },
        ...{ rows: [kept, ...others], objectives: [{ metric: "y", direction: "minimise" }] },
      };
      expect(halvingPruner({ reduction: 2 }).shouldPrune(view, now)).toBe(false);
    }
  });

  test("lets the first trial of a rung go on, and ends one of NaN", () => {
    expect(judge(halvingPruner(), [], [[1, 9]])).toBe(false);
    expect(judge(halvingPruner(), [], [[1, Number.NaN]])).toBe(true);
    expect(
      judge(halvingPruner({ minSteps: 3 }), complete, [
        [1, 9],
        [2, 9],
      ]),
    ).toBe(false);
    expect(judge(halvingPruner({ lateRungs: 1 }), complete, [[1, 9]])).toBe(false);
  });
});

describe("hyperbandPruner", () => {
  test("deals trials to brackets, of which the later ones judge later", () => {
    const pruner = hyperbandPruner({ maxSteps: 9 });
    const at = (step: number) =>
      Array.from({ length: 60 }, (_, i) => {
        const complete = Array.from(
          { length: 60 + i },
          (): Steps => [
            [1, 1],
            [3, 1],
            [9, 1],
          ],
        );
        return judge(pruner, complete, [[step, 9]]);
      }).filter((isEnded) => isEnded).length;
    const [one, three, nine] = [at(1), at(3), at(9)];
    expect(one).toBeGreaterThan(0);
    expect(three).toBeGreaterThan(one);
    expect(nine).toBe(60);
    expect(() => hyperbandPruner({ minSteps: 4, maxSteps: 3 })).toThrow(
      code("tune/out-of-range-value"),
    );
  });
});

describe("thresholdPruner", () => {
  test("ends what leaves its bounds, and NaN", () => {
    const pruner = thresholdPruner({ lower: 0, upper: 1, warmUpSteps: 1 });
    expect(
      [[0.5, 0.5], [0.5, 1.1], [0.5, -0.1], [0.5, Number.NaN], [9]].map((steps) =>
        judge(pruner, [], steps),
      ),
    ).toEqual([false, true, true, true, false]);
    expect(() => thresholdPruner({})).toThrow(code("tune/out-of-range-value"));
    expect(() => thresholdPruner({ lower: 2, upper: 1 })).toThrow(code("option/out-of-range"));
  });
});

describe("patientPruner", () => {
  test("asks the other pruner only when a trial has not got better for a while", () => {
    const pruner = patientPruner(thresholdPruner({ upper: 2 }), { patience: 2 });
    expect(judge(pruner, [], [9, 8, 7])).toBe(false); // better each time
    expect(judge(pruner, [], [7, 8, 9])).toBe(true);
    expect(judge(pruner, [], [1, 1, 1])).toBe(false); // stuck, but within the threshold
    expect(judge(pruner, [], [9, 8, 7], "maximise")).toBe(true);
    expect(judge(patientPruner(null, { patience: 1, minDelta: 0.5 }), [], [3, 2.6])).toBe(true);
    expect(judge(patientPruner(null, { patience: 1, minDelta: 0.5 }), [], [3, 2.4])).toBe(false);
  });
});
