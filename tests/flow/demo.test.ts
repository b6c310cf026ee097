import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkspace } from "../../src/workspace/index.ts";
import { lastJson, runCli } from "../support/cli.ts";

interface Summary {
  readonly rows: { readonly raw: number; readonly bronze: number; readonly silver: number };
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly champion: { readonly name: string; readonly version: number; readonly hash: string };
  readonly requests: { readonly sent: number; readonly failed: number };
  readonly drift: { readonly severe: readonly string[] };
  readonly retrain: { readonly due: boolean; readonly again: number };
  readonly steps: { readonly ran: number; readonly skipped: number };
  readonly tables: Readonly<Record<string, string>>;
  readonly seconds: number;
}

let folder: string;
let first: Summary;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-demo-"));
  const ran = await runCli(["demo", "--dir", "one", "--json"], folder);
  expect(ran.stderr).toContain("monitor");
  expect(ran.code).toBe(0);
  first = lastJson(ran);
});
afterAll(() => rm(folder, { recursive: true }));

describe("demo", () => {
  test("takes 7,043 customers through every stage and loses none", () => {
    expect(first.rows).toEqual({ raw: 7043, bronze: 7043, silver: 7043 });
    expect(first.steps).toEqual({ ran: 12, skipped: 0 });
  });

  test("trains models that beat the majority, about as well as the field does on this file", () => {
    expect(first.metrics["baseline"]?.["auc"]).toBe(0.5);
    for (const name of ["logistic", "boost"]) {
      expect(first.metrics[name]?.["auc"]).toBeGreaterThan(0.82);
      expect(first.metrics[name]?.["accuracy"]).toBeGreaterThan(
        first.metrics["baseline"]?.["accuracy"] ?? 1,
      );
    }
    expect(first.champion).toMatchObject({
      name: "churn",
      hash: expect.stringMatching(/^sha256:/),
    });
  });

  test("serves 600 requests and names the features that drifted", () => {
    expect(first.requests).toEqual({ sent: 600, failed: 0 });
    expect(first.drift.severe).toContain("monthly_charges");
    expect(first.drift.severe).not.toContain("gender");
    expect(first.retrain).toMatchObject({ due: true, again: 3 });
  });

  test("does nothing when it is run again and nothing has changed", async () => {
    const ran = await runCli(["demo", "--dir", "one", "--json"], folder);
    const again = lastJson<Summary>(ran);
    expect(again.steps).toEqual({ ran: 0, skipped: 12 });
    for (const key of ["rows", "metrics", "champion", "requests", "drift", "tables"] as const)
      expect(again[key]).toEqual(first[key]);
  });

  test("gives the same tables, metrics and model for the same seed in another folder", async () => {
    const ran = await runCli(["demo", "--dir", "two", "--json"], folder);
    const second = lastJson<Summary>(ran);
    for (const key of ["rows", "metrics", "champion", "requests", "drift", "tables"] as const)
      expect(second[key]).toEqual(first[key]);
  });

  test("keeps figures, signature and input example with every run", async () => {
    await using workspace = await openWorkspace(join(folder, "one"));
    const runs = await workspace.tracking.runs({ experiment: "churn" });
    expect(runs.map((run) => run.status)).toEqual(Array(6).fill("finished"));
    const boosted = runs.find((run) => run.name === "boost");
    const files = await workspace.tracking.artifacts(boosted?.id ?? "");
    expect(files).toEqual(
      expect.arrayContaining([
        ...["confusion", "importances", "roc"].flatMap((name) => [
          `figures/${name}.png`,
          `figures/${name}.svg`,
        ]),
        "model/MLmodel",
        "model/input_example.json",
        "model/model.json",
      ]),
    );
    const text = (path: string) =>
      workspace.tracking
        .artifact(boosted?.id ?? "", path)
        .then((bytes) => Buffer.from(bytes).toString());
    expect(await text("model/MLmodel")).toContain("signature");
    expect(await text("figures/roc.svg")).toContain("<svg");
    const names = await readdir(workspace.path);
    for (const name of ["artifacts", "landing", "models", "records.db", "tables"])
      expect(names).toContain(name);
  });

  test("reads tables, runs and models from the command line", async () => {
    const shown = await Promise.all(
      ["tables", "runs", "models"].map((name) => runCli([name, "--dir", "one", "--json"], folder)),
    );
    expect(shown.map((ran) => ran.code)).toEqual([0, 0, 0]);
    const [tables, runs, models] = shown.map((ran) => lastJson<readonly object[]>(ran));
    expect(tables).toHaveLength(5);
    expect(runs).toHaveLength(6);
    expect(models).toContainEqual(
      expect.objectContaining({ name: "churn", aliases: ["champion"] }),
    );
    const people = await runCli(["models", "--dir", "one"], folder);
    expect(people.stdout).toContain("champion");
  });
});
