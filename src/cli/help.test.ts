import { describe, expect, test } from "vitest";
import { command } from "./command.ts";
import { executable } from "./execute.ts";
import { helpOf, programHelp } from "./help.ts";

const shown = command({
  name: "count",
  summary: "How many rows a table has.",
  about: ["Reads the log only, so that it costs", "the same for any table."],
  arguments: { table: { type: "string", help: "the table's name" } },
  options: {
    column: { type: "string", many: true, value: "NAME", help: "count its values" },
    as: { type: "string", choices: ["number", "words"], default: "number", help: "the form" },
    dir: { type: "string", default: () => "here", value: "FOLDER", help: "the workspace" },
  },
  examples: ["count shop.orders"],
  run: async ({ table, column, as }) => ({ table, columns: column.length, as }),
  render: ({ table }) => [table],
});

describe("helpOf", () => {
  test("shows usage, arguments, options with choices and defaults, and examples", () => {
    expect(helpOf(shown, { program: "millrace", width: 80 })).toBe(`\
millrace count: How many rows a table has.

Usage: millrace count TABLE [OPTIONS]

  Reads the log only, so that it costs the same for any table.

Arguments
  TABLE  the table's name

Options
  --column NAME      count its values (may be repeated)
  --as number|words  the form (default number)
  --dir FOLDER       the workspace (default here)
  --json             print one JSON line for programs
  --help             show this help

Examples
  millrace count shop.orders
`);
  });

  test("no line is longer than a narrow terminal, but an example", () => {
    const lines = helpOf(shown, { program: "millrace", width: 40 }).split("\n");
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
    expect(lines).toContain("    count its values (may be repeated)");
  });

  test("keeps commands to copy as they are, between sentences that are wrapped", () => {
    const about = ["Asks a server", "for one answer:", "    curl   localhost", "Then it ends."];
    const text = helpOf({ ...shown, about }, { program: "millrace", width: 80 });
    expect(text).toContain(
      "\n  Asks a server for one answer:\n    curl   localhost\n  Then it ends.\n",
    );
  });
});

describe("programHelp", () => {
  test("lists the commands under the headings of their groups", () => {
    const group = { title: "Tables", rooms: ["table"], commands: [executable(shown)] };
    const text = programHelp([group], { program: "millrace", width: 80 });
    expect(text).toContain("\nTables\n  count  How many rows a table has.\n");
    expect(text).not.toContain("This checkout");
    expect(programHelp([group], { program: "./mill", width: 80 })).toContain("  bench  ");
  });
});
