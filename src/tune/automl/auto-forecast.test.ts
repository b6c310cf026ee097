/** @file Tests of the search for the best forecaster of a series. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { formatJson } from "../../core/index.ts";
import { loadForecast, type Series, series, seriesOf } from "../../forecast/index.ts";
import { openTestLog, openTracking } from "../../run/index.ts";
import { memoryBytes, openRecords } from "../../store/index.ts";
import { float, schema, text, timestamp } from "../../table/index.ts";
import { openWorkspace } from "../../workspace/index.ts";
import { type AutoForecastResult, autoForecast, formatAutoForecast } from "./index.ts";

const day = (i: number): Date => new Date(Date.UTC(2026, 0, 1 + i));
const times = (n: number): readonly Date[] => Array.from({ length: n }, (_, i) => day(i));
const week = [9, 0, 1, 0, 2, 5, 8];
/** A week that goes round on a level, with some noise that chance has no part in. */
const sold = (i: number): number => 30 + (week[i % 7] ?? 0) + ((i * 37) % 11) / 10;
const made = (n: number, value: (i: number) => number = sold, id = ""): Series =>
  series({ id, times: times(n), values: times(n).map((_, i) => value(i)) });
const code = (expected: string) => expect.objectContaining({ code: expected });
const quick = {
  horizon: 7,
  origins: 3,
  families: ["drift", "smoothing", "boosted"],
  trials: 7,
} as const;
const told = ({ leaderboard, model, test: judged }: AutoForecastResult) =>
  formatJson([
    model.hash,
    leaderboard.map(({ trial, score, code: text, folds, state }) => [
      trial,
      score,
      text,
      folds,
      state,
    ]),
    judged?.entries,
  ]);

