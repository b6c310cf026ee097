import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { features, numeric, oneHot, standardize } from "../feature/index.ts";
import { boost, leastSquares, logistic, neighbours } from "../model/index.ts";
import { bool, category, float, int, schema } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { explain } from "./explain.ts";

const people = schema("people", {
  id: int({ key: true }),
  age: float(),
  plan: category(["basic", "plus", "pro"]),
  noise: float(),
  left: bool(),
});
const person = (id: number) => {
  const age = (id * 37) % 64;
  const plan = (["basic", "plus", "pro"] as const)[id % 3] ?? "pro";
  return { id, age, plan, noise: (id * 101) % 17, left: age > 30 && plan !== "pro" };
};

let home: string;
let dir: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-explain-"));
  dir = join(home, "shop");
  await using workspace = await openWorkspace(dir);
  const { lake, registry } = workspace;
  const table = lake.table("shop.people", people);
  await table.append(Array.from({ length: 200 }, (_, i) => person(i)));
  await lake
    .table("shop.later", people)
    .append(Array.from({ length: 150 }, (_, i) => person(i + 1000)));
  const rows = await table.read();
  const definition = features(people, (c) => ({
    age: numeric(c.age),
    plan: oneHot(c.plan),
    noise: numeric(c.noise),
  }));
  const asked = { features: definition, label: "left" } as const;
  const leavers = await boost({ trees: 15 }).fit(rows, asked);
  await registry.register("leavers", { model: leavers, runId: "by hand" });
  await registry.register("leavers", {
    model: await logistic().fit(rows, asked),
    runId: "by hand",
  });
  const standard = features(people, (c) => ({ old: standardize(c.age), noise: numeric(c.noise) }));
  await registry.register("leavers", {
    model: await logistic().fit(rows, { features: standard, label: "left" }),
    runId: "by hand",
  });
  await registry.setAlias("leavers", "champion", 1);
  const near = await neighbours({ neighbours: 3 }).fit(rows, asked);
  await registry.register("near", { model: near, runId: "by hand" });
  const byAge = features(people, (c) => ({ age: numeric(c.age), noise: numeric(c.noise) }));
  const plans = await boost({ trees: 5 }).fit(rows, { features: byAge, label: "plan" });
  await registry.register("plans", { model: plans, runId: "by hand" });
  const ages = features(people, (c) => ({ plan: oneHot(c.plan), noise: numeric(c.noise) }));
  await registry.register("ages", {
    model: await leastSquares().fit(rows, { features: ages, label: "age" }),
    runId: "by hand",
  });
});
afterAll(() => rm(home, { recursive: true }));

const run = (...argv: readonly string[]) =>
  runCommand(executable(explain), [...argv, "--dir", dir], { width: 100 });
const refused = (work: Promise<unknown>, code: string) =>
  expect(work).rejects.toThrow(expect.objectContaining({ code }));

interface Told {
  readonly version: number;
  readonly rows: number;
  readonly permutation: {
    readonly metric: string;
    readonly score: number;
    readonly columns: readonly { readonly name: string; readonly mean: number }[];
  } | null;
  readonly shapley: {
    readonly base: readonly number[];
    readonly columns: readonly { readonly name: string }[];
  } | null;
  readonly row: {
    readonly base: number;
    readonly output: number;
    readonly contributions: readonly {
      readonly column: string;
      readonly value: unknown;
      readonly amount: number;
    }[];
  } | null;
  readonly warnings: readonly string[];
}
const told = (...argv: readonly string[]) =>
  dataOf<Told>(executable(explain), [...argv, "--dir", dir]);

