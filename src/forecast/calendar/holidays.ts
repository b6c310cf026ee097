/** @file The holidays of some years, computed from rules. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { type HolidayRule, holidayRules, type Observed, type Region } from "./holiday-rules.ts";

/** A day that is free. */
export interface Holiday {
  /** "2026-07-04". */
  readonly date: string;
  readonly name: string;
  /** Whether the day is free in place of a holiday on a weekend. */
  readonly observed: boolean;
}

/** Which holidays. */
export interface HolidayOptions {
  /** Default "us". */
  readonly region?: Region;
  /** Rules in place of a region's. */
  readonly rules?: readonly HolidayRule[];
  /** First year. */
  readonly from: number;
  /** Last year. Default: the first. */
  readonly until?: number;
}

const dayMs = 86_400_000;
const [saturday, sunday] = [6, 0];

/**
 * The holidays from one year to another, by date: each on its own day, and, where that is on a
 * weekend and the rule says so, on the day that is free instead. A day in lieu of 1 January may be
 * the 31 December before.
 *
 * @param options - Region or rules, and years; see {@link HolidayOptions}.
 * @throws `option/unknown-name`, `option/out-of-range`, `forecast/mismatch-rule`
 * @example
 * ```ts
 * const [newYear, ...more] = holidays({ region: "us", from: 2026 });
 * newYear // => { date: "2026-01-01", name: "New Year's Day", observed: false }
 * more.filter(({ observed }) => observed).map(({ date }) => date) // => ["2026-07-03"]
 * ```
 * @see Easter: Meeus, Astronomical Algorithms, 2nd edition, chapter 8. Peer: Python `holidays`.
 */
export function holidays(options: HolidayOptions): readonly Holiday[] {
  checkNames("holidays", options, ["region", "rules", "from", "until"]);
  const { region = "us", from, until = from } = options;
  checkChoice("holidays", { region }, Object.keys(holidayRules));
  checkNumber("holidays", { from }, { min: 1583, max: 9999, integer: true });
  checkNumber("holidays", { until }, { min: from, max: 9999, integer: true });
  const rules = options.rules ?? holidayRules[region];
  for (const rule of rules) checkRule(rule);
  const all: Holiday[] = [];
  // The year after too: its 1 January may be free on the 31 December before.
  for (let year = from - 1; year <= until + 1; year++) all.push(...holidaysOf(year, rules));
  return all
    .filter(({ date }) => date >= `${from}` && date < `${until + 1}`)
    .sort((a, b) =>
      a.date < b.date ? -1 : a.date > b.date ? 1 : Number(a.observed) - Number(b.observed),
    );
}

/** The holidays of the rules of one year, and the days in their place. */
function holidaysOf(year: number, rules: readonly HolidayRule[]): readonly Holiday[] {
  const found = rules
    .filter((rule) => isIn(year, rule))
    .map(({ name, on, observed }) => ({ name, observed, atMs: dayOf(year, on) }));
  const own = found.map(({ name, atMs }) => ({ date: dateOf(atMs), name, observed: false }));
  const taken = new Set(found.map(({ atMs }) => atMs));
  const moved = found.flatMap(({ name, observed, atMs }) => {
    const instead = observed === undefined ? atMs : insteadOf(atMs, observed, taken);
    if (instead === atMs) return [];
    taken.add(instead);
    return [{ date: dateOf(instead), name, observed: true }];
  });
  return [...own, ...moved];
}

function isIn(year: number, { from = 0, until = 9999, except = [], on }: HolidayRule): boolean {
  if ("date" in on) return on.date.startsWith(`${year}-`);
  return year >= from && year <= until && !except.includes(year);
}

function dayOf(year: number, on: HolidayRule["on"]): number {
  if ("date" in on) return Date.parse(on.date);
  if ("easter" in on) return easterOf(year) + on.easter * dayMs;
  if ("day" in on) return Date.UTC(year, on.month - 1, on.day);
  const { month, weekday, nth } = on;
  if (nth > 0) {
    const first = Date.UTC(year, month - 1, 1);
    return first + (((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1)) * dayMs;
  }
  const last = Date.UTC(year, month, 0);
  return last - ((weekdayOf(last) - weekday + 7) % 7) * dayMs;
}

function insteadOf(atMs: number, observed: Observed, taken: ReadonlySet<number>): number {
  const weekday = weekdayOf(atMs);
  if (weekday !== saturday && weekday !== sunday) return atMs;
  if (observed === "next") {
    let day = atMs + dayMs;
    while (taken.has(day) || isWeekend(day)) day += dayMs;
    return day;
  }
  if (weekday === sunday) return atMs + dayMs;
  return observed === "nearest" ? atMs - dayMs : atMs;
}

const weekdayOf = (atMs: number): number => new Date(atMs).getUTCDay();
const isWeekend = (atMs: number): boolean => [saturday, sunday].includes(weekdayOf(atMs));
const dateOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** Easter Sunday of a Gregorian year, by Meeus's rule (his letters). */
function easterOf(year: number): number {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const n = Math.floor((h + l - 7 * m + 90) / 25);
  const p = (h + l - 7 * m + 33 * n + 19) % 32;
  return Date.UTC(year, n - 1, p);
}

/** Refuses a day that cannot be. Throws `forecast/mismatch-rule`. */
function checkRule({ name, on }: HolidayRule): void {
  const isWithin = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && value >= low && value <= high;
  const bad = (got: string, expected: string): never =>
    fail("forecast/mismatch-rule", { name, expected, got });
  if ("date" in on) {
    if (!/^\d{4}-\d\d-\d\d$/.test(on.date) || Number.isNaN(Date.parse(on.date)))
      bad(on.date, 'a date such as "2022-09-19"');
    return;
  }
  if ("easter" in on) {
    if (!isWithin(on.easter, -100, 250))
      bad(`${on.easter}`, "whole days after Easter, −100 to 250");
    return;
  }
  if (!isWithin(on.month, 1, 12)) bad(`month ${on.month}`, "a month from 1 to 12");
  if ("day" in on) {
    if (!isWithin(on.day, 1, 31)) bad(`day ${on.day}`, "a day from 1 to 31");
  } else if (!isWithin(on.weekday, 0, 6) || ![1, 2, 3, 4, -1].includes(on.nth))
    bad(`weekday ${on.weekday}, number ${on.nth}`, "a weekday from 0 to 6, number 1 to 4 or −1");
}
