import fc from "fast-check";
import { describe, expect, test } from "vitest";
import peers from "../../../tests/peer/forecast.json" with { type: "json" };
import { holidays, type Region } from "../index.ts";

const coded = (code: string) => expect.objectContaining({ code });
const isWeekday = (date: string): boolean => ![0, 6].includes(new Date(date).getUTCDay());

describe("holidays", () => {
  test.each([
    ["us", 1990],
    ["uk", 1990],
    ["de", 1995],
  ] as const)("of %s are those of Python's holidays from %i to 2040", (region, from) => {
    const dates = holidays({ region, from, until: 2040 }).map(({ date }) => date);
    expect([...new Set(dates)]).toEqual(peers.holidays[region]);
  });

  test("of the exchange are its closings of weekdays, but those declared for one day", () => {
    const dates = holidays({ region: "us-nyse", from: 1990, until: 2040 }).map(({ date }) => date);
    expect([...new Set(dates)].filter(isWeekday)).toEqual(peers.holidays["us-nyse"]);
  });

  test("say which days are free in place of another, as Python's do", () => {
    const moved = holidays({ from: 1990, until: 2040 }).filter(({ observed }) => observed);
    expect(moved.map(({ date }) => date)).toEqual(peers.observed);
    expect(moved.every(({ date }) => isWeekday(date))).toBe(true);
  });

  test("begin with the year before where 1 January is free on its last day", () => {
    const last = { date: "2021-12-31", name: "New Year's Day", observed: true };
    expect(holidays({ from: 2021 }).at(-1)).toEqual(last);
    expect(holidays({ from: 2022 })[0]).toEqual({ ...last, date: "2022-01-01", observed: false });
  });

  test("of a user's own rules", () => {
    const rules = [
      { name: "opening", on: { month: 3, day: 1 }, from: 2020, except: [2022] },
      { name: "last Friday", on: { month: 11, weekday: 5, nth: -1 } },
      { name: "flood", on: { date: "2021-07-15" } },
      { name: "Easter", on: { easter: 0 } },
    ] as const;
    const found = holidays({ rules, from: 2021, until: 2022 }).map(({ date }) => date);
    const expected = [
      "2021-03-01",
      "2021-04-04",
      "2021-07-15",
      "2021-11-26",
      "2022-04-17",
      "2022-11-25",
    ];
    expect(found).toEqual(expected);
  });

  test("law: years one by one are the years together", () => {
    const regions: readonly Region[] = ["us", "us-nyse", "uk", "de"];
    fc.assert(
      fc.property(
        fc.constantFrom(...regions),
        fc.integer({ min: 1996, max: 2100 }),
        (region, from) => {
          const together = holidays({ region, from, until: from + 2 });
          expect([0, 1, 2].flatMap((k) => holidays({ region, from: from + k }))).toEqual(together);
        },
      ),
    );
  });

  test("refuses regions, years and rules that there are not", () => {
    const atlantis = "atlantis" as Region;
    expect(() => holidays({ region: atlantis, from: 2020 })).toThrow(coded("option/out-of-range"));
    expect(() => holidays({ from: 2020, until: 2019 })).toThrow(coded("option/out-of-range"));
    for (const on of [
      { month: 13, day: 1 },
      { month: 1, day: 0 },
      { date: "soon" },
      { easter: 0.5 },
      { month: 1, weekday: 7, nth: 1 },
    ] as const)
      expect(() => holidays({ rules: [{ name: "x", on }], from: 2020 })).toThrow(
        coded("forecast/mismatch-rule"),
      );
  });
});