describe("explain", () => {
  test("tells what columns are worth, category by category as one, and takes a row apart", async () => {
    const { code, lines } = await run("leavers", "shop.later", "--row", "id=1007");
    const text = lines.join("\n");
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^column +auc lost +± +mean \|Shapley\|$/);
    expect(lines[1]).toMatch(/^age .*█{20}$/);
    expect(text).toMatch(/one row: true with probability 0\.\d{4}/);
    expect(text).toMatch(/plan = pro +−0\.\d+ +−\d/);
    expect(text).toContain("leavers/1, boost, on 150 rows of shop.later; auc ");
    expect(text).not.toContain("⚠");
  });

  test("gives sums that come out: the base and what columns add are the log-odds of the answer", async () => {
    await using workspace = await openWorkspace(dir, { create: false });
    const { age, plan, noise } = person(1007);
    for (const version of [1, 2]) {
      const asked = ["leavers", "shop.later", "--row", "id=1007", "--version", String(version)];
      const { row, permutation, shapley } = await told(...asked);
      const { model } = await workspace.registry.load("leavers", version);
      const p = (await model.predict({ age, plan, noise })).probability ?? Number.NaN;
      expect(row?.output).toBeClose(Math.log(p / (1 - p)), { rtol: 1e-9, atol: 1e-9 });
      const sum = row?.contributions.reduce((all, { amount }) => all + amount, row.base);
      expect(sum).toBeClose(row?.output ?? Number.NaN);
      expect(row?.contributions.find(({ column }) => column === "plan")?.value).toBe(plan);
      expect(permutation?.columns.map(({ name }) => name).toSorted()).toEqual([
        "age",
        "noise",
        "plan",
      ]);
      expect(shapley?.columns.at(-1)?.name).toBe("noise");
    }
  });

  test("takes some rows by their content, the same ones every time", async () => {
    const some = await told("leavers", "shop.later", "--rows", "40");
    expect(some.rows).toBe(40);
    expect(await told("leavers", "shop.later", "--rows", "40")).toEqual(some);
    const others = await told("leavers", "shop.later", "--rows", "40", "--seed", "1");
    expect(others.permutation).not.toEqual(some.permutation);
  });

  test("says so of models without Shapley values, and of rows that were learned from", async () => {
    const { permutation, shapley, row, warnings } = await told(
      "near",
      "shop.people",
      "--metric",
      "accuracy",
    );
    expect([shapley, row]).toEqual([null, null]);
    expect(permutation?.metric).toBe("accuracy");
    expect(permutation?.columns).toHaveLength(3);
    expect(warnings.join("\n")).toMatch(/the model learned from 200 of these rows/);
    expect(warnings.join("\n")).toMatch(/has no exact Shapley values/);
  });

  test("explains classes, numbers, and rows of a file without labels", async () => {
    const { permutation, shapley } = await told("plans", "shop.later");
    expect(permutation?.metric).toBe("logLoss");
    expect(shapley?.base).toHaveLength(3);
    expect((await told("ages", "shop.later")).permutation?.metric).toBe("rmse");
    const file = join(home, "new.csv");
    await writeFile(file, "age,plan,noise\n40,basic,1\n20,pro,2.5\n");
    const { lines } = await run("leavers", file);
    expect(lines.join(" ")).toContain("the rows have no column left, so that nobody can tell");
    expect(lines[0]).toMatch(/^column +mean \|Shapley\|$/);
    await refused(run("near", file, "--label", "left"), "table/unknown-column");
    const { lines: nothing } = await run("near", file);
    expect(nothing[0]).toBe("nothing can be told of the columns; see below");
  });

  test("draws importances, swarm, waterfall and dependences", async () => {
    const out = join(home, "pictures");
    const { lines } = await run("leavers", "shop.later", "--out", out);
    const names = ["importances", "swarm", "waterfall", "dependence-age", "dependence-noise"];
    for (const name of names) {
      expect(lines).toContain(`picture: ${join(out, name)}.svg`);
      expect(await readFile(join(out, `${name}.svg`), "utf8")).toContain("<svg");
    }
    await run("leavers", "shop.later", "--out", out, "--version", "3");
    const scaled = await readFile(join(out, "dependence-age.svg"), "utf8");
    expect(scaled).toMatch(/>60</); // the ages, although the model sees them standardised
    await run("plans", "shop.later", "--out", out, "--picture", "png", "--rows", "20");
    expect((await readFile(join(out, "swarm.png"))).subarray(1, 4).toString()).toBe("PNG");
  });

  test("says what to do where it cannot", async () => {
    await refused(run("leavers", "shop.later", "--row", "id=7"), "cli/missing-row");
    await refused(run("leavers", "shop.later", "--row", "name=7"), "table/unknown-column");
    await refused(run("leavers", "shop.later", "--label", "plan"), "dataset/conflict-label");
    await refused(run("leavers", "shop.later", "--label", "id"), "model/mismatch-task");
    await refused(run("leavers", "shop.later", "--metric", "rmse"), "metric/mismatch-task");
    await refused(run("leavers", "shop.later", "--metric", "best"), "metric/unknown-name");
    await refused(run("leaver", "shop.later"), "registry/missing-model");
    await using workspace = await openWorkspace(dir, { create: false });
    await workspace.lake.table("shop.empty", people).append([]);
    await refused(run("leavers", "shop.empty"), "dataset/missing-rows");
  });
});
