/** @file Tests of samplers: they search well, they draw what params can be, and grids and sequences are what they say. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { openRecords } from "../../store/index.ts";
import { frontsOf } from "../fronts.ts";
import { space } from "../space.ts";
import { openStudy } from "../study/study.ts";
import type { ObjectiveFunction } from "../trial.ts";
import { cmaEs } from "./cma-es.ts";
import { gaussianProcessSampler } from "./gaussian-process.ts";
import { grid } from "./grid.ts";
import { nsga2 } from "./nsga2.ts";
import { parzen } from "./parzen.ts";
import { haltonPoint, quasiRandom } from "./quasi-random.ts";
import { randomSampler } from "./random-sampler.ts";
import { crowding } from "./ranking.ts";
import type { Sampler } from "./sampler.ts";
import { tpe } from "./tpe.ts";

const base = { name: "s", metric: "y", direction: "minimise" } as const;
const code = (code: string) => expect.objectContaining({ code });
const samplers: readonly Sampler[] = [
  ...[randomSampler(), quasiRandom(), tpe(), cmaEs(), gaussianProcessSampler()],
  nsga2({ population: 10 }),
];

/** Branin's function, with three minima of 0.397887. */
const branin: ObjectiveFunction = (trial) => {
  const [x, y] = [trial.float("x", -5, 10), trial.float("y", 0, 15)];
  const bent = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return bent ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
};

async function medianOf(sampler: Sampler, trials: number, objective = branin): Promise<number> {
  const found: number[] = [];
  for (let seed = 0; seed < 11; seed++) {
    const study = await openStudy({ ...base, sampler, seed });
    await study.search(objective, { trials });
    found.push((await study.best()).value ?? Infinity);
  }
  return found.sort((a, b) => a - b)[5] ?? Infinity;
}

describe("every sampler", () => {
  const mixed: ObjectiveFunction = (trial) => {
    const depth = trial.int("depth", 2, 9);
    const rate = trial.float("rate", 1e-4, 1, { log: true });
    const share = trial.float("share", 0, 1, { step: 0.25 });
    const kind = trial.category("kind", ["a", "b", true, null]);
    const width = kind === "a" ? trial.int("width", 1, 4000, { log: true }) : 1;
    return depth + share + Math.log(rate) ** 2 + Math.log(width) + (kind === "b" ? 0 : 1);
  };

  test("draws only what params can be, and everything at some time", async () => {
    for (const sampler of samplers) {
      const study = await openStudy({ ...base, sampler });
      await study.search(mixed, { trials: 120 });
      const trials = await study.trials();
      const kinds = new Set<unknown>(["a", "b", true, null]);
      const of = (name: string) => new Set(trials.map(({ params }) => params[name]));
      expect([...of("kind")].every((kind) => kinds.has(kind ?? null))).toBe(true);
      expect(of("kind").size).toBe(4);
      for (const { params } of trials) {
        expect(Number.isInteger(params["depth"])).toBe(true);
        expect(Number(params["rate"])).toBeGreaterThanOrEqual(1e-4);
        expect(Number(params["rate"])).toBeLessThanOrEqual(1);
        expect([0, 0.25, 0.5, 0.75, 1]).toContain(params["share"]);
        expect("width" in params).toBe(params["kind"] === "a");
      }
    }
  });

  test("takes a param of one value, and a space of one param", async () => {
    for (const sampler of samplers) {
      const study = await openStudy({ ...base, sampler });
      const one: ObjectiveFunction = (trial) =>
        trial.int("only", 3, 3) + trial.float("same", 2, 2) + trial.category("c", ["x"]).length;
      await study.search(one, { trials: 25 });
      expect((await study.best()).value).toBe(6);
    }
  });

  test("goes on when all values are equal, and when trials fail", async () => {
    for (const sampler of samplers) {
      const study = await openStudy({ ...base, sampler });
      await study.search(
        (trial) => {
          trial.float("x", 0, 1);
          if (trial.number % 3 === 0) throw new Error("no");
          return 1;
        },
        { trials: 40 },
      );
      expect((await study.trials()).filter(({ state }) => state === "complete")).toHaveLength(26);
    }
  });
});

