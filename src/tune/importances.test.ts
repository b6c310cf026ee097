/** @file Tests of importances: what matters is found, what does not is not. */
import { describe, expect, test } from "vitest";
import { paramImportances } from "./importances.ts";
import { randomSampler } from "./sampler/random-sampler.ts";
import { openStudy } from "./study/study.ts";

const base = { name: "s", metric: "y", direction: "minimise", sampler: randomSampler() } as const;
const code = (code: string) => expect.objectContaining({ code });

describe("paramImportances", () => {
  test("orders params by how much they matter, of every kind, and sums to 1", async () => {
    const study = await openStudy(base);
    await study.search(
      (trial) => {
        const [x, z] = [trial.float("x", 0, 1), trial.float("z", 1e-3, 1, { log: true })];
        const [n, kind] = [trial.int("n", 1, 9), trial.category("kind", ["a", "b", "c"])];
        const extra = kind === "a" ? trial.float("extra", 0, 1) : 0;
        return 60 * (x - 0.3) ** 2 + n / 9 + (kind === "b" ? 0.5 : 0) + 1e-6 * (z + extra);
      },
      { trials: 300 },
    );
    const found = await paramImportances(study);
    expect(found.map(({ name }) => name).at(0)).toBe("x");
    expect(found.map(({ name }) => name).at(-1)).toBe("z");
    expect(found.map(({ name }) => name).sort()).toEqual(["kind", "n", "x", "z"]);
    expect(found.reduce((sum, { share }) => sum + share, 0)).toBeClose(1);
    expect(found.at(-1)?.share).toBeLessThan(0.1);
  });

  test("goes by the direction, and by the metric that is asked for", async () => {
    const objectives = [
      { metric: "size", direction: "minimise" },
      { metric: "auc", direction: "maximise" },
    ] as const;
    const study = await openStudy({ name: "two", objectives, sampler: randomSampler() });
    await study.search((trial) => [trial.float("a", 0, 1) ** 2, trial.float("b", 0, 1)], {
      trials: 100,
    });
    expect((await paramImportances(study))[0]?.name).toBe("a");
    expect((await paramImportances(study, { metric: "auc" }))[0]?.name).toBe("b");
    await expect(paramImportances(study, { metric: "au" })).rejects.toThrow(
      code("tune/out-of-range-value"),
    );
  });

  test("leaves out trials without params, and refuses where all others share none", async () => {
    const study = await openStudy({ ...base, name: "baseline" });
    await study.search((trial) => (trial.number === 0 ? 9 : trial.float("x", 0, 1)), {
      trials: 12,
    });
    expect(await paramImportances(study)).toEqual([{ name: "x", share: 1 }]);
    const apart = await openStudy({ ...base, name: "apart" });
    await apart.search((trial) => trial.float(trial.number % 2 === 0 ? "x" : "y", 0, 1), {
      trials: 20,
    });
    await expect(paramImportances(apart)).rejects.toThrow(
      /20 complete trials have no param in common/,
    );
    const bare = await openStudy({ ...base, name: "bare" });
    await bare.search(({ number }) => number, { trials: 20 });
    await expect(paramImportances(bare)).rejects.toThrow(code("tune/missing-importances"));
  });

  test("refuses too few trials, and values that do not differ", async () => {
    const study = await openStudy(base);
    await study.search((trial) => trial.float("x", 0, 1), { trials: 9 });
    await expect(paramImportances(study)).rejects.toThrow(code("tune/missing-importances"));
    const flat = await openStudy({ ...base, name: "flat" });
    await flat.search((trial) => 0 * trial.float("x", 0, 1), { trials: 20 });
    await expect(paramImportances(flat)).rejects.toThrow(code("tune/missing-importances"));
    await expect(paramImportances(study, { best: 1 })).rejects.toThrow(code("option/out-of-range"));
  });
});
