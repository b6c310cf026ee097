import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../tests/support/run-command.ts";
import { check } from "./check.ts";
import { executable } from "./execute.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-findings-"));
  await writeFile(join(folder, "a.csv"), "id,name,n\na,x,1\nb,,2\nc,,3\n");
  const expectations = [
    { type: "expect_column_values_to_not_be_null", kwargs: { column: "name" } },
    { type: "expect_column_values_to_be_in_set", kwargs: { column: "n", value_set: [1] } },
  ];
  await writeFile(join(folder, "a.json"), JSON.stringify({ name: "a", expectations }));
});
afterAll(() => rm(folder, { recursive: true }));
const samples = async (...argv: readonly string[]) => {
  const suite = ["--suite", join(folder, "a.json")];
  const { lines } = await runCommand(executable(check), [join(folder, "a.csv"), ...suite, ...argv]);
  return [lines[1], lines[3]];
};

describe("the samples of check", () => {
  test("are keys where columns are named, else values; of missing values it is said how to name them", async () => {
    expect(await samples()).toEqual(["    2 of 3 rows", "    2 of 3 rows, for example 2, 3"]);
    const { lines } = await runCommand(executable(check), [
      join(folder, "a.csv"),
      "--suite",
      join(folder, "a.json"),
    ]);
    expect(lines.filter((line) => line.includes("--key"))).toEqual([
      "--key COLUMN,… names the rows",
    ]);
    expect(await samples("--key", "id")).toEqual([
      "    2 of 3 rows, for example b, c",
      "    2 of 3 rows, for example b, c",
    ]);
    expect((await samples("--key", "id,name"))[0]).toBe("    2 of 3 rows, for example b ∅, c ∅");
    await expect(samples("--key", "ix")).rejects.toMatchObject({ code: "table/unknown-column" });
  });

  test("a suite's column that is misspelt is told with the one that is there", async () => {
    const suite = {
      name: "b",
      expectations: [{ type: "expect_column_values_to_not_be_null", kwargs: { column: "nmae" } }],
    };
    await writeFile(join(folder, "b.json"), JSON.stringify(suite));
    const argv = [join(folder, "a.csv"), "--suite", join(folder, "b.json")];
    const { code, lines } = await runCommand(executable(check), argv);
    expect([code, lines.join(" ").replace(/ +/g, " ")]).toEqual([
      1,
      expect.stringContaining('Did you mean "name"?'),
    ]);
  });
});