describe("tpe", () => {
  test("beats random search at the same budget on Branin's function, by the median of 11 seeds", async () => {
    const [found, even] = [await medianOf(tpe(), 60), await medianOf(randomSampler(), 60)];
    expect(found).toBeLessThan(even - 0.1);
    expect(found).toBeLessThan(0.6);
  });

  test("learns which params go together", async () => {
    const ridge: ObjectiveFunction = (trial) => {
      const [x, y] = [trial.float("x", -1, 1), trial.float("y", -1, 1)];
      return (x - y) ** 2 * 10 + 0.1 * (x + y - 1) ** 2;
    };
    expect(await medianOf(tpe(), 80, ridge)).toBeLessThan(
      await medianOf(randomSampler(), 80, ridge),
    );
  });

  test("stays away from params with which trials fail, where the space is finite and where it is not", async () => {
    const failedOf = async (objective: ObjectiveFunction, seed: number): Promise<number> => {
      const study = await openStudy({ ...base, sampler: tpe(), seed });
      await study.search(objective, { trials: 60 });
      return (await study.trials()).filter(({ state }) => state === "failed").length;
    };
    const whole: ObjectiveFunction = (trial) => {
      const depth = trial.int("depth", 1, 12);
      if (depth === 7) throw new Error("no memory");
      return Math.abs(depth - 7.4);
    };
    const smooth: ObjectiveFunction = (trial) => {
      const x = trial.float("x", 0, 12);
      if (x > 6.5 && x < 7.5) throw new Error("no memory");
      return Math.abs(x - 7.4);
    };
    for (let seed = 0; seed < 5; seed++) {
      expect(await failedOf(whole, seed)).toBeLessThan(6);
      expect(await failedOf(smooth, seed)).toBeLessThan(20);
    }
  });

  test("gives a category that failed once another chance", async () => {
    for (let seed = 0; seed < 12; seed++) {
      let tried = 0;
      const study = await openStudy({ ...base, sampler: tpe(), seed });
      const objective: ObjectiveFunction = (trial) => {
        const kind = trial.category("kind", ["a", "b", "c", "best"]);
        if (kind !== "best") return 1 + ["a", "b", "c"].indexOf(kind);
        tried += 1;
        if (tried === 1) throw new Error("the network was away");
        return 0;
      };
      await study.search(objective, { trials: 60 });
      expect([seed, tried > 1]).toEqual([seed, true]);
    }
  });

  test("draws the branches of a conditional space apart", async () => {
    const study = await openStudy({ ...base, sampler: tpe() });
    await study.search(
      (trial) => {
        if (trial.category("kind", ["line", "tree"]) === "line") return 2 + trial.float("l2", 0, 1);
        return (trial.int("depth", 1, 30) - 7) ** 2 / 100 + trial.float("rate", 0, 1);
      },
      { trials: 80 },
    );
    const { params } = await study.best();
    expect(params["kind"]).toBe("tree");
    expect(Math.abs(Number(params["depth"]) - 7)).toBeLessThanOrEqual(3);
  });

  test("stays away from where trials are under way", async () => {
    const near = async (constantLiar: boolean): Promise<number> => {
      const sampler = tpe({ constantLiar, startupTrials: 30 });
      const study = await openStudy({ ...base, sampler });
      const ask = async () => (await study.ask()).float("x", 0, 1);
      await study.search((trial) => (trial.float("x", 0, 1) - 0.5) ** 2, { trials: 30 });
      for (let i = 0; i < 60; i++) await study.enqueue({ x: 0.35 + i / 200 });
      for (let i = 0; i < 60; i++) expect(await ask()).toBe(0.35 + i / 200);
      const asked: number[] = [];
      for (let i = 0; i < 40; i++) asked.push(await ask());
      return asked.filter((x) => Math.abs(x - 0.5) < 0.15).length;
    };
    expect(await near(true)).toBeLessThan((await near(false)) / 2);
  });

  test("maximises as it minimises", async () => {
    const up = await openStudy({ ...base, direction: "maximise" });
    const down = await openStudy(base);
    await up.search(async (trial) => -Number(await branin(trial)), { trials: 40 });
    await down.search(branin, { trials: 40 });
    expect((await up.trials()).map(({ params }) => params)).toEqual(
      (await down.trials()).map(({ params }) => params),
    );
  });

  test("refuses options that are none", () => {
    expect(() => tpe({ startupTrials: 0 })).toThrow(code("option/out-of-range"));
    expect(() => tpe({ candidates: 1.5 })).toThrow(code("option/out-of-range"));
  });
});

