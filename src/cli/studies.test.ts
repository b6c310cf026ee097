/** @file Tests of `millrace studies`. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../tests/support/run-command.ts";
import { openStudy } from "../tune/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { studies } from "./studies.ts";

let folder: string;
const at = (file: string): string => join(folder, file);
const run = (...argv: readonly string[]) =>
  runCommand(executable(studies), [...argv, "--dir", at("work")], { width: 200 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-studies-"));
  await using workspace = await openWorkspace(at("work"));
  const { records } = workspace;
  const one = await openStudy({ name: "churn", metric: "loss", direction: "minimise", records });
  await one.search(
    (trial) => {
      if (trial.number === 11) throw new Error("no memory");
      return (trial.int("depth", 1, 9) - 4) ** 2 + trial.float("rate", 0.001, 1, { log: true });
    },
    { trials: 30 },
  );
  const objectives = [
    { metric: "size", direction: "minimise" },
    { metric: "auc", direction: "maximise" },
  ] as const;
  const two = await openStudy({ name: "two", objectives, records });
  await two.search((trial) => [trial.int("size", 1, 5), trial.float("x", 0, 1)], { trials: 12 });
});
afterAll(() => rm(folder, { recursive: true }));

test("list tells of all studies, show of one", async () => {
  const { code, lines } = await run("list");
  expect(code).toBe(0);
  expect(lines[1]).toMatch(/^churn\s+minimise loss\s+30\s+0\s+1\s+0\.\d+/);
  expect(lines[2]).toMatch(/^two\s+minimise size, maximise auc\s+12/);
  const shown = (await run("show", "churn", "--limit", "20")).lines.join("\n");
  expect(shown).toMatch(/the best trial\n.*\n +\d+ +complete +0\.\d+ +depth=4 rate=/);
  expect(shown).toMatch(/11 +failed .*no memory/);
  expect(shown).toContain("1 of 30 trials failed; the first, trial 11: no memory");
  expect((await run("show", "two")).lines.join("\n")).toContain("the front");
  await expect(run("show", "chur")).rejects.toThrow('Did you mean "churn"?');
  await expect(run("show")).rejects.toMatchObject({ code: "cli/missing-argument" });
});

test("plot draws each chart", async () => {
  const charts = [
    ["history"],
    ["slice"],
    ["slice", "--params", "depth"],
    ["contour"],
    ["contour", "--params", "rate,depth"],
    ["parallel"],
    ["importances"],
  ];
  for (const [chart = "", ...more] of charts) {
    await run("plot", "churn", at("churn.svg"), "--chart", chart, ...more);
    const svg = await readFile(at("churn.svg"), "utf8");
    expect(svg).toContain(">study churn</text>");
    expect(svg.startsWith("<svg")).toBe(true);
  }
  await run("plot", "two", at("two.png"), "--chart", "front");
  expect((await readFile(at("two.png"))).subarray(1, 4).toString()).toBe("PNG");
  await expect(run("plot", "churn", at("churn.gif"))).rejects.toMatchObject({
    code: "cli/unsupported-picture",
  });
  await expect(run("plot", "churn", at("churn.svg"), "--chart", "front")).rejects.toMatchObject({
    code: "cli/missing-params",
  });
  await expect(run("plot", "churn")).rejects.toMatchObject({ code: "cli/missing-argument" });
});

test("export writes a file for Optuna, and import reads one", async () => {
  await run("export", "two", at("optuna.db"));
  await expect(run("import", at("optuna.db"))).rejects.toMatchObject({
    code: "tune/duplicate-study",
  });
  const other = ["import", at("optuna.db"), "--study", "two", "--dir", at("other")];
  const { lines } = await runCommand(executable(studies), other, { width: 200 });
  expect(lines).toEqual(["two written: 12 trials"]);
  const renamed = await run("import", at("optuna.db"), "--as", "three");
  expect(renamed.lines).toEqual(["three written: 12 trials"]);
  await expect(run("import", at("none.db"))).rejects.toMatchObject({ code: "tune/missing-file" });
  await writeFile(at("trials.csv"), `number,value\n${"1,2\n".repeat(200)}`);
  await expect(run("import", at("trials.csv"))).rejects.toThrow(
    /trials.csv" is not a study file of Optuna that can be read: it is no SQLite file/,
  );
});

test("list tells of a study that a newer Millrace wrote, beside the others", async () => {
  const dir = at("newer");
  {
    await using workspace = await openWorkspace(dir);
    const { records } = workspace;
    await using mine = await openStudy({
      name: "mine",
      metric: "loss",
      direction: "minimise",
      records,
    });
    await mine.search((trial) => trial.float("x", 0, 1), { trials: 2 });
    const row = { objectives: "[]", created_at_ms: 1, run_id: null, revision: 0 };
    await records.db
      .insertInto("study")
      .values({ id: "n", name: "new", format: 2, seed: 0, ...row })
      .execute();
  }
  const { code, lines } = await runCommand(executable(studies), ["list", "--dir", dir], {
    width: 200,
  });
  expect(code).toBe(0);
  expect(lines[1]).toMatch(/^new\s+written by a newer Millrace\s*$/);
  expect(lines[2]).toMatch(/^mine\s+minimise loss\s+2/);
});
