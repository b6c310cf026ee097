/** @file Runs every `ts` block of the doc comments and pages, and every program under examples/. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { rooms } from "../../scripts/docs.ts";
import {
  type Example,
  examplesInSource,
  examplesOnPage,
  filesUnder,
  root,
  textOf,
} from "./blocks.ts";
import { runExample, stripTypes, urlOf, withAssertions } from "./run-example.ts";

/** Everything a user can import, by name. */
const api: Readonly<Record<string, unknown>> = existsSync(join(root, "src/index.ts"))
  ? await import(urlOf("src/index.ts"))
  : Object.assign({}, ...(await rooms()).map(({ exports }) => exports));
const sources = filesUnder("src", ".ts").filter((file) => !/\.(test|as)\.ts$/.test(file));
const programs = filesUnder("examples", ".ts");
const pages = ["README.md", ...filesUnder("docs/guide", ".md")].filter((page) =>
  existsSync(join(root, page)),
);

/** One test for each example of a file. */
function testAll(file: string, all: readonly Example[], names: () => Promise<object>): void {
  if (all.length === 0) return;
  describe(file, () => {
    for (const example of all)
      test(`line ${example.line} does what it shows`, async () => {
        if (example.shown) expect(() => stripTypes(example.code)).not.toThrow();
        else await runExample(example, { ...(await names()) });
      });
  });
}

// A comment may also use what its own file exports: rooms have inner parts with examples too.
for (const file of sources)
  testAll(file, examplesInSource(file), async () => ({ ...(await import(urlOf(file))), ...api }));
for (const page of pages) testAll(page, examplesOnPage(page), async () => api);

for (const file of programs)
  test(`${file} runs and prints what examples/expected holds`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-program-"));
    try {
      const args = ["--disable-warning=ExperimentalWarning", join(root, file)];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
      expect(stdout).toBe(textOf(`examples/expected/${basename(file, ".ts")}.txt`));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

describe("withAssertions", () => {
  test("finds an expression that spans lines", () => {
    const code = withAssertions("const a = 1;\nf({\n  a,\n}); // => 2\n");
    expect(code).toBe("const a = 1;\n\n\n;same((f({\n  a,\n})), (2), 3);\n");
  });

  test("finds a value on the line below its expression", () => {
    expect(withAssertions("f(1)\n// => 2")).toBe("\n;same((f(1)\n), (2), 1);");
  });
});
