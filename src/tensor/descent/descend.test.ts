/** @file The training loop: history, clipping, checkpoints, divergence, early stopping. */
import { describe, expect, test } from "vitest";
import { formatJson, parseJson, random } from "../../core/index.ts";
import { type DescentCheckpoint, type DescentProblem, descend } from "./descend.ts";
import { earlyStopping } from "./early-stopping.ts";
import { type OptimiserOptions, optimiser } from "./optimiser.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const [n, d] = [50, 3];
const draws = random(4);
const x = Array.from({ length: n }, () => Array.from({ length: d }, () => draws.normal()));
const y = x.map(([a = 0, b = 0]) => 2 * a - b + 0.1 * draws.normal());

/** Least squares: the mean of (x·w − y)²/2. */
const squares: DescentProblem = {
  start: new Float64Array(d),
  rows: n,
  slope: (w, rows) => {
    const gradient = new Float64Array(d);
    let loss = 0;
    for (const i of rows) {
      const row = x[i] ?? [];
      const r = row.reduce((sum, v, j) => sum + v * (w[j] ?? 0), 0) - (y[i] ?? 0);
      loss += (r * r) / 2 / rows.length;
      for (const [j, v] of row.entries()) gradient[j] = (gradient[j] ?? 0) + (r * v) / rows.length;
    }
    return { loss, gradient };
  },
};
const every: readonly OptimiserOptions[] = [
  { kind: "sgd" },
  { kind: "momentum", nesterov: true },
  { kind: "rmsprop" },
  { kind: "adagrad", learningRate: 0.1 },
  { kind: "adam", learningRate: 0.01 },
  { kind: "adamw", learningRate: 0.01 },
];

/** A problem whose metrics are told beforehand: epoch e measures values[e − 1]; the parameter counts epochs. */
function scripted(values: readonly number[]): DescentProblem {
  let epoch = 0;
  return {
    start: Float64Array.of(0),
    rows: 1,
    slope: () => ({ loss: 1, gradient: Float64Array.of(-1) }),
    measure: () => ({ score: values[epoch++] ?? Number.NaN }),
  };
}
const counting = { optimiser: optimiser({ kind: "sgd", learningRate: 1 }) };

