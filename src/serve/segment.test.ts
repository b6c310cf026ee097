import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnSpecs } from "../flow.ts";
import { formatHeader, formatLine, parseSegment } from "./segment.ts";

const columns: ColumnSpecs = {
  name: { kind: "text", nullable: false },
  at: { kind: "timestamp", nullable: true },
  share: { kind: "float", nullable: true },
};
const header = formatHeader(columns);

describe("parseSegment", () => {
  test("law: what was written is read", () => {
    const cells = fc.tuple(
      fc.string({ unit: "grapheme" }),
      fc.option(fc.date({ noInvalidDate: true })),
      fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)),
    );
    fc.assert(
      fc.property(fc.array(cells), (rows) => {
        const text = header + rows.map(formatLine).join("");
        const expected = rows.map(([name, at, share]) => ({ name, at, share }));
        expect(parseSegment("p", text, columns)).toEqual({ rows: expected, torn: false });
      }),
    );
  });

  test("law: a segment cut anywhere gives the rows whose lines are whole", () => {
    const rows = [formatLine(["a", null, 1]), formatLine(["é\n", new Date(1), null])];
    const bytes = Buffer.from(header + rows.join(""));
    for (let size = 0; size <= bytes.length; size++) {
      const text = bytes.subarray(0, size).toString();
      const whole = Math.max(0, text.split("\n").length - 2);
      expect(parseSegment("p", text, columns).rows).toHaveLength(whole);
    }
  });

  test.each([
    ["a line that is not JSON", `${header}{\n`, "serve/corrupt-journal"],
    ["a line of another width", `${header}["a"]\n`, "serve/corrupt-journal"],
    ["a header of another format", '{"journal":2,"columns":[]}\n', "serve/corrupt-journal"],
    ["other columns", '{"journal":1,"columns":["name","at"]}\n', "serve/mismatch-journal"],
  ])("refuses %s", (_, text, code) => {
    expect(() => parseSegment("p", text, columns)).toThrow(expect.objectContaining({ code }));
  });
});