describe("cmaEs", () => {
  /** A valley that is bent and narrow, with its minimum of 0 at 1, 1, 1. */
  const valley: ObjectiveFunction = (trial) => {
    const [x, y, z] = ["x", "y", "z"].map((name) => trial.float(name, -2, 2));
    if (x === undefined || y === undefined || z === undefined) return Infinity;
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2 + 100 * (z - y * y) ** 2 + (1 - y) ** 2;
  };

  test("beats random search by far in a bent valley, by the median of 11 seeds", async () => {
    const [found, even] = [
      await medianOf(cmaEs(), 400, valley),
      await medianOf(randomSampler(), 400, valley),
    ];
    expect(found).toBeLessThan(even / 5);
  });

  test("comes to the minimum of a bowl, begins anew there, and goes on after an interruption", async () => {
    const bowl: ObjectiveFunction = (trial) =>
      (trial.float("x", -3, 3) - 1) ** 2 + (trial.float("y", -3, 3) + 2) ** 2;
    const whole = await openStudy({ ...base, sampler: cmaEs() });
    await whole.search(bowl, { trials: 700 });
    expect((await whole.best()).value).toBeLessThan(1e-12);
    const late = (await whole.trials()).slice(-200).map(({ value }) => value ?? 0);
    expect(Math.max(...late)).toBeGreaterThan(0.1); // it looks elsewhere
    await using records = await openRecords(":memory:");
    for (const trials of [50, 77, 120]) {
      await using parts = await openStudy({ ...base, sampler: cmaEs(), records });
      await parts.search(bowl, { trials });
      const values = (trials: readonly { value: number | null }[]) =>
        trials.map(({ value }) => value);
      expect(values(await parts.trials())).toEqual(values(await whole.trials()).slice(0, trials));
    }
  });

  test("takes one objective", async () => {
    const objectives = [
      { metric: "a", direction: "minimise" },
      { metric: "b", direction: "minimise" },
    ] as const;
    for (const sampler of [cmaEs(), gaussianProcessSampler()])
      await expect(openStudy({ name: "two", objectives, sampler })).rejects.toThrow(
        code("tune/unsupported-objectives"),
      );
    expect(() => cmaEs({ sigma: 0 })).toThrow(code("option/out-of-range"));
  });
});

describe("gaussianProcessSampler", () => {
  test("comes to the minimum of Branin's function in 40 trials, by the median of 11 seeds", async () => {
    expect(await medianOf(gaussianProcessSampler(), 40)).toBeLessThan(0.4);
  });

  test("takes choices and steps, and goes on after an interruption", async () => {
    const mixed: ObjectiveFunction = (trial) => {
      const [n, kind] = [trial.int("n", 1, 20), trial.category("kind", ["a", "b", "c"])];
      return (n - 13) ** 2 / 10 + (kind === "b" ? 0 : 2) + (trial.float("x", 0, 1) - 0.3) ** 2;
    };
    const whole = await openStudy({ ...base, sampler: gaussianProcessSampler() });
    await whole.search(mixed, { trials: 40 });
    expect((await whole.best()).params).toMatchObject({ n: 13, kind: "b" });
    await using records = await openRecords(":memory:");
    for (const trials of [15, 28]) {
      await using parts = await openStudy({ ...base, sampler: gaussianProcessSampler(), records });
      await parts.search(mixed, { trials });
      const params = (trials: readonly { params: unknown }[]) => trials.map(({ params }) => params);
      expect(params(await parts.trials())).toEqual(params(await whole.trials()).slice(0, trials));
    }
  });

  test("law: a search that is interrupted again and again draws what one that is not draws", async () => {
    const bumpy: ObjectiveFunction = (trial) => {
      const [x, y] = [trial.float("x", -1, 1), trial.float("y", -1, 1)];
      return (x - 0.3) ** 2 + (y + 0.2) ** 2 + Math.sin(5 * x);
    };
    const whole = await openStudy({ ...base, sampler: gaussianProcessSampler() });
    await whole.search(bumpy, { trials: 30 });
    await using records = await openRecords(":memory:");
    for (const trials of [13, 17, 26, 30]) {
      await using parts = await openStudy({ ...base, sampler: gaussianProcessSampler(), records });
      await parts.search(bumpy, { trials });
      const params = (trials: readonly { params: unknown }[]) => trials.map(({ params }) => params);
      expect(params(await parts.trials())).toEqual(params(await whole.trials()).slice(0, trials));
    }
  });

  test("keeps away from what breaks constraints, and from where trials are under way", async () => {
    const study = await openStudy({ ...base, sampler: gaussianProcessSampler() });
    await study.search(
      (trial) => {
        const x = trial.float("x", 0, 1);
        trial.constrain("right", 0.5 - x);
        return x;
      },
      { trials: 30 },
    );
    expect(Number((await study.best()).params["x"])).toBeLessThan(0.52);
    const asked = [];
    for (let i = 0; i < 3; i++) asked.push((await study.ask()).float("x", 0, 1));
    expect(new Set(asked.map((x) => x.toFixed(6))).size).toBe(3);
  });
});