describe("autoForecast", () => {
  test("finds what beats the naive forecasts, scores it once, and learns from all values", async () => {
    const found = await autoForecast(made(84), { ...quick, time: "day", value: "sold" });
    const families = found.leaderboard.map(({ family }) => family);
    expect(new Set(families)).toEqual(
      new Set(["naive", "seasonal-naive", "drift", "smoothing", "boosted"]),
    );
    expect(families.filter((family) => family === "boosted")).toHaveLength(3);
    expect(["naive", "drift"]).not.toContain(found.best.family);
    expect(found.best.folds).toHaveLength(3);
    const scores = found.leaderboard.flatMap(({ score }) => (score === null ? [] : [score]));
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(found.test?.origins).toEqual([day(76)]);
    const names = found.test?.entries.map(({ name }) => name) ?? [];
    expect(new Set(names)).toEqual(new Set(["naive", "seasonal-naive", found.best.family]));
    expect(found.model.forecast.state.series.length).toBe(84);
    expect(found.model.signature.output).toEqual({ name: "sold", kind: "float" });
    const answer = found.model.predict({ day: day(84) });
    expect(loadForecast(found.model.files()).predict({ day: day(84) })).toEqual(answer);
    expect(answer.value).toBeCloseTo(sold(84), -0.5);
  });

  test("law: the same series, seed and trials give the same bytes", async () => {
    const once = async (seed: number) => told(await autoForecast(made(60), { ...quick, seed }));
    expect(await once(3)).toBe(await once(3));
    expect(await once(4)).not.toBe(await once(3));
  });

  test("law: values that are set aside change no entry of the leaderboard", async () => {
    const changed = (i: number): number => (i < 77 ? sold(i) : -1000 * i);
    const [one, other] = [
      await autoForecast(made(84), quick),
      await autoForecast(made(84, changed), quick),
    ];
    const board = ({ leaderboard }: AutoForecastResult) =>
      leaderboard.map(({ trial, score, folds, code: text }) => [trial, score, folds, text]);
    expect(board(other)).toEqual(board(one));
    expect(other.checks).toEqual(one.checks);
    expect(other.model.hash).not.toBe(one.model.hash);
    const holes = (last: number) =>
      series({
        times: [...times(70), day(80)],
        values: [...times(70).map((_, i) => sold(i)), last],
        missing: "interpolate",
      });
    const [low, high] = [
      await autoForecast(holes(0), quick),
      await autoForecast(holes(900), quick),
    ];
    expect(board(high)).toEqual(board(low));
  });

  test("keeps to its budget", async () => {
    const three = await autoForecast(made(60), { horizon: 7, origins: 2, trials: 3 });
    expect(three.leaderboard.map(({ family }) => family).sort()).toEqual([
      "drift",
      "naive",
      "seasonal-naive",
    ]);
    const plain = await autoForecast(made(60), { ...quick, families: ["drift"], trials: 40 });
    expect(plain.leaderboard).toHaveLength(3);
    await expect(autoForecast(made(60), { ...quick, timeMs: 1e-9 })).rejects.toThrow(
      code("tune/missing-best"),
    );
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(autoForecast(made(60), quick, { signal: stop })).rejects.toThrow("enough");
  });

  test("keeps trials as runs and in records, goes on where it stopped, and guards the test values", async () => {
    await using records = await openRecords(":memory:");
    const tracking = openTracking({ records, bytes: memoryBytes() });
    const testLog = openTestLog({ records });
    const how = { ...quick, records, tracking, testLog } as const;
    const first = await autoForecast(made(60), { ...how, trials: 4 });
    const more = await autoForecast(made(60), { ...how, again: "more trials" });
    expect([first.leaderboard.length, more.leaderboard.length]).toEqual([4, 7]);
    const kept = more.leaderboard.filter(({ milliseconds }) => milliseconds === null);
    expect(kept.map(({ trial }) => trial).sort()).toEqual([0, 1, 2, 3]);
    const whole = await autoForecast(made(60), quick);
    expect(told(more)).toBe(told(whole));
    expect((await testLog.accesses("forecast")).length).toBe(2);
    const runs = await tracking.runs();
    expect(runs.filter(({ tags }) => tags["mlflow.parentRunId"] !== undefined)).toHaveLength(7);
    const other = await autoForecast(made(63), { ...how, families: ["drift"], again: "longer" });
    expect(other.leaderboard.map(({ milliseconds }) => milliseconds)).not.toContain(null);
  });

  test("gives another winner without scores where the last values were scored before, unless it is said why", async () => {
    await using records = await openRecords(":memory:");
    const how = { ...quick, records, testLog: openTestLog({ records }) };
    const first = await autoForecast(made(60), { ...how, trials: 1 });
    expect([first.best.family, first.untested, first.test?.horizon]).toEqual(["naive", null, 7]);
    const silent = await autoForecast(made(60), { ...how, trials: 4 });
    expect(silent.best.family).not.toBe("naive");
    expect([silent.test, silent.untested]).toEqual([
      null,
      expect.stringMatching(/has scored these test rows before.*say why/),
    ]);
    expect(silent.model.forecast.state.series.length).toBe(60);
    const said = await autoForecast(made(60), { ...how, trials: 4, again: "more trials" });
    expect([said.untested, said.test?.horizon]).toEqual([null, 7]);
  });

  test("goes on with a short series, and tries no more of a family that cannot take it", async () => {
    await using records = await openRecords(":memory:");
    const how = { horizon: 7, records } as const; // 22 days to learn from; boosted trees need 23
    const [few, more] = [
      await autoForecast(made(29), { ...how, trials: 6 }),
      await autoForecast(made(29), { ...how, trials: 12 }),
    ];
    const whole = await autoForecast(made(29), { horizon: 7, trials: 12 });
    expect([more.best.family, more.best.score]).toEqual([few.best.family, few.best.score]);
    expect(told(more)).toBe(told(whole));
    const last = whole.leaderboard.filter(({ family }) => family === "boosted");
    expect(last.map(({ state, error }) => [state, error])).toEqual([
      ["failed", expect.stringContaining("is too short")],
    ]);
  });

  test("tries each family once where two search at the same time", async () => {
    await using records = await openRecords(":memory:");
    const both = await Promise.all(
      [0, 1].map(() => autoForecast(made(60), { ...quick, records, trials: 5 })),
    );
    const tried = both.map(({ leaderboard }) => leaderboard.map(({ family }) => family));
    const last = tried.reduce((a, b) => (a.length < b.length ? b : a));
    expect([...last].sort()).toEqual(["boosted", "drift", "naive", "seasonal-naive", "smoothing"]);
  });

  test("looks at the series first, and says what it sees", async () => {
    const seen = async (all: Series, more: object = {}) => {
      const { checks } = await autoForecast(all, { ...quick, families: ["drift"], ...more });
      return checks.map(({ check, severity }) => `${check} ${severity}`);
    };
    expect(await seen(made(84))).toEqual([]);
    expect(await seen(made(40))).toContain("length warning");
    expect(await seen(made(84, () => 5))).toEqual(["constant warning"]);
    expect(await seen(made(84, (i) => sold(i) - 31))).toContain("signs info");
    expect(await seen(made(84, (i) => (i === 40 ? 900 : sold(i))))).toContain("outliers warning");
    expect(await seen(made(84, (i) => 3 * i + sold(i)))).toEqual(["trend info"]);
    expect(await seen(made(84, (i) => ((i * i * 37) % 101) / 10))).toContain("season info");
    const place = (i: number): boolean => i % 9 !== 4;
    const holed = series({
      times: times(90).filter((_, i) => place(i)),
      values: times(90)
        .map((_, i) => sold(i))
        .filter((_, i) => place(i)),
      missing: "previous",
    });
    expect(await seen(holed)).toContain("holes warning");
  });

  test("takes a constant series, a metric, holidays, and no season", async () => {
    const constant = await autoForecast(
      made(60, () => 5),
      { ...quick, trials: 5, metric: "mae" },
    );
    expect([constant.best.family, constant.best.score]).toEqual(["naive", 0]);
    const asked = {
      ...quick,
      families: ["calendar"],
      holidays: "us",
      season: 1,
      metric: "mae",
    } as const;
    const found = await autoForecast(made(60), { ...asked, test: 0 });
    expect(found.test).toBeNull();
    expect(found.leaderboard.map(({ family }) => family).sort()).toEqual(["calendar", "naive"]);
    expect(found.leaderboard.map((entry) => entry.code)).toContain(
      'calendarRegression({ holidays: "us" })',
    );
  });

  test("law: the mase does not know the unit, also where the first origins have no scale", async () => {
    const late = (unit: number) => made(60, (i) => (i < 41 ? 0 : unit * sold(i)));
    const scored = async (unit: number) => {
      const how = { horizon: 7, origins: 4, families: ["drift"], metric: "mase", test: 0 } as const;
      const { leaderboard } = await autoForecast(late(unit), how);
      return leaderboard.map(({ family, score, folds }) => [
        family,
        score?.toPrecision(9),
        folds.length,
      ]);
    };
    expect(await scored(1024)).toEqual(await scored(1));
    expect((await scored(1)).map(([, , folds]) => folds)).toEqual([2, 2, 2]);
  });

  test("refuses what cannot be learned, and options that mean nothing", async () => {
    const refused = (all: Series, more: object, expected: string) =>
      expect(autoForecast(all, { ...quick, ...more })).rejects.toThrow(code(expected));
    await refused(made(28, sold, "a"), {}, "tune/failed-checks");
    await expect(autoForecast(made(28, sold, "a"), quick)).rejects.toThrow(/series "a".*21 values/);
    const [moment] = [day(0)];
    await refused(
      series({ times: [moment], values: [1], frequency: "day" }),
      {},
      "tune/failed-checks",
    );
    const odd = {
      ...made(60, sold, "a"),
      values: made(60).values.map((value, i) => (i === 3 ? Number.NaN : value)),
    };
    await refused(odd, {}, "forecast/out-of-range-value");
    await expect(autoForecast(odd, quick)).rejects.toThrow(
      /autoForecast: series "a" is NaN at 2026-01-04/,
    );
    await refused(made(60), { families: ["oracle"] }, "tune/missing-family");
    await refused(made(60), { families: ["seasonal-naive"], season: 1 }, "tune/missing-family");
    await refused(made(60), { metric: "auc" }, "option/out-of-range");
    const flat = made(60, (i) => (i < 48 ? 5 : sold(i)), "a");
    await refused(flat, { metric: "mase" }, "tune/missing-scale");
    await expect(autoForecast(flat, { ...quick, metric: "mase" })).rejects.toThrow(
      /series "a".*Take rmse, mae or smape/,
    );
    await refused(made(60), { horizon: 0 }, "option/out-of-range");
    await refused(made(60), { label: "x" }, "option/unknown-name");
    const nothing: Series = JSON.parse("null");
    await refused(nothing, {}, "forecast/mismatch-argument");
  });
});

