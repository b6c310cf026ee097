import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { category, float, int, schema } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { automl } from "./automl.ts";
import { executable } from "./execute.ts";

const flowers = schema("flowers", {
  id: int({ key: true }),
  petal: float(),
  width: float({ nullable: true }),
  kind: category(["setosa", "virginica", "versicolor"]),
});

let home: string;
let dir: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-automl-"));
  dir = join(home, "garden");
  await using workspace = await openWorkspace(dir);
  const rows = Array.from({ length: 240 }, (_, id) => {
    const petal = 1 + ((id * 37) % 60) / 10;
    const kind = petal < 2.5 ? "setosa" : petal < 5 ? "versicolor" : "virginica";
    return { id, petal, width: id % 9 === 0 ? null : (id * 7) % 11, kind } as const;
  });
  await workspace.lake.table("garden.flowers", flowers).append(rows);
});
afterAll(() => rm(home, { recursive: true }));

const run = (...argv: readonly string[]) =>
  runCommand(executable(automl), [...argv, "--dir", dir], { width: 100 });

describe("automl", () => {
  test("finds, logs, registers and writes down the best model of a table", async () => {
    const program = join(home, "flowers.ts");
    const { code, lines } = await run(
      ...["garden.flowers", "--label", "petal", "--trials", "3", "--register", "petals"],
      ...["--program", program, "--predictions", "garden.predicted"],
    );
    expect(code).toBe(0);
    const text = lines.join("\n");
    expect(text).toMatch(/family +rmse +time +estimator/);
    expect(text).toContain("registered as petals/1");
    expect(await readFile(program, "utf8")).toContain("Written by Millrace's AutoML");
    await using workspace = await openWorkspace(dir, { create: false });
    const { version, model } = await workspace.registry.load("petals", "champion");
    expect(version.metrics["rmse"]).toBeGreaterThan(0);
    expect(model.signature.output.kind).toBe("float");
    const told = await workspace.lake.sql("SELECT * FROM garden.predicted");
    expect(Object.keys(told.schema.columns)).toEqual([
      "id",
      "petal",
      "prediction",
      "probability",
      "run_id",
    ]);
    expect(await told.count()).toBeGreaterThan(20);
    const [best] = await workspace.tracking.runs({ experiment: "automl petal" });
    expect(await workspace.tracking.artifacts(best?.id ?? "")).toContain("automl/leaderboard.json");
  });

  test("gives programs the leaderboard, what became of columns, and scores beside the best constant", async () => {
    const asked = ["garden.flowers", "--label", "kind", "--trials", "3", "--dir", dir];
    const found = await dataOf<{
      readonly leaderboard: readonly unknown[];
      readonly columns: readonly unknown[];
      readonly test: unknown;
    }>(executable(automl), asked);
    expect(found).toMatchObject({ label: "kind", task: { kind: "multiclass" }, metric: "logLoss" });
    expect(found.leaderboard).toHaveLength(1 + 3);
    expect(found.columns).toContainEqual({ column: "id", as: null, why: "a key" });
    expect(found.test).toMatchObject({
      metrics: expect.anything(),
      baseline: expect.anything(),
    });
  });

  test("says why a family failed as a whole", async () => {
    const file = join(home, "huge.csv");
    const lines = Array.from(
      { length: 80 },
      (_, i) => `${i},${i % 2 === 0 ? 1.7e308 : -1.7e308},${i % 7},${i % 7 > 3}`,
    );
    await writeFile(file, ["id,huge,small,tall", ...lines].join("\n"));
    const asked = [
      file,
      "--label",
      "tall",
      "--by",
      "id",
      "--families",
      "linear,boost",
      "--trials",
      "2",
    ];
    const text = (await run(...asked)).lines.join(" ");
    expect(text).toMatch(
      /⚠ linear failed in its trial.*the first error: feature\/out-of-range-values/,
    );
    const again = [...asked, "--again", "as data", "--dir", dir];
    const { failures } = await dataOf<{ readonly failures: readonly unknown[] }>(
      executable(automl),
      again,
    );
    expect(failures).toMatchObject([
      { family: "linear", trials: 1, error: expect.stringContaining("huge") },
    ]);
  });

  test("refuses what it cannot do with a sentence", async () => {
    const refused = (code: string, ...argv: readonly string[]) =>
      expect(run(...argv)).rejects.toMatchObject({ code });
    await refused("cli/missing-option", "garden.flowers");
    await refused("table/unknown-column", "garden.flowers", "--label", "kinds");
    await refused("table/unknown-column", "garden.flowers", "--label", "kind", "--leave", "petals");
    await refused("cli/mismatch-option", "garden.flowers", "--label", "kind", "--families", "oak");
    await refused("metric/unknown-name", "garden.flowers", "--label", "kind", "--metric", "best");
    await refused(
      "cli/mismatch-option",
      "garden.flowers",
      "--label",
      "kind",
      "--program",
      join(home, "no", "file.ts"),
    );
    const file = join(home, "flowers.csv");
    const lines = Array.from({ length: 80 }, (_, i) => `${i},${i % 7},${i % 7 > 3}`);
    await writeFile(file, ["id,petals,tall", ...lines].join("\n"));
    const how = [file, "--label", "tall", "--by", "id", "--trials", "2"];
    await refused("cli/unsupported-program", ...how, "--program", join(home, "file.ts"));
    expect((await run(...how)).lines.join("\n")).toContain("the winner predicts tall");
  });
});