describe("nsga2", () => {
  test("comes nearer to the front of a known problem than random search", async () => {
    const objectives = [
      { metric: "a", direction: "minimise" },
      { metric: "b", direction: "minimise" },
    ] as const;
    const distance = async (sampler: Sampler): Promise<number> => {
      const study = await openStudy({ name: "zdt1", objectives, sampler, seed: 1 });
      await study.search(
        (trial) => {
          const x = trial.float("x", 0, 1);
          const rest = [1, 2, 3, 4].reduce((sum, j) => sum + trial.float(`x${j}`, 0, 1), 0);
          const g = 1 + (9 * rest) / 4;
          return [x, g * (1 - Math.sqrt(x / g))];
        },
        { trials: 400 },
      );
      const front = await study.front();
      const away = front.map(
        ({ values }) => (values?.[1] ?? 9) - (1 - Math.sqrt(values?.[0] ?? 0)),
      );
      return away.reduce((sum, gap) => sum + gap, 0) / away.length;
    };
    const [found, even] = [
      await distance(nsga2({ population: 20 })),
      await distance(randomSampler()),
    ];
    expect(found).toBeLessThan(even / 3);
    expect(await distance(tpe())).toBeLessThan(even / 2);
    expect(() => nsga2({ population: 1 })).toThrow(code("option/out-of-range"));
  });
});

describe("parzen", () => {
  test("law: the densities of all values of a param with few sum to 1", () => {
    const spec = { kind: "int", low: 0, high: 7, step: 1, log: false } as const;
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 12 }), (observed) => {
        const codes = Float64Array.from(observed);
        const mixture = parzen({ specs: [spec], codes: [codes], weights: codes.map(() => 1) });
        const all = Array.from({ length: 8 }, (_, i) =>
          Math.exp(mixture.logDensity(Float64Array.of(i))),
        );
        expect(all.reduce((sum, p) => sum + p, 0)).toBeClose(1, { rtol: 2e-3 }); // wide kernels are taken for flat within a step
      }),
    );
  });

  test("law: the density of a number integrates to 1, and draws follow it", () => {
    const spec = { kind: "float", low: -1, high: 3, step: null, log: false } as const;
    const codes = Float64Array.of(-1, -0.8, 2.9);
    const mixture = parzen({ specs: [spec], codes: [codes], weights: Float64Array.of(1, 1, 1) });
    const cells = 4000;
    let [sum, below] = [0, 0];
    for (let i = 0; i < cells; i++) {
      const x = -1 + (4 * (i + 0.5)) / cells;
      const mass = (Math.exp(mixture.logDensity(Float64Array.of(x))) * 4) / cells;
      sum += mass;
      if (x < 0) below += mass;
    }
    expect(sum).toBeClose(1, { rtol: 1e-4 });
    const chance = random(1).stream("draws");
    const draws = Array.from({ length: 20_000 }, () => mixture.draw(chance)[0] ?? 0);
    expect(draws.filter((x) => x < 0).length / 20_000).toBeClose(below, { atol: 0.015 });
  });
});

