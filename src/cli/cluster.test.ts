/** @file Tests of `millrace cluster`. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastJson, runCli } from "../../tests/support/cli.ts";
import { runCommand } from "../../tests/support/run-command.ts";
import { loadClusters } from "../cluster/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { cluster } from "./cluster.ts";
import { executable } from "./execute.ts";

interface Told {
  readonly report: {
    readonly rows: number;
    readonly noise: number;
    readonly silhouette: number;
    readonly groups: readonly {
      readonly rows: number;
      readonly means: Readonly<Record<string, number>>;
    }[];
  };
  readonly choices: { readonly suggested: number } | null;
}

let home: string;
const at = (file: string): string => join(home, file);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cli-cluster-"));
  const line = (i: number): string => {
    const group = i % 3;
    return [
      `c${i}`,
      20 + 20 * group + (i % 5),
      1000 * (group === 1 ? 5 : group) + (i % 7),
      group === 2 ? "gold" : "free",
      "2024-05-01T00:00:00Z",
    ].join(",");
  };
  const lines = Array.from({ length: 120 }, (_, i) => line(i));
  await writeFile(at("people.csv"), ["name,age,income,plan,since", ...lines].join("\n"));
  await using workspace = await openWorkspace(at("ws"));
  await workspace.close();
});
afterAll(() => rm(home, { recursive: true, force: true }));

const run = (...argv: readonly string[]) =>
  runCommand(executable(cluster), [at("people.csv"), "--dir", at("ws"), ...argv], { width: 120 });

describe("millrace cluster", () => {
  test("makes the workspace that --into needs, where there is none", async () => {
    const asked = [at("people.csv"), "--clusters", "3", "--into", "demo.made", "--dir", at("new")];
    await runCommand(executable(cluster), asked, { width: 120 });
    await using made = await openWorkspace(at("new"), { create: false });
    expect(await (await made.lake.sql("SELECT * FROM demo.made")).count()).toBe(120);
  });

  test("chooses the number, and writes a table, what was learned, and pictures", async () => {
    const ran = await runCli(
      [
        "cluster",
        "people.csv",
        "--most",
        "5",
        "--into",
        "demo.groups",
        "--model",
        "groups.json",
        "--out",
        "pictures",
        "--dir",
        "ws",
        "--json",
      ],
      home,
    );
    const { report, choices } = lastJson<Told>(ran);
    expect([ran.code, choices?.suggested, report.rows, report.noise]).toEqual([0, 3, 120, 0]);
    expect(report.groups.map(({ rows }) => rows)).toEqual([40, 40, 40]);
    expect(report.silhouette).toBeGreaterThan(0.7);
    expect((await readdir(at("pictures"))).sort()).toEqual([
      "bic.svg",
      "clusters.svg",
      "gap.svg",
      "inertia.svg",
      "silhouette.svg",
      "silhouettes.svg",
    ]);
    const stored = loadClusters({ "clusters.json": await readFile(at("groups.json")) });
    const { kind, clusters, names } = stored.learned;
    expect([kind, clusters, [...names]]).toEqual(["kMeans", 3, ["age", "income"]]);
    const raw = [
      { age: 22, income: 3 },
      { age: 42, income: 5003 },
      { age: 62, income: 2003 },
    ];
    expect([...stored.assignAll(raw)].sort()).toEqual([0, 1, 2]);
    await using workspace = await openWorkspace(at("ws"));
    const rows = await workspace.lake.sql(
      "SELECT cluster, count(DISTINCT plan) AS plans, count(*) AS n FROM demo.groups GROUP BY 1",
    );
    expect((await rows.rows()).map(({ plans, n }) => [Number(plans), Number(n)])).toEqual([
      [1, 40],
      [1, 40],
      [1, 40],
    ]);
  });

  test("shows sizes, means, what each way prefers, and a verdict", async () => {
    const { lines } = await run("--most", "4");
    const text = lines.join("\n");
    for (const part of [
      "preferred by",
      "mean age",
      "33.3 %",
      "taken: 3 clusters",
      "120 rows in 3 clusters by k-means",
    ])
      expect(text).toContain(part);
  });

  for (const method of ["mini-batch", "mixture", "agglomerative"])
    test(`finds the groups by ${method}`, async () => {
      const { lines } = await run(
        "--method",
        method,
        "--clusters",
        "3",
        "--columns",
        "age,income,plan",
      );
      expect(lines.join("\n")).toContain(`120 rows in 3 clusters by ${method}`);
    });

  test("draws the tree of agglomerative", async () => {
    await run("--method", "agglomerative", "--clusters", "3", "--out", at("tree"));
    expect(await readFile(at("tree/dendrogram.svg"), "utf8")).toContain(">Dendrogram</text>");
  });

  test("dbscan leaves lone rows out, and needs a distance", async () => {
    const { lines } = await run("--method", "dbscan", "--distance", "0.02", "--neighbours", "2");
    expect(lines.join("\n")).toMatch(/rows? in no cluster|120 rows in \d+ clusters by dbscan/);
    await expect(run("--method", "dbscan")).rejects.toThrow(
      expect.objectContaining({ code: "cli/missing-option" }),
    );
  });

  test("tries no more clusters than there are distinct rows, and refuses a distance without dbscan", async () => {
    const { lines } = await run("--columns", "plan");
    expect(lines.join("\n")).toContain("120 rows in 2 clusters by k-means");
    for (const method of [[], ["--method", "mixture"]])
      await expect(run("--distance", "0.2", ...method)).rejects.toThrow(
        "cluster: --distance expects --method dbscan beside it, which alone looks for neighbours within a distance; got ",
      );
  });

  test("refuses columns that are not there or cannot be compared", async () => {
    await expect(run("--columns", "agee")).rejects.toThrow(
      expect.objectContaining({ code: "table/unknown-column" }),
    );
    await expect(run("--columns", "since")).rejects.toThrow(
      expect.objectContaining({ code: "cli/mismatch-option" }),
    );
    await expect(run("--clusters", "500")).rejects.toThrow(
      expect.objectContaining({ code: "cluster/out-of-range-clusters" }),
    );
  });
});
