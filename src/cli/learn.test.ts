import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastJson, type Ran, runCli } from "../../tests/support/cli.ts";
import { runCommand } from "../../tests/support/run-command.ts";
import { loadClusters } from "../cluster/index.ts";
import { californiaTwin } from "../dataset/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { type JudgedMetric, judgeMetrics, type References, references } from "./learn/judge.ts";
import { learn, learnWith, lessons } from "./learn.ts";

interface Outcome {
  readonly agrees: boolean | null;
  readonly lessons: readonly {
    readonly name: string;
    readonly data: string;
    readonly run: string;
    readonly agrees: boolean | null;
    readonly metrics: readonly JudgedMetric[];
    readonly pictures: readonly string[];
  }[];
}

const names = ["california", "churn-logistic", "churn-boost", "iris"];
const stored = new URL("learn/references.json", import.meta.url);

let home: string;
let ran: Ran;
let outcome: Outcome;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-learn-"));
  ran = await runCli(["learn", "--dir", "garden", "--out", "pictures", "--json"], home);
  outcome = lastJson(ran);
});
afterAll(() => rm(home, { recursive: true }));

/** The stored metrics with the values that were measured; tolerances and what is known stay. */
const renewed = (): References =>
  Object.fromEntries(
    outcome.lessons.map(({ name, metrics }) => [
      name,
      Object.fromEntries(
        metrics.map((metric) => [
          metric.name,
          {
            tolerance: 0.001,
            known: null,
            ...references[name]?.[metric.name],
            value: metric.value ?? 0,
          },
        ]),
      ),
    ]),
  );

/** A metric of a lesson that was held. */
function metricOf(lesson: string, name: string) {
  const found = outcome.lessons.find((one) => one.name === lesson);
  return found?.metrics.find((metric) => metric.name === name);
}

