import { describe, expect, test } from "vitest";
import { command, type ExecuteAround } from "./command.ts";
import { executable } from "./execute.ts";

const judge = command({
  name: "judge",
  summary: "Whether a number is even.",
  about: ["An odd one is bad."],
  arguments: { number: { type: "number", help: "the number" } },
  options: {},
  examples: ["judge 2"],
  run: async ({ number }) => ({ number, even: number % 2 === 0 }),
  render: ({ even }) => [even ? "even" : "odd"],
  isBad: ({ even }) => !even,
});

async function run(...argv: readonly string[]): Promise<{ code: number; text: string }> {
  const printed: string[] = [];
  const around: ExecuteAround = {
    reporter: { note: () => undefined, stage: (_, work) => work(() => undefined) },
    signal: new AbortController().signal,
    program: "millrace",
    width: 80,
    print: (text) => void printed.push(text),
  };
  const code = await executable(judge).execute(argv, around);
  return { code, text: printed.join("") };
}

describe("executable", () => {
  test("prints the result for people, and its data with --json", async () => {
    expect(await run("2")).toEqual({ code: 0, text: "even\n" });
    expect(await run("2", "--json")).toEqual({ code: 0, text: '{"number":2,"even":true}\n' });
  });

  test("ends with 1 when what was found is bad, and still prints it", async () => {
    expect(await run("3")).toEqual({ code: 1, text: "odd\n" });
    expect(await run("3", "--json")).toEqual({ code: 1, text: '{"number":3,"even":false}\n' });
  });

  test("shows the help instead of running", async () => {
    const { code, text } = await run("--help");
    expect(code).toBe(0);
    expect(text).toContain("Usage: millrace judge NUMBER [OPTIONS]");
  });
});
