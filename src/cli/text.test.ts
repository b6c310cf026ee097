import { describe, expect, test } from "vitest";
import { columns, folded, hanging, moment, number, size, wrap } from "./text.ts";

describe("wrap", () => {
  test("breaks between words, and leaves a long word whole", () => {
    expect(wrap("one two three unbreakable", 8)).toEqual(["one two", "three", "unbreakable"]);
  });
});

describe("folded", () => {
  test("folds long lines under their own indent, and leaves the others", () => {
    expect(folded(["short", "  one two three four"], 14)).toEqual([
      "short",
      "  one two",
      "    three four",
    ]);
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

  test("cuts no column that must be whole, and leaves out what can be spared", () => {
    const how = { right: [1], whole: [0, 1], spare: [2, 1] };
    expect(columns(rows, { ...how, width: 26 })[1]).toBe("shop.orders  1,200  appen…");
    expect(columns(rows, { ...how, width: 20 })).toEqual([
      "table         rows",
      "shop.orders  1,200",
      "b                7",
    ]);
    expect(columns(rows, { ...how, width: 3 })[1]).toBe("shop.orders");
  });

  test("counts places, not code units", () => {
    expect(columns([["👩👩", "x"], ["a", "y"]])).toEqual(["👩👩  x", "a     y"]); // biome-ignore format: rows
  });

  test("stand under each other whatever the letters, also where they are cut", () => {
    const rows = [["city", "n"], ["東京", "1"], ["👍👍", "22"], ["Graz", "3"]]; // biome-ignore format: a table
    expect(columns(rows, { right: [1] })).toEqual(["city   n", "東京   1", "👍👍  22", "Graz   3"]);
    const cut = columns([["name", "n"], ["東京都港区", "1"]], { width: 9 }); // biome-ignore format: a table
    expect(cut).toEqual(["name    n", "東京…   1"]);
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