describe("learn", () => {
  test("holds the four lessons, and every metric agrees with those stored", async () => {
    if (process.env["UPDATE_REFERENCES"] !== undefined)
      await writeFile(stored, `${JSON.stringify(renewed(), null, 2)}\n`);
    expect(outcome.lessons.map(({ name }) => name)).toEqual(names);
    const off = outcome.lessons.flatMap(({ metrics }) =>
      metrics.filter((metric) => metric.agrees !== true),
    );
    const update = "UPDATE_REFERENCES=1 npx vitest run src/cli/learn.test.ts";
    expect(off, `if the new metrics are meant, run ${update}`).toEqual([]);
    expect([outcome.agrees, ran.code]).toEqual([true, 0]);
  });

  test("says of each lesson whether its rows are a twin", () => {
    const told = outcome.lessons.map(({ data }) => data);
    expect(told.map((data) => data.includes("twin"))).toEqual([true, true, true, false]);
  });

  test("every model is better than the trivial answer beside it", () => {
    for (const [lesson, name] of [
      ["california", "r2"],
      ["churn-logistic", "auc"],
      ["churn-boost", "auc"],
      ["iris", "silhouette"],
    ] as const) {
      const { value, baseline } = metricOf(lesson, name) ?? {};
      expect(value ?? 0, `${lesson} ${name}`).toBeGreaterThan((baseline ?? 1) + 0.3);
    }
  });

  test("keeps each lesson as a run with its pictures and its model, and writes the pictures out", async () => {
    await using workspace = await openWorkspace(join(home, "garden"), { create: false });
    const runs = await workspace.tracking.runs({ experiment: "learn" });
    expect(runs.map(({ name }) => name).sort()).toEqual(
      Object.values(lessons)
        .map(({ run }) => run)
        .sort(),
    );
    for (const { name, run, pictures } of outcome.lessons) {
      const kept = await workspace.tracking.artifacts(run);
      expect(kept.filter((path) => path.startsWith("figures/"))).toHaveLength(pictures.length);
      expect(
        kept.some((path) => path.startsWith("model/")),
        name,
      ).toBe(true);
      expect(pictures.length).toBeGreaterThan(3);
      for (const picture of pictures) expect(await readFile(picture, "utf8")).toMatch(/^<svg/);
    }
    const iris = outcome.lessons.at(-1)?.run ?? "";
    const bytes = await workspace.tracking.artifact(iris, "model/clusters.json");
    expect(loadClusters({ "clusters.json": bytes }).learned.clusters).toBe(3);
  });

  test("the program that each lesson names prints the same numbers", async () => {
    for (const [name, metrics] of [
      ["california", ["mse", "r2"]],
      ["churn-logistic", ["auc", "accuracy", "recall"]],
      ["churn-boost", ["auc", "accuracy", "recall"]],
      ["iris", ["silhouette", "silhouetteOf2", "silhouetteOf6"]],
    ] as const) {
      const file = lessons[name].program
        .replace("examples/", "examples/expected/")
        .replace(".ts", ".txt");
      const printed = await readFile(new URL(`../../${file}`, import.meta.url), "utf8");
      for (const metric of metrics)
        expect(printed, `${file}: ${metric}`).toContain(
          (references[name]?.[metric]?.value ?? 0).toFixed(3),
        );
    }
  });

  test("finds in the irises what scikit-learn finds", async () => {
    const file = new URL("../../tests/peer/lessons.json", import.meta.url);
    const peer = JSON.parse(await readFile(file, "utf8")) as {
      readonly groups: readonly {
        readonly clusters: number;
        readonly silhouette: number;
        readonly inertia: number;
        readonly daviesBouldin: number;
        readonly adjustedRand: number;
        readonly sizes: readonly number[];
      }[];
    };
    const [two, three, four, five, six] = peer.groups;
    const near = (name: string, expected: number | undefined) =>
      expect(metricOf("iris", name)?.value, name).toBeClose(expected ?? Number.NaN);
    near("silhouette", three?.silhouette);
    near("inertia", three?.inertia);
    near("daviesBouldin", three?.daviesBouldin);
    near("adjustedRand", three?.adjustedRand);
    near("largest", three?.sizes[0]);
    near("smallest", three?.sizes.at(-1));
    near("silhouetteOf2", two?.silhouette);
    near("silhouetteOf4", four?.silhouette);
    near("silhouetteOf5", five?.silhouette);
    near("silhouetteOf6", six?.silhouette);
  });

  test("ends with exit code 1 and names what does not agree", async () => {
    const wrong = { ...references["iris"], inertia: { value: 70, tolerance: 0.1, known: null } };
    const { code, lines } = await runCommand(executable(learnWith({ iris: wrong })), [
      "iris",
      "--dir",
      join(home, "other"),
    ]);
    expect(code).toBe(1);
    const text = lines.join("\n");
    expect(text).toMatch(/inertia +78\.8514 +680\.4750 +70 +0\.1 +– +✗/);
    expect(text).toMatch(/silhouette +0\.5528 .*✓/);
    expect(text).toContain("do not agree with those stored: iris inertia.");
  });

  test("takes a California file of the user's in any order of lines, and judges nothing", async () => {
    const blocks = californiaTwin({ rows: 500, seed: 1 }).map(({ block: _, ...values }) => values);
    const text = (rows: typeof blocks) =>
      [
        Object.keys(blocks[0] ?? {}).join(","),
        ...rows.map((row) => Object.values(row).join(",")),
      ].join("\n");
    const files = [join(home, "rising.csv"), join(home, "falling.csv")] as const;
    await writeFile(files[0], text(blocks));
    await writeFile(files[1], text([...blocks].reverse()));
    const held = async (csv: string) => {
      const argv = ["california", "--csv", csv, "--dir", join(home, "mine"), "--json"];
      const { code, lines } = await runCommand(executable(learn), argv);
      const told = JSON.parse(lines.at(-1) ?? "null") as Outcome;
      expect([code, told.agrees]).toEqual([0, null]);
      return told.lessons[0]?.metrics.map(({ name, value }) => [name, value]);
    };
    expect(await held(files[1])).toEqual(await held(files[0]));
    const { lines } = await runCommand(executable(learn), [
      "california",
      "--csv",
      files[0],
      "--dir",
      join(home, "mine"),
    ]);
    expect(lines.at(-1)).toBe("The file is yours: nothing is stored to hold it against.");
  });

  test("refuses files that it cannot take with a sentence", async () => {
    const refused = (code: string, ...argv: readonly string[]) =>
      expect(
        runCommand(executable(learn), [...argv, "--dir", join(home, "none")]),
      ).rejects.toMatchObject({ code });
    const [narrow, torn] = [join(home, "narrow.csv"), join(home, "torn.csv")];
    await writeFile(narrow, "MedInc,HouseAge\n1,2\n");
    const columns =
      "MedInc,HouseAge,AveRooms,AveBedrms,Population,AveOccup,Latitude,Longitude,MedHouseVal";
    await writeFile(torn, `${columns}\n1,2,3,4,5,6,34,-118,1\n1,,3,4,5,6,34,-118,1\n`);
    await refused("table/unknown-column", "california", "--csv", narrow);
    await refused("cli/mismatch-option", "california", "--csv", torn);
    await refused("table/missing-file", "california", "--csv", join(home, "absent.csv"));
    await refused("cli/mismatch-option", "--csv", torn);
    await refused("cli/mismatch-option", "iris", "--csv", torn);
    await refused("cli/mismatch-option", "churn-boost", "--csv", torn);
    await refused("cli/mismatch-argument", "boston");
  });
});

describe("judgeMetrics", () => {
  const held = { a: { value: 1, tolerance: 0.1, known: null } };

  test("agrees within the tolerance, and where nothing is missing on either side", () => {
    const marks = (metrics: Readonly<Record<string, number>>) =>
      judgeMetrics(metrics, {}, held).map(({ name, agrees }) => [name, agrees]);
    expect(marks({ a: 1.05 })).toEqual([["a", true]]);
    expect(marks({ a: 1.2 })).toEqual([["a", false]]);
    expect(marks({ a: Number.NaN })).toEqual([["a", false]]);
    expect(marks({})).toEqual([["a", false]]);
    expect(marks({ a: 1, b: 1 })).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });

  test("judges nothing without references", () => {
    expect(judgeMetrics({ a: 1 }, { a: 0 }, null)).toEqual([
      { name: "a", value: 1, baseline: 0, reference: null, agrees: null },
    ]);
  });
});
