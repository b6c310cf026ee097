import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastJson, runCli } from "../../tests/support/cli.ts";
import { runCommand } from "../../tests/support/run-command.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { forecast } from "./forecast.ts";

interface Told {
  readonly series: readonly {
    readonly id: string;
    readonly chosen: string | null;
    readonly forecast: readonly { readonly time: string; readonly forecast: number }[];
    readonly backtest: readonly { readonly name: string; readonly isBaseline: boolean }[];
    readonly note: string | null;
  }[];
}

let home: string;
const at = (file: string): string => join(home, file);
const dayOf = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const linesOf = (shop: string, of: (i: number) => number, days: readonly number[]) =>
  days.map((i) => `${dayOf(i)},${shop},${of(i)}`);
const season = (i: number): number => 20 + ([9, 0, 1, 0, 2, 5, 8][i % 7] ?? 0);
const all = Array.from({ length: 70 }, (_, i) => i);
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cli-forecast-"));
  const head = "day,shop,sold";
  await writeFile(
    at("sales.csv"),
    [head, ...linesOf("a", season, all), ...linesOf("b", (i) => 3 * i, all)].join("\n"),
  );
  await writeFile(
    at("holes.csv"),
    [
      head,
      ...linesOf(
        "a",
        season,
        all.filter((i) => i !== 30),
      ),
    ].join("\n"),
  );
  await writeFile(
    at("short.csv"),
    [head, ...linesOf("a", season, all), `${dayOf(3)},b,1`].join("\n"),
  );
  await using workspace = await openWorkspace(at("ws"));
  await workspace.close();
});
afterAll(() => rm(home, { recursive: true, force: true }));
const columns = ["--time", "day", "--value", "sold"];
const quick = [
  "--model",
  "naive",
  "--model",
  "seasonal-naive",
  "--model",
  "drift",
  "--horizon",
  "7",
];
const run = (...argv: readonly string[]) => runCommand(executable(forecast), argv, { width: 120 });

describe("millrace forecast", () => {
  test("forecasts each series of a file by what was best on its past, into a table and a picture", async () => {
    const ran = await runCli(
      [
        "forecast",
        "sales.csv",
        ...columns,
        "--id",
        "shop",
        ...quick,
        "--into",
        "shop.forecasts",
        "--figure",
        "a.svg",
        "--dir",
        "ws",
        "--json",
      ],
      home,
    );
    const { series } = lastJson<Told>(ran);
    expect([ran.code, series.map(({ id, chosen }) => [id, chosen])]).toEqual([
      0,
      [
        ["a", "seasonal-naive"],
        ["b", "drift"],
      ],
    ]);
    expect(series[0]?.forecast.map((row) => row.forecast)).toEqual(
      [70, 71, 72, 73, 74, 75, 76].map(season),
    );
    expect(series[0]?.forecast[0]?.time).toBe("2024-03-11T00:00:00.000Z");
    expect(await readFile(at("a.svg"), "utf8")).toContain(">Forecast of sold, a</text>");
    await using workspace = await openWorkspace(at("ws"));
    const kept = await workspace.lake.sql(
      "SELECT count(*) AS n FROM shop.forecasts WHERE lower95 <= upper80",
    );
    const rows = await kept.rows();
    expect(Number(rows[0]?.["n"])).toBe(14);
  });

  test("shows people the models beside the naive forecasts", async () => {
    const { lines } = await run(
      at("sales.csv"),
      ...columns,
      "--id",
      "shop",
      ...quick,
      "--level",
      "90",
    );
    expect(lines[0]).toBe("a: 70 days; forecast by seasonal-naive");
    expect(lines[1]).toBe("  2024-03-11: 29 … 2024-03-17: 28");
    expect(lines[2]).toMatch(/^model +rmse +mae +mape +mase +skill +within 1st bounds$/);
    expect(lines[3]).toMatch(/^seasonal-naive +0 +0 +0 % +– +– +100 %$/);
  });

  test("tries smoothing, ARIMA and the calendar where it may", async () => {
    const { lines } = await run(
      at("sales.csv"),
      ...columns,
      "--id",
      "shop",
      "--holidays",
      "us",
      "--horizon",
      "7",
      "--origins",
      "1",
      "--json",
    );
    const { series } = JSON.parse(lines.at(-1) ?? "") as Told;
    const names = series[0]?.backtest.map(({ name }) => name).sort();
    expect(names).toEqual(["arima", "calendar", "drift", "naive", "seasonal-naive", "smoothing"]);
  });

  test("refuses holes unless it is told what to do with them, and says how many it filled", async () => {
    await expect(run(at("holes.csv"), ...columns, ...quick)).rejects.toMatchObject({
      code: "forecast/missing-dates",
    });
    const { lines } = await run(at("holes.csv"), ...columns, ...quick, "--missing", "interpolate");
    expect(lines[0]).toMatch(/^the series: 70 days, 1 of them filled; forecast by /);
  });

  test("ends with 1 where a series has no forecast, and says why", async () => {
    const { code, lines } = await run(at("short.csv"), ...columns, "--id", "shop", ...quick);
    expect([code, lines.join("\n")]).toEqual([
      1,
      expect.stringContaining("b: 1 day; no forecast\n"),
    ]);
    expect(lines.join("\n")).toContain('series "b" is too short');
  });

  test.each([
    [["--value", "sold"], "cli/missing-option"],
    [["--time", "day"], "cli/missing-option"],
    [["--time", "when", "--value", "sold"], "table/unknown-column"],
    [["--time", "day", "--value", "shop"], "forecast/mismatch-kind"],
    [[...columns, "--figure", "a.gif"], "cli/mismatch-option"],
    [columns, "forecast/duplicate-time"],
  ])("refuses %j with %s", async (argv, code) => {
    await expect(run(at("sales.csv"), ...argv)).rejects.toMatchObject({ code });
  });
});
