import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openEngine } from "../../src/table/index.ts";
import {
  caseDifferences,
  judgeCase,
  type RandomCase,
  type RandomResult,
  randomCase,
  readRandomResults,
  storedCases,
  storedResults,
} from "../peer/random-cases.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("greatExpectations");
if ("missing" in python)
  process.stdout.write(`great_expectations interop skipped: ${python.missing}\n`);

/** What the real library makes of the cases. */
async function judgedThere(cases: readonly RandomCase[]): Promise<readonly RandomResult[][]> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-gx-"));
  const file = join(folder, "cases.json");
  await writeFile(file, JSON.stringify(cases));
  const script = await readFile(new URL("../peer/random-cases.py", import.meta.url), "utf8");
  const found = runPython(python, script, [file]) as readonly RandomResult[][];
  await rm(folder, { recursive: true });
  return found;
}

const tables = (from: number, count: number): readonly RandomCase[] =>
  Array.from({ length: count }, (_, i) => randomCase(from + i, storedCases.expectations));

describe.skipIf("missing" in python)("great_expectations, at random", () => {
  test("gives the stored results again", async () => {
    const results = await judgedThere(tables(0, storedCases.tables));
    if (process.env["UPDATE_PEER"] !== undefined) {
      const rows = results.map(
        (one) => `[\n  ${one.map((result) => JSON.stringify(result)).join(",\n  ")}\n ]`,
      );
      await writeFile(
        storedResults,
        `{"made_by": "UPDATE_PEER=1 tests/interop/great-expectations-random.test.ts", "great_expectations": "1.24.1", "results": [\n ${rows.join(",\n ")}\n]}\n`,
      );
    }
    expect(results).toEqual(await readRandomResults());
  });

  test("gives the verdicts and the numbers that we give, on other tables", async () => {
    const engine = await openEngine();
    const from = Number(process.env["MILLRACE_SEED"] ?? 1000);
    const cases = tables(from, Number(process.env["MILLRACE_TABLES"] ?? 16));
    const theirs = await judgedThere(cases);
    const found: string[] = [];
    for (const [i, one] of cases.entries())
      found.push(
        ...caseDifferences(one, theirs[i] ?? [], await judgeCase(engine, one)).map(
          (text) => `seed ${from + i}: ${text}`,
        ),
      );
    await engine.close();
    expect(found).toEqual([]);
  });
});