describe("formatAutoForecast", () => {
  test("writes a program that Node runs and that makes the same model", async () => {
    const home = await mkdtemp(join(tmpdir(), "millrace-auto-forecast-"));
    try {
      const dir = join(home, "shop");
      const sales = schema("sales", {
        day: timestamp(),
        shop: text(),
        sold: float({ nullable: true }),
      });
      await using workspace = await openWorkspace(dir);
      const table = workspace.lake.table("shop.sales", sales);
      const rows = times(70).flatMap((at, i) => [
        { day: at, shop: "a", sold: i },
        { day: at, shop: "b", sold: i === 9 ? null : sold(i) },
      ]);
      await table.append(rows);
      const { version } = await table.detail();
      const columns = { time: "day", value: "sold", id: "shop", missing: "interpolate" } as const;
      const [, all] = await seriesOf(await table.read({ version }), columns);
      if (all === undefined) throw new Error("no series");
      const found = await autoForecast(all, {
        ...quick,
        families: ["boosted"],
        trials: 4,
        time: "day",
        value: "sold",
      });
      await table.append([{ day: day(70), shop: "b", sold: 5 }]); // a later version changes nothing
      const source = { dir, table: "shop.sales", version, schema: sales, id: "shop" };
      const program = formatAutoForecast(found.recipe, source);
      const src = new URL("../../index.ts", import.meta.url).href;
      const file = join(home, "program.ts");
      await writeFile(file, program.replace('from "millrace"', `from ${JSON.stringify(src)}`));
      const { stdout } = await promisify(execFile)(process.execPath, [file]);
      expect(stdout).toContain(`the same model ${found.model.hash}`);
      expect(stdout).toMatch(/^winner [\d.]+ [\d.]+$/m);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
