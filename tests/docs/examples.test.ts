/** @file Runs every `ts` block of the doc comments and pages, and every program under examples/. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { format } from "node:util";
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import {
  type Example,
  examplesInSource,
  examplesOnPage,
  filesUnder,
  root,
  textOf,
} from "./blocks.ts";
import { runExample, stripTypes, urlOf, withAssertions } from "./run-example.ts";

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

/** Runs a program as it stands, `millrace` being these sources, and gives what it prints. */
async function outputOf(file: string): Promise<string> {
  const lines: string[] = [];
  const console = { log: (...values: readonly unknown[]) => lines.push(`${format(...values)}\n`) };
  await runExample({ file, line: 1, code: textOf(file), shown: false }, { console });
  return lines.join("");
}

for (const file of programs)
  test(`${file} prints what examples/expected holds`, async () => {
    const expected = `examples/expected/${basename(file, ".ts")}.txt`;
    const printed = await outputOf(file);
    if (process.env["UPDATE_EXAMPLES"] !== undefined) {
      mkdirSync(join(root, "examples/expected"), { recursive: true });
      writeFileSync(join(root, expected), printed);
    }
    const update = "UPDATE_EXAMPLES=1 npx vitest run tests/docs/examples.test.ts";
    expect(printed, `if the new output is meant, run ${update}`).toBe(
      existsSync(join(root, expected)) ? textOf(expected) : `(there is no ${expected})`,
    );
  });

describe("withAssertions", () => {
  test("finds an expression that spans lines", () => {
    const code = withAssertions("const a = 1;\nf({\n  a,\n}); // => 2\n");
    expect(code).toBe("const a = 1;\n\n\n;same((f({\n  a,\n})), (2), 3);\n");
  });

  test("finds a value on the line below its expression", () => {
    expect(withAssertions("f(1)\n// => 2")).toBe("\n;same((f(1)\n), (2), 1);");
  });

  test("refuses a value that no expression stands before", () => {
    expect(() => withAssertions("const a = 1; // => 1")).toThrow("no expression");
  });
});

describe("runExample", () => {
  const example = (code: string): Example => ({ file: "page.md", line: 10, code, shown: false });

  test("fails where a shown value is another, and says on which line", async () => {
    const wrong = runExample(example("const a: number = 1;\na + 1 // => 3"), {});
    await expect(wrong).rejects.toThrow("page.md:11");
  });

  test("compares the numbers inside lists and objects by nearness", async () => {
    await runExample(example("({ a: [0.1 + 0.2, NaN] }) // => { a: [0.3, NaN] }"), {});
    const wrong = runExample(example("({ a: [1] }) // => { a: [1], b: 2 }"), {});
    await expect(wrong).rejects.toThrow("keys");
  });

  test("lets an example name its own things, import doors, and use a folder of its own", async () => {
    const code = `
      import { writeFile } from "node:fs/promises";
      import { quote as shown, type Clock } from "millrace/core";
      const quote = (text: string) => text + "!";
      await writeFile("note.txt", "a");
      quote(shown("a")) // => '"a"!'
      await using open = { async [Symbol.asyncDispose]() {} };`;
    const before = process.cwd();
    await runExample(example(code.replace(/^ +/gm, "")), { quote: () => "" });
    expect(process.cwd()).toBe(before);
    expect(existsSync("note.txt")).toBe(false);
  });
});

test("the README shows the first program as it is, but for its comment", () => {
  const [, shown = ""] =
    /<!-- examples\/00-whole-flow\.ts -->\n```ts\n(.*?)\n```/s.exec(textOf("README.md")) ?? [];
  expect(`${shown}\n`).toBe(textOf("examples/00-whole-flow.ts").split("\n").slice(1).join("\n"));
});
