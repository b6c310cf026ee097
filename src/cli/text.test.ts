import { describe, expect, test } from "vitest";
import { columns, hanging, moment, number, size, wrap } from "./text.ts";

describe("wrap", () => {
  test("breaks between words, and leaves a long word whole", () => {
    expect(wrap("one two three unbreakable", 8)).toEqual(["one two", "three", "unbreakable"]);
  });
});

describe("hanging", () => {
  test("wraps the right side under itself, or below the name where it is narrow", () => {
    const rows = [["--file FILE", "the file that is read first of all"]] as const;
    expect(hanging(rows, 40)).toEqual([
      "  --file FILE  the file that is read",
      "               first of all",
    ]);
    expect(hanging(rows, 30)).toEqual([
      "  --file FILE",
      "    the file that is read",
      "    first of all",
    ]);
  });
});

describe("columns", () => {
  const rows = [
    ["table", "rows", "what"],
    ["shop.orders", "1,200", "appended"],
    ["b", "7", "–"],
  ];

  test("aligns texts on the left and the named columns on the right", () => {
    expect(columns(rows, { right: [1] })).toEqual([
      "table         rows  what",
      "shop.orders  1,200  appended",
      "b                7  –",
    ]);
  });

  test("cuts the widest column first where a line is too long for the terminal", () => {
    expect(columns(rows, { right: [1], width: 25 })).toEqual([
      "table      rows  what",
      "shop.or…  1,200  appended",
      "b             7  –",
    ]);
    const narrow = columns(rows, { width: 1 });
    expect(narrow[1]).toBe("shop.…  1,200  appen…");
  });

  test("counts letters, not code units", () => {
    expect(columns([["👩👩", "x"], ["a", "y"]])).toEqual(["👩👩  x", "a   y"]); // biome-ignore format: rows
  });
});

describe("size", () => {
  test.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1 kB"],
    [3_234_567, "3.23 MB"],
    [5e18, "5000 PB"],
  ])("%d is %s", (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
});

test("numbers have their thousands apart, and moments are UTC to the second", () => {
  expect(number(1234567)).toBe("1,234,567");
  expect(moment(Date.UTC(2026, 0, 5, 3, 4, 5, 678))).toBe("2026-01-05 03:04:05");
  expect(moment(null)).toBe("–");
});
