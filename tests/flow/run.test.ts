import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const mill = join(import.meta.dirname, "../../scripts/mill.cjs");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-run-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** `./mill run` in a folder of the user's. */
async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [mill, "run", ...args], { cwd: folder });
  const said = { out: "", err: "" };
  child.stdout.on("data", (data) => {
    said.out += String(data);
  });
  child.stderr.on("data", (data) => {
    said.err += String(data);
  });
  const [code] = await once(child, "close");
  return { code, ...said };
}

describe("./mill run", () => {
  test("runs a program from anywhere, for which millrace and its rooms are the checkout", async () => {
    const program = [
      'import * as m from "millrace";',
      'import { type Lake, openLake } from "millrace/table";',
      'await using lake: Lake = await openLake("lake");',
      'await lake.table("a.points", m.schema("points", { x: m.int() })).append([{ x: 1 }]);',
      "console.log(JSON.stringify([await lake.tables(), process.argv.slice(2)]));",
    ].join("\n");
    await writeFile(join(folder, "program.ts"), program);
    const { code, out, err } = await run("program.ts", "--each", "2");
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual([["a.points"], ["--each", "2"]]);
  });

  test("checks the types first when asked, and runs nothing that is wrong", async () => {
    const program = (column: string) =>
      [
        'import { features, int, schema, standardize } from "millrace";',
        'const people = schema("people", { age: int() });',
        `const { reads } = features(people, (c) => ({ a: standardize(c.${column}) }));`,
        "console.log(JSON.stringify([await Promise.resolve(reads), process.argv.slice(2)]));",
      ].join("\n");
    await writeFile(join(folder, "wrong.ts"), program("agee"));
    await writeFile(join(folder, "right.ts"), program("age"));
    expect(await run("--check", "wrong.ts")).toMatchObject({
      ...{ code: 2, out: "" },
      err: expect.stringMatching(
        /^wrong\.ts\(3,\d+\): error TS2551: .*'agee' does not exist.*Did you mean 'age'/,
      ),
    });
    const { code, out, err } = await run("--check", "right.ts", "--check");
    expect([code, err, JSON.parse(out)]).toEqual([0, "", [["age"], ["--check"]]]);
    expect(await run("wrong.ts")).toMatchObject({
      code: 1,
      err: expect.stringContaining('Did you mean "age"?'),
    });
    expect(await run("--check")).toMatchObject({
      code: 2,
      err: expect.stringContaining("Usage: ./mill run"),
    });
  });

  test("gives the program's exit code, and says what is wrong with its own words", async () => {
    await writeFile(join(folder, "three.ts"), "process.exit(3);");
    expect(await run("three.ts")).toMatchObject({ code: 3 });
    expect(await run("none.ts")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/there is no file .*none\.ts/),
    });
    expect(await run()).toMatchObject({
      code: 2,
      err: expect.stringContaining("Usage: ./mill run [--check] FILE.ts"),
    });
    expect(await run("--help")).toMatchObject({
      code: 0,
      out: expect.stringContaining("examples/00-whole-flow.ts"),
    });
  });
});