describe("grid", () => {
  test("goes through a declared space whose params have lists of values", async () => {
    const declared = space((s) => ({
      a: s.int(1, 5, { step: 2 }),
      b: s.category(["x", "y"]),
      c: s.float(0, 1, { step: 0.5 }),
    }));
    const study = await openStudy({ ...base, space: declared, sampler: grid() });
    await study.search(({ params }) => params.a, { trials: 1000 });
    const tried = new Set((await study.trials()).map(({ params }) => JSON.stringify(params)));
    expect(tried.size).toBe(18);
    expect(await study.trials()).toHaveLength(18);
  });

  test("tries every combination once, also where some were enqueued", async () => {
    const declared = space((s) => ({ a: s.int(1, 3), b: s.category(["x", "y"]) }));
    const study = await openStudy({ ...base, space: declared, sampler: grid() });
    await study.enqueue({ a: 3, b: "y" });
    await study.enqueue({ a: 2 });
    await study.search(({ params }) => params.a, { trials: 3 });
    await study.enqueue({ a: 1, b: "x" }); // once more, as was asked for
    await study.search(({ params }) => params.a, {});
    const tried = (await study.trials()).map(({ params }) => `${params.a}${params.b}`);
    expect(tried.slice(0, 3)).toEqual(["3y", "2y", "1x"]);
    expect(tried).toHaveLength(7);
    expect(new Set(tried).size).toBe(6);
    const bare = await openStudy({ ...base, sampler: grid({ a: [2, 4, 6] }) });
    await bare.enqueue({ a: 6 });
    await bare.enqueue({ a: 5 }); // not of the grid
    await bare.search((trial) => trial.int("a", 1, 9), {});
    const values = (await bare.trials()).map(({ value }) => value);
    expect(values).toEqual([6, 5, 2, 4]);
  });

  test("refuses spaces without lists of values, values that params cannot have, and no values", async () => {
    const bare = await openStudy({ ...base, sampler: grid() });
    await expect(bare.search(() => 1, { trials: 1 })).rejects.toThrow(code("tune/missing-space"));
    const declared = space((s) => ({ a: s.float(0, 1) }));
    const smooth = await openStudy({ ...base, space: declared, sampler: grid() });
    await expect(smooth.search(() => 1, { trials: 1 })).rejects.toThrow(
      '"a" has no list of values',
    );
    const off = await openStudy({ ...base, sampler: grid({ depth: [2, 99] }) });
    await expect(off.search((trial) => trial.int("depth", 1, 9), { trials: 9 })).rejects.toThrow(
      code("tune/out-of-range-param"),
    );
    expect(() => grid({})).toThrow(code("tune/out-of-range-value"));
    expect(() => grid({ a: [] })).toThrow(code("tune/out-of-range-value"));
    const many = Array.from({ length: 101 }, (_, i) => i);
    expect(() => grid({ a: many, b: many, c: many })).toThrow(code("tune/out-of-range-value"));
  });
});

describe("haltonPoint", () => {
  test("law: the first 2ᵏ points put one in each of 2ᵏ equal parts of the first coordinate", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 6 }), (seed, k) => {
        const parts = Array.from({ length: 2 ** k }, (_, i) =>
          Math.floor((haltonPoint(seed, i, 1)[0] ?? 0) * 2 ** k),
        );
        expect(new Set(parts).size).toBe(2 ** k);
      }),
    );
  });

  test("law: the first 3ᵏ points put one in each of 3ᵏ equal parts of the second coordinate", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 4 }), (seed, k) => {
        const parts = Array.from({ length: 3 ** k }, (_, i) =>
          Math.floor((haltonPoint(seed, i, 2)[1] ?? 0) * 3 ** k),
        );
        expect(new Set(parts).size).toBe(3 ** k);
      }),
    );
  });

  test("leaves smaller gaps than chance: the mean of a product is nearer to its integral", () => {
    const errorOf = (point: (i: number) => Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < 512; i++) sum += point(i).reduce((product, x) => product * 2 * x, 1);
      return Math.abs(sum / 512 - 1);
    };
    const chance = random(5).stream("plain");
    const even = errorOf(() => Float64Array.from({ length: 5 }, () => chance.next()));
    expect(errorOf((i) => haltonPoint(5, i, 5))).toBeLessThan(even / 2);
  });
});

describe("frontsOf", () => {
  test("peels fronts off, and says how alone their points are", () => {
    const losses = [
      [1, 4],
      [2, 2],
      [4, 1],
      [3, 3],
      [5, 5],
    ];
    expect(frontsOf(losses)).toEqual([[0, 1, 2], [3], [4]]);
    expect([...crowding(losses.slice(0, 3))]).toEqual([Infinity, 2, Infinity]);
  });
});