describe("descend", () => {
  test("law: resumed from any epoch's checkpoint, through JSON, it ends with the same bits", async () => {
    for (const options of every) {
      const checkpoints: string[] = [];
      const settings = { optimiser: optimiser(options), epochs: 6, batchRows: 8, seed: 3 };
      const stopping = earlyStopping({ patience: 3 });
      const whole = await descend(squares, {
        ...{ ...settings, stopping },
        onEpoch: (_, checkpoint) => {
          checkpoints.push(formatJson(checkpoint()));
          return true;
        },
      });
      expect(checkpoints.length).toBe(6);
      for (const text of checkpoints) {
        const resume = parseJson(text) as DescentCheckpoint;
        const rest = await descend(squares, { ...settings, stopping, resume });
        expect(formatJson(rest)).toBe(formatJson(whole));
      }
    }
  });

  test("the loss falls from epoch to epoch with all rows in one batch, and every row is used once", async () => {
    const seen: number[] = [];
    const slope: DescentProblem["slope"] = (w, rows) => {
      seen.push(...rows);
      return squares.slope(w, rows);
    };
    const settings = { optimiser: optimiser({ kind: "sgd", learningRate: 0.1 }), epochs: 20 };
    const { history } = await descend({ ...squares, slope }, { ...settings, batchRows: n });
    const losses = history.map(({ metrics }) => metrics["loss"] ?? Number.NaN);
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1] ?? 0);
    seen.length = 0;
    await descend({ ...squares, slope }, { ...settings, epochs: 1, batchRows: 7 });
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  test("changes neither the start nor the problem's gradient, and takes rows in order where asked", async () => {
    const gradient = Float64Array.of(3, 4);
    const orders: number[][] = [];
    const problem = {
      ...{ start: Float64Array.of(1, 1), rows: 4 },
      slope: (_: Float64Array, rows: Uint32Array) => {
        orders.push([...rows]);
        return { loss: 1, gradient };
      },
    };
    const settings = { ...counting, epochs: 1, batchRows: 2, shuffle: false, clip: { norm: 1 } };
    const done = await descend(problem, settings);
    expect([problem.start, gradient]).toEqual([Float64Array.of(1, 1), Float64Array.of(3, 4)]);
    expect(done.parameters).toBeClose([1 - 2 * 0.6, 1 - 2 * 0.8]);
    expect(done.history[0]?.gradientNorm).toBe(5);
    expect(orders).toEqual([[0, 1], [2, 3]]); // biome-ignore format: a table
    const limited = await descend(problem, { ...settings, clip: { value: 3.5 } });
    expect(limited.parameters).toBeClose([1 - 2 * 3, 1 - 2 * 3.5]);
  });

  test("says that it diverged, and keeps the last sound parameters", async () => {
    const wild = {
      optimiser: optimiser({ kind: "sgd", learningRate: 50 }),
      epochs: 100,
      batchRows: n,
    };
    const done = await descend(squares, wild);
    expect(done.ended).toBe("diverged");
    expect(done.epoch).toBeLessThan(20);
    expect(done.parameters.every(Number.isFinite)).toBe(true);
    const nan = { ...squares, slope: () => ({ loss: Number.NaN, gradient: new Float64Array(d) }) };
    expect((await descend(nan, counting)).ended).toBe("diverged");
  });

  test("stops early, and gives the parameters of the best epoch", async () => {
    const stopping = earlyStopping({ monitor: "score", patience: 2 });
    const done = await descend(scripted([5, 3, 4, 3.5, 1]), { ...counting, stopping });
    expect([done.ended, done.epoch, done.parameters[0], done.history.length]).toEqual([
      "early",
      2,
      2,
      4,
    ]);
    const last = earlyStopping({ monitor: "score", patience: 2, restoreBest: false });
    const kept = await descend(scripted([5, 3, 4, 3.5, 1]), { ...counting, stopping: last });
    expect([kept.epoch, kept.parameters[0]]).toEqual([4, 4]);
  });

  test("restores the best epoch also when all epochs are done", async () => {
    const stopping = earlyStopping({ monitor: "score", patience: 9 });
    const done = await descend(scripted([5, 3, 4]), { ...counting, epochs: 3, stopping });
    expect([done.ended, done.epoch, done.parameters[0]]).toEqual(["finished", 2, 2]);
  });

  test("follows a schedule of rates, tells progress, and stops when it is told to", async () => {
    const seen: number[] = [];
    const done = await descend(
      scripted([]),
      { ...counting, epochs: 5, rate: (epoch) => 1 / epoch, onEpoch: ({ epoch }) => epoch < 3 },
      { progress: ({ done: epoch }) => seen.push(epoch) },
    );
    expect([done.ended, done.parameters[0]]).toEqual(["stopped", 1 + 1 / 2 + 1 / 3]);
    expect(seen).toEqual([1, 2, 3]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(descend(squares, counting, { signal })).rejects.toThrow("enough");
  });

  test("refuses a checkpoint of another training, an unknown metric, options that cannot be", async () => {
    const { checkpoint: resume } = await descend(scripted([]), { ...counting, epochs: 1 });
    await expect(descend(squares, { ...counting, resume })).rejects.toThrow(
      code("tensor/mismatch-checkpoint"),
    );
    const adam = { optimiser: optimiser({ kind: "adam" }), resume };
    await expect(descend(scripted([]), adam)).rejects.toThrow(code("tensor/mismatch-checkpoint"));
    const stopping = earlyStopping({ monitor: "accuracy" });
    await expect(descend(squares, { ...counting, stopping })).rejects.toThrow(
      code("tensor/unknown-metric"),
    );
    await expect(descend(squares, { ...counting, epochs: 0 })).rejects.toThrow(
      code("option/out-of-range"),
    );
    await expect(descend(squares, { ...counting, clip: { norm: 0 } })).rejects.toThrow(
      code("option/out-of-range"),
    );
    const onEpoch = () => Promise.reject(new Error("disk full"));
    await expect(descend(squares, { ...counting, onEpoch })).rejects.toThrow(code("user/failed"));
  });
});

describe("earlyStopping", () => {
  const run = (options: Parameters<typeof earlyStopping>[0], values: readonly number[]) => {
    const rule = earlyStopping(options);
    let state = rule.start;
    for (const [i, value] of values.entries()) {
      state = rule.next(state, i + 1, value);
      if (state.stop) return { stoppedAt: i + 1, ...state };
    }
    return { stoppedAt: null, ...state };
  };

  test("does not judge the first epochs", () => {
    expect(run({ warmUp: 3, patience: 1 }, [1, 9, 9, 5, 6]).stoppedAt).toBe(5);
    expect(run({ warmUp: 3, patience: 1 }, [1, 9, 9, 5, 6]).best).toBe(5);
  });

  test("asks for more than the least gain, absolute or as a share of the best", () => {
    expect(run({ minDelta: 0.5, patience: 2 }, [10, 9.6, 9.5]).stoppedAt).toBe(3); // by 0.5, not more
    expect(run({ minDelta: 0.5, patience: 2 }, [10, 9.6, 9.4]).best).toBe(9.4);
    expect(run({ minDelta: 0.1, relative: true, patience: 1 }, [10, 9.2]).stoppedAt).toBe(2);
    expect(run({ minDelta: 0.1, relative: true, patience: 1 }, [10, 8.9]).best).toBe(8.9);
    expect(run({ minDelta: 0.1, relative: true, patience: 1 }, [-10, -10.5]).stoppedAt).toBe(2);
  });

  test("looks for the largest with mode max, and never takes NaN for better", () => {
    expect(run({ mode: "max", patience: 2 }, [0.5, 0.7, 0.6, Number.NaN])).toEqual({
      stoppedAt: 4,
      best: 0.7,
      bestEpoch: 2,
      waited: 2,
      stop: true,
    });
  });

  test("checks its options", () => {
    expect(() => earlyStopping({ patience: 0 })).toThrow(code("option/out-of-range"));
    expect(() => earlyStopping({ minDelta: -1 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such mode
    expect(() => earlyStopping({ mode: "auto" })).toThrow(code("option/out-of-range"));
  });
});
