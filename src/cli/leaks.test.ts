import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { schema, text } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { leaks } from "./leaks.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-leaks-"));
  file = join(folder, "visits.csv");
  const rows = Array.from({ length: 200 }, (_, i) => {
    const bought = (i * 7919) % 13 < 5;
    return [`visit ${i}`, i % 9, (i * 31) % 17, bought ? i + 1 : 0, bought].join(",");
  });
  await writeFile(file, ["name,shop,size,receipt,bought", ...rows].join("\n"));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (...argv: readonly string[]) =>
  runCommand(executable(leaks), [file, ...argv, "--dir", join(folder, "work")]);

describe("leaks", () => {
  test("shows how much each column alone tells, and fails when one tells too much", async () => {
    const { code, lines } = await run("--label", "bought");
    expect(code).toBe(1);
    expect(lines[1]).toMatch(/^receipt +1\.000 +█{20}$/);
    expect(lines.join("\n")).toContain("critical: receipt alone tells bought too well");
    expect(lines.join("\n")).toContain("critical: name names the row");
  });

  test("passes when nothing is suspicious, and looks across a split", async () => {
    const clean = await run("--label", "bought", "--columns", "shop");
    expect(clean.code).toBe(0);
    expect(clean.lines.at(-1)).toContain("no leak found in 200 rows");
    const across = await run(
      ...["--label", "bought", "--columns", "shop,size", "--split", "name", "--entity", "shop"],
    );
    expect(across.code).toBe(1);
    expect(across.lines.join("\n")).toContain("the same shop is on both sides of the split");
  });

  test("says that few rows are too few to tell", async () => {
    await writeFile(file, "size,bought\n1,true\n2,false\n3,true\n");
    const few = await run("--label", "bought");
    expect(few.code).toBe(0);
    expect(few.lines.join(" ")).toContain(
      "3 rows are too few to tell whether a column tells bought",
    );
    expect(few.lines.join("\n")).not.toContain("1.000");
  });

  test("takes the texts of a bronze table for the label and the numbers that they are", async () => {
    const dir = join(folder, "work");
    await using workspace = await openWorkspace(dir);
    const raw = schema("raw", { size: text(), bought: text() });
    const cells = Array.from({ length: 100 }, (_, i) => ({
      size: String(i % 7),
      bought: (i * i) % 7 < 3 ? "Yes" : "No",
    }));
    await workspace.lake.table("shop.bronze", raw).append(cells);
    const args = ["shop.bronze", "--label", "bought", "--dir", dir];
    const { code, lines } = await runCommand(executable(leaks), args);
    expect(code).toBe(1);
    expect(lines.join("\n")).toContain("size alone tells bought too well");
  });

  test("gives the same as JSON, and tells which option is missing", async () => {
    const { findings, strengths } = await dataOf<{
      findings: readonly { column: string }[];
      strengths: readonly unknown[];
    }>(executable(leaks), [file, "--label", "bought", "--dir", join(folder, "work")]);
    expect(findings.map(({ column }) => column)).toEqual(["receipt", "name"]);
    expect(strengths).toHaveLength(4);
    const refused = (work: Promise<unknown>, code: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code }));
    await refused(run(), "cli/missing-option");
    await refused(run("--label", "bougth"), "table/unknown-column");
    await refused(run("--label", "bought", "--entity", "shop"), "cli/missing-option");
    await refused(run("--label", "name"), "feature/unsupported-label");
  });
});
