import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { client } from "../serve/index.ts";
import { float, schema, text, timestamp } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { forecast } from "./forecast.ts";
import { model } from "./model.ts";
import { serveWorkspace } from "./serving.ts";

let home: string;
let dir: string;
const day = (i: number): Date => new Date(Date.UTC(2026, 0, 1 + i));
const sold = (i: number): number => 20 + ([9, 0, 1, 0, 2, 5, 8][i % 7] ?? 0) + ((i * 37) % 11) / 10;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-forecast-search-"));
  dir = join(home, "shop");
  await using workspace = await openWorkspace(dir);
  const sales = schema("sales", { day: timestamp(), shop: text(), sold: float() });
  const rows = Array.from({ length: 84 }, (_, i) => ({ day: day(i), shop: "a", sold: sold(i) }));
  await workspace.lake.table("shop.sales", sales).append(rows);
  const short = [{ day: day(0), shop: "b", sold: 1 }];
  await workspace.lake.table("shop.two", sales).append([...rows, ...short]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const run = (...argv: readonly string[]) =>
  runCommand(executable(forecast), [...argv, "--dir", dir], { width: 120 });
const asked = ["--time", "day", "--value", "sold", "--horizon", "7", "--origins", "2", "--search"];
const quick = [...asked, "--model", "drift", "--model", "boosted", "--trials", "5"];

describe("forecast --search", () => {
  test("keeps, registers and writes down the winner, which answers over HTTP as the model does", async () => {
    const program = join(home, "sold.ts");
    const ran = await run("shop.sales", ...quick, "--register", "sold", "--program", program);
    const shown = ran.lines.join("\n");
    expect([ran.code, shown]).toEqual([0, expect.stringMatching(/family +rmse +time +forecaster/)]);
    expect(shown).toContain("on the last 7 values, scored once:");
    expect(shown).toContain("registered as sold/1");
    expect(await readFile(program, "utf8")).toContain(
      "servedForecast(await forecaster.fit(history)",
    );

    await using workspace = await openWorkspace(dir, { create: false });
    const { version, model: loaded } = await workspace.registry.load("sold", "champion");
    expect([version.modelHash, loaded.hash]).toEqual([loaded.hash, version.modelHash]);
    expect(version.metrics["rmse"]).toBeGreaterThan(0);
    const [best] = await workspace.tracking.runs({ experiment: "forecast sold" });
    expect(await workspace.tracking.artifacts(best?.id ?? "")).toEqual(
      expect.arrayContaining(["automl/leaderboard.json", "automl/program.ts"]),
    );

    const serving = await serveWorkspace({ workspace, model: "sold", port: 0 });
    try {
      const asking = client<typeof loaded>(serving.web.url, { endpoint: "sold" });
      const rows = [{ day: day(84) }, { day: day(90) }];
      const answers = await Promise.all(rows.map((row) => asking.predict(row)));
      expect(answers).toEqual(loaded.predictAll(rows));
      await expect(asking.predict({ day: day(3) })).rejects.toThrow(/ends on 2026-03-25/);
    } finally {
      await serving.close();
    }
    const look = await runCommand(executable(model), ["show", "sold", "--dir", dir], {
      width: 100,
    });
    expect(look.lines.join("\n")).toContain("predicts sold (float)");
    expect(look.lines.join("\n")).toContain("it has no features, and no trees to export");
    const exported = runCommand(executable(model), [
      "export",
      "sold",
      "--format",
      "xgboost",
      "--dir",
      dir,
    ]);
    await expect(exported).rejects.toMatchObject({ code: "model/unsupported-files" });
  });

  test("goes on where it stopped, and gives programs the leaderboard", async () => {
    interface Told {
      readonly series: readonly {
        readonly chosen: string;
        readonly forecast: readonly unknown[];
        readonly search: {
          readonly leaderboard: readonly { readonly milliseconds: number | null }[];
          readonly test: readonly unknown[];
        };
      }[];
    }
    const argv = ["shop.sales", ...quick.slice(0, -1)];
    const more = ["--test", "5", "--dir", dir];
    await dataOf<Told>(executable(forecast), [...argv, "5", ...more]);
    const again = [...argv, "6", ...more, "--again", "more trials"];
    const { series } = await dataOf<Told>(executable(forecast), again);
    const [told] = series;
    expect(told?.forecast).toHaveLength(7);
    const fresh = told?.search.leaderboard.filter(({ milliseconds }) => milliseconds !== null);
    expect([told?.search.leaderboard.length, fresh?.length]).toEqual([6, 1]);
    expect(told?.search.test).toHaveLength(3);
  });

  test("goes on with each series where another winner is not scored on the last values again", async () => {
    const file = join(home, "shops.csv");
    const lines = ["a", "b"].flatMap((shop) =>
      Array.from(
        { length: 60 },
        (_, i) => `${day(i).toISOString().slice(0, 10)},${shop},${sold(i)}`,
      ),
    );
    await writeFile(file, ["day,shop,sold", ...lines].join("\n"));
    const argv = [file, ...asked, "--model", "drift", "--id", "shop", "--trials"];
    expect((await run(...argv, "1")).lines.join("\n")).toContain(
      "on the last 7 values, scored once",
    );
    const more = await run(...argv, "3");
    expect([more.code, more.lines.join("\n")]).toEqual([
      0,
      expect.stringMatching(/a: 60 days; forecast by[\s\S]+b: 60 days; forecast by/),
    ]);
    expect(more.lines.filter((line) => line.includes("were not scored again"))).toHaveLength(2);
    expect(more.lines.join("\n")).toContain("--again WHY");
    expect(more.lines.join("\n")).not.toContain("scored once");
    const why = await run(...argv, "3", "--again", "more trials");
    expect(why.lines.join("\n")).toContain("on the last 7 values, scored once");
  });

  test("tells of a series that is too short, and stops for nothing", async () => {
    const { code, lines } = await run("shop.two", ...quick, "--id", "shop");
    expect([code, lines.join("\n")]).toEqual([1, expect.stringContaining("b: 1 day; no forecast")]);
    expect(lines.join("\n")).toMatch(/a: 84 days; forecast by/);
  });

  test("refuses what it cannot do with a sentence", async () => {
    const refused = (code: string, ...argv: readonly string[]) =>
      expect(run(...argv)).rejects.toMatchObject({ code });
    await refused("cli/missing-option", "shop.sales", ...asked.slice(0, 4), "--test", "7");
    await refused(
      "cli/missing-option",
      "shop.sales",
      "--time",
      "day",
      "--value",
      "sold",
      "--register",
      "m",
    );
    await refused(
      "cli/unsupported-series",
      "shop.two",
      ...quick,
      "--id",
      "shop",
      "--register",
      "m",
    );
    await refused("cli/mismatch-option", "shop.sales", ...asked, "--model", "moving-average");
    await refused(
      "cli/mismatch-option",
      "shop.sales",
      ...quick,
      "--program",
      join(home, "no", "file.ts"),
    );
    const file = join(home, "sales.csv");
    const lines = Array.from(
      { length: 60 },
      (_, i) => `${day(i).toISOString().slice(0, 10)},${sold(i)}`,
    );
    await writeFile(file, ["day,sold", ...lines].join("\n"));
    await refused("cli/unsupported-program", file, ...quick, "--program", join(home, "file.ts"));
    expect((await run(file, ...quick)).lines.join("\n")).toContain("the winner: ");
  });
});
