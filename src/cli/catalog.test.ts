/** @file The commands about the catalog, run in this process on a workspace with tables and a volume. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../../tests/support/cli.ts";
import { dataOf, type RunOptions, runCommand } from "../../tests/support/run-command.ts";
import { int, schema } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { annotate } from "./annotate.ts";
import { create } from "./create.ts";
import { describe as describeTable } from "./describe.ts";
import { drop } from "./drop.ts";
import { executable } from "./execute.ts";
import { grant } from "./grant.ts";
import { grants } from "./grants.ts";
import { ingestFiles } from "./ingest.ts";
import { revoke } from "./revoke.ts";
import { tables } from "./show.ts";
import { volumes } from "./volumes.ts";

const point = schema("point", { x: int() });
let folder: string;
let dir: readonly string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-catalog-"));
  dir = ["--dir", join(folder, "work")];
  await using workspace = await openWorkspace(join(folder, "work"), {
    clock: () => Date.UTC(2026, 0, 5, 12),
    actor: "root",
  });
  const { lake } = workspace;
  await lake.table("telco.silver", point).append([{ x: 1 }, { x: 2 }]);
  await lake.table("shop.orders", point).append([{ x: 1 }]);
  await lake.volume("telco.landing").put("a.csv", "id\n1\n");
  await lake.annotate("telco.silver", { comment: "clean\u001b[2J rows", owner: "engineers" });
});
afterEach(() => rm(folder, { recursive: true }));

type Executable = Parameters<typeof runCommand>[0];
const run = (command: Executable, argv: readonly string[], options: RunOptions = {}) =>
  runCommand(command, [...argv, ...dir], options);
const data = (command: Executable, argv: readonly string[]): Promise<unknown> =>
  dataOf(command, [...argv, ...dir]);
const [tablesNow, volumesNow] = [executable(tables), executable(volumes)];
const [grantNow, grantsNow, revokeNow] = [
  executable(grant),
  executable(grants),
  executable(revoke),
];
const dropNow = executable(drop);

describe("tables", () => {
  test("shows rows, files, sizes and comments, none of which can move the cursor", async () => {
    const { lines } = await run(tablesNow, [], { width: 200 });
    expect(lines[0]).toMatch(
      /^table +version +rows +files +size +last change +when \(UTC\) +comment/,
    );
    expect(lines[2]).toMatch(
      /^telco\.silver +0 +2 +1 +\d+ bytes +WRITE +2026-01-05 12:00:00 +clean␛\[2J rows$/,
    );
    expect(await data(tablesNow, [])).toMatchObject([
      { name: "shop.orders", rows: 1, files: 1, comment: null },
      { name: "telco.silver", rows: 2, files: 1, path: join(folder, "work/tables/telco/silver") },
    ]);
  });

  test("shows the others where one cannot be read", async () => {
    await using workspace = await openWorkspace(join(folder, "work"));
    const { bytes, folder: at } = workspace.lake.place("shop.orders");
    await bytes.put(`${at}/_delta_log/${"1".padStart(20, "0")}.json`, Buffer.from("{"));
    const { lines } = await run(tablesNow, [], { width: 200 });
    expect(lines[1]).toMatch(/^shop\.orders +– +– +– +– .*table\/corrupt-log/);
    expect(lines[2]).toMatch(/^telco\.silver +0 +2 /);
  });
});

describe("describe", () => {
  test("shows comments, tags and owners, of columns too", async () => {
    await using workspace = await openWorkspace(join(folder, "work"));
    const { lake } = workspace;
    await lake.annotate("telco.silver", { tags: { layer: "silver", pii: "" } });
    await lake.annotate(
      { table: "telco.silver", column: "x" },
      { comment: "in m", tags: { a: "b" } },
    );
    const { lines } = await run(executable(describeTable), ["telco.silver"], { width: 100 });
    expect(lines.slice(1, 4)).toEqual([
      ...["  comment      clean␛[2J rows", "  tags         layer = silver, pii"],
      "  owner        engineers",
    ]);
    expect(lines.find((line) => line.startsWith("  x "))).toMatch(/never +in m; a = b$/);
  });
});

describe("ingest", () => {
  test("takes files from a volume of the workspace", async () => {
    const ingestNow = executable(ingestFiles);
    const loaded = await run(ingestNow, ["volume:telco.landing", "telco.bronze"]);
    expect(loaded.lines.join("\n")).toMatch(/a\.csv +loaded/);
    const again = await data(ingestNow, ["volume:telco.landing", "telco.bronze"]);
    expect(again).toMatchObject({ rows: 0, files: [{ file: "a.csv", state: "skipped" }] });
    await expect(run(ingestNow, ["volume:telco.out", "telco.bronze"])).rejects.toMatchObject({
      code: "table/missing-volume",
    });
  });
});

describe("volumes", () => {
  test("shows what is in each", async () => {
    const { lines } = await run(volumesNow, [], { width: 200 });
    expect(lines[1]).toMatch(
      /^telco\.landing +1 +5 bytes +root +\/.*work\/volumes\/telco\/landing$/,
    );
    expect(await data(volumesNow, [])).toMatchObject([
      { name: "telco.landing", files: 1, path: join(folder, "work/volumes/telco/landing") },
    ]);
  });
});

describe("create", () => {
  const [createNow, ingestNow] = [executable(create), executable(ingestFiles)];

  test("makes a workspace and a volume in it, of which volumes tells the folder", async () => {
    const anew = ["--dir", join(folder, "anew")];
    const argv = ["volume", "shop.landing", "--comment", "by night", ...anew];
    const path = join(folder, "anew/volumes/shop/landing");
    expect((await runCommand(createNow, argv)).lines).toEqual([
      "volume shop.landing is there",
      `folder: ${path}`,
      "put files into it, then: millrace ingest volume:shop.landing SCHEMA.TABLE",
    ]);
    await writeFile(join(path, "a.csv"), "id\n1\n");
    const loaded = await runCommand(ingestNow, ["volume:shop.landing", "shop.bronze", ...anew]);
    expect(loaded.lines.at(-1)).toContain("1 row added");
    const { lines } = await runCommand(volumesNow, anew, { width: 300 });
    expect(lines[0]).toMatch(/^volume +files +size +owner +comment +folder$/);
    expect(lines[1]).toContain("by night");
    expect(lines[1]?.endsWith(path)).toBe(true);
    const again = { code: "table/duplicate-securable" };
    await expect(runCommand(createNow, argv)).rejects.toMatchObject(again);
    expect(await runCommand(createNow, [...argv, "--if-missing"])).toMatchObject({ code: 0 });
  });

  test("makes schemas and catalogs, and makes nothing for a name that is none", async () => {
    const { lines } = await run(createNow, [
      "schema",
      "dev",
      "--tag",
      "layer=silver",
      "--tag",
      "x",
    ]);
    expect(lines).toEqual(["schema dev is there"]);
    await using workspace = await openWorkspace(join(folder, "work"));
    const { tags } = await workspace.lake.describe({ schema: "dev" });
    expect(tags).toEqual({ layer: "silver", x: "" });
    const none = ["--dir", join(folder, "none")];
    for (const [code, ...argv] of [
      ["table/out-of-range-securable", "volume", "Landing"],
      ["cli/mismatch-option", "volume", "a.b", "--tag", "=x"],
      ["cli/mismatch-argument", "table", "a.b"],
    ])
      await expect(runCommand(createNow, [...argv, ...none])).rejects.toMatchObject({ code });
    expect(await readdir(folder)).toEqual(["work"]);
  });

  test("volumes says how to make one where there is none", async () => {
    await run(dropNow, ["volume:telco.landing", "--yes"]);
    expect((await run(volumesNow, [])).lines).toEqual([
      "no volumes yet; millrace create volume SCHEMA.NAME makes one",
    ]);
  });
});

describe("annotate", () => {
  const annotateNow = executable(annotate);

  test("says what a table, a column and a volume are, and takes it back", async () => {
    const argv = ["telco.silver", "--comment", "rows", "--tag", "layer=silver", "--tag", "pii"];
    expect((await run(annotateNow, argv)).lines).toEqual([
      "table telco.silver",
      "  comment: rows",
      "  tag layer: silver",
      "  tag pii",
    ]);
    const back = ["telco.silver", "--comment", "", "--owner", "", "--untag", "pii"];
    expect((await run(annotateNow, back)).lines.slice(1)).toEqual([
      "  comment: none",
      "  owner: none",
      "  no tag pii",
    ]);
    await run(annotateNow, ["telco.silver", "--column", "x", "--comment", "across"]);
    await run(annotateNow, ["telco.landing", "--owner", "engineers"]);
    await using workspace = await openWorkspace(join(folder, "work"));
    const { lake } = workspace;
    const table = await lake.describe({ table: "telco.silver" });
    expect(table).toMatchObject({ comment: null, owner: null, tags: { layer: "silver" } });
    const shown = await run(executable(describeTable), ["telco.silver"]);
    expect(shown.lines.join("\n")).toMatch(/^ *x +int +.*across$/m);
    expect(await lake.describe({ volume: "telco.landing" })).toMatchObject({ owner: "engineers" });
  });

  test.each([
    ["cli/missing-notes", ["telco.silver"]],
    ["cli/mismatch-option", ["telco", "--column", "x", "--comment", "c"]],
    ["cli/conflict-options", ["telco.silver", "--column", "x", "--owner", "ada"]],
    ["table/unknown-column", ["telco.silver", "--column", "y", "--comment", "c"]],
    ["table/missing-securable", ["telco.slver", "--comment", "c"]],
  ])("refuses with %s: %j", async (code, argv) => {
    await expect(run(annotateNow, argv)).rejects.toMatchObject({ code });
  });
});

describe("grant", () => {
  test("is listed, also for what is inside, and revoked", async () => {
    const given = await run(grantNow, ["SELECT,use_schema", "telco", "--to", "analysts"]);
    expect(given.lines).toEqual(["analysts may select, use schema on schema telco"]);
    const { lines } = await run(grantsNow, ["telco.silver"]);
    expect(lines[0]).toBe("table telco.silver belongs to engineers");
    expect(lines[2]).toMatch(/^analysts +select +schema telco /);
    expect(lines).toHaveLength(3);
    expect(await data(grantsNow, ["--principal", "analysts"])).toMatchObject({
      on: null,
      grants: [{ privilege: "select" }, { privilege: "use schema" }],
    });
    await run(revokeNow, ["select", "telco", "--to", "analysts"]);
    expect((await run(grantsNow, ["telco.silver"])).lines[1]).toBe("no grants");
  });

  test("says in its help that nothing is enforced yet", async () => {
    for (const command of [grantNow, grantsNow, revokeNow]) {
      const help = await command.help({ program: "millrace", width: 200 });
      expect(help.replace(/\s+/g, " ")).toContain(
        "Grants are recorded; a server enforces them later.",
      );
    }
  });

  test("refuses privileges, names and principals that are none", async () => {
    const code = (code: string) => expect.objectContaining({ code });
    const refused = (argv: readonly string[]) => expect(run(grantNow, argv)).rejects;
    await refused(["SELCT", "telco.silver", "--to", "ada"]).toThrow('Did you mean "select"');
    await refused(["SELECT", "telco.landing", "--to", "ada"]).toEqual(
      code("table/unknown-privilege"),
    );
    await refused(["SELECT", "telco.slver", "--to", "ada"]).toThrow('Did you mean "telco.silver"');
    await refused(["SELECT", "telco.silver"]).toEqual(code("cli/missing-option"));
  });
});

describe("drop", () => {
  const left = async (): Promise<readonly string[]> => {
    await using workspace = await openWorkspace(join(folder, "work"));
    return workspace.lake.tables();
  };

  test("asks, with what goes, and does nothing on a no", async () => {
    const asked: string[] = [];
    const ask = async (question: string): Promise<boolean> => {
      asked.push(question);
      return asked.length > 1;
    };
    const no = await run(dropNow, ["telco.silver"], { ask });
    expect(no).toMatchObject({ code: 1, lines: ["nothing was removed"] });
    expect(no.notes.join("\n")).toMatch(/table +telco\.silver +2 +2 /);
    expect(await left()).toHaveLength(2);
    const yes = await run(dropNow, ["telco.silver"], { ask });
    expect([yes.code, yes.lines[0]]).toEqual([0, "removed table telco.silver:"]);
    expect(asked).toEqual(Array(2).fill("Remove table telco.silver for good?"));
    expect(await left()).toEqual(["shop.orders"]);
  });

  test("needs --yes where nobody can be asked, and --cascade for what is not empty", async () => {
    await expect(run(dropNow, ["telco.silver"])).rejects.toMatchObject({
      code: "cli/missing-confirmation",
    });
    await expect(run(dropNow, ["telco", "--yes"])).rejects.toMatchObject({
      code: "table/conflict-contents",
    });
    expect(await left()).toHaveLength(2);
  });

  test("shows with --dry-run what it would remove", async () => {
    const { lines, code } = await run(dropNow, ["telco", "--cascade", "--dry-run"]);
    expect([code, lines[0]]).toEqual([0, "would remove schema telco:"]);
    expect(lines.slice(2).map((line) => line.trim().split(/ +/).slice(0, 2).join(" "))).toEqual([
      ...["volume telco.landing", "table telco.silver", "schema telco"],
    ]);
    expect(await left()).toHaveLength(2);
  });

  test("of the default catalog removes all that was made in it", async () => {
    await run(dropNow, ["main", "--cascade", "--yes"]);
    expect(await left()).toEqual([]);
    expect(await readdir(join(folder, "work"))).toEqual(["_catalog", "lake.json", "records.db"]);
  });

  test("is ended by the same command where it was interrupted", async () => {
    const halt = new AbortController();
    await expect(
      run(dropNow, ["telco", "--cascade", "--yes"], {
        signal: halt.signal,
        onStage: () => halt.abort(new Error("stopped by SIGINT")),
      }),
    ).rejects.toThrow("stopped");
    const { lines } = await run(dropNow, ["telco", "--yes"]);
    expect(lines[0]).toBe("removed schema telco:");
    expect(await left()).toEqual(["shop.orders"]);
  });

  test("has a terminal to ask on in the program only where there is one", async () => {
    const ran = await runCli(["drop", "telco.silver", ...dir], folder);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("cli/missing-confirmation");
    expect(await left()).toHaveLength(2);
  });
});
