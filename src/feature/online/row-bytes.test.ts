import { describe, expect, test } from "vitest";
import { entry, state } from "../../../tests/conform/online-rows.ts";
import { formatRow, parseRow } from "./row-bytes.ts";

const row = entry("a\0é👩‍👩‍👧", 7, -0);
const bytes = formatRow(state(1), row);

describe("parseRow", () => {
  test("gives back what was written, texts that UTF-8 cannot hold too", () => {
    expect(parseRow(state(1), bytes)).toEqual(row);
    const half = { ...row, key: ["\ud800", 7] };
    expect(parseRow(state(1), formatRow(state(1), half))).toEqual(half);
  });

  test("refuses bytes cut anywhere, with more at the end, or with another sign", () => {
    const refused = expect.objectContaining({ code: "feature/corrupt-online-row" });
    for (let end = 0; end < bytes.length; end++)
      expect(() => parseRow(state(1), bytes.subarray(0, end))).toThrow(refused);
    expect(() => parseRow(state(1), Buffer.concat([bytes, Buffer.of(0)]))).toThrow(refused);
    expect(() => parseRow(state(1), Buffer.concat([Buffer.of(1), bytes.subarray(1)]))).toThrow(
      refused,
    );
  });
});
