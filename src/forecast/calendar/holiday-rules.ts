/** @file Holidays of regions as rules: no list of dates, but for days that were declared once. */

/** A region whose holidays are known: US federal, New York Stock Exchange, England and Wales, Germany. */
export type Region = "us" | "us-nyse" | "uk" | "de";

/**
 * Which day is free instead where a holiday is on a weekend. `nearest`: Friday for Saturday, Monday
 * for Sunday. `monday`: Monday for Sunday only. `next`: the next weekday that is no holiday itself.
 */
export type Observed = "nearest" | "monday" | "next";

/** Which day a rule means. Months are 1 to 12; weekdays 0 (Sunday) to 6 (Saturday). */
export type HolidayDay =
  | { readonly month: number; readonly day: number }
  | {
      readonly month: number;
      readonly weekday: number;
      /** 1 for the first of the month, −1 for the last. */
      readonly nth: 1 | 2 | 3 | 4 | -1;
    }
  | {
      /** Days after Easter Sunday (Gregorian). */
      readonly easter: number;
    }
  | {
      /** The one day, such as "2022-09-19". */
      readonly date: string;
    };

/** A holiday: its name, which day it is, and in which years. */
export interface HolidayRule {
  readonly name: string;
  readonly on: HolidayDay;
  /** First year. */
  readonly from?: number;
  /** Last year. */
  readonly until?: number;
  /** Years in which another rule holds. */
  readonly except?: readonly number[];
  readonly observed?: Observed;
}

const [monday, thursday] = [1, 4];

const fixed = (month: number, day: number) => ({ month, day });
const nth = (month: number, weekday: number, which: 1 | 2 | 3 | 4 | -1) => ({
  month,
  weekday,
  nth: which,
});
const goodFriday = { easter: -2 };

const us: readonly HolidayRule[] = [
  { name: "New Year's Day", on: fixed(1, 1), observed: "nearest" },
  { name: "Martin Luther King Jr. Day", on: nth(1, monday, 3), from: 1986 },
  { name: "Washington's Birthday", on: nth(2, monday, 3), from: 1971 },
  { name: "Memorial Day", on: nth(5, monday, -1), from: 1971 },
  {
    name: "Juneteenth National Independence Day",
    on: fixed(6, 19),
    from: 2021,
    observed: "nearest",
  },
  { name: "Independence Day", on: fixed(7, 4), observed: "nearest" },
  { name: "Labor Day", on: nth(9, monday, 1) },
  { name: "Columbus Day", on: nth(10, monday, 2), from: 1971 },
  { name: "Veterans Day", on: nth(10, monday, 4), from: 1971, until: 1977 },
  { name: "Veterans Day", on: fixed(11, 11), from: 1978, observed: "nearest" },
  { name: "Thanksgiving Day", on: nth(11, thursday, 4) },
  { name: "Christmas Day", on: fixed(12, 25), observed: "nearest" },
];

const nyse: readonly HolidayRule[] = [
  { name: "New Year's Day", on: fixed(1, 1), observed: "monday" },
  { name: "Martin Luther King Jr. Day", on: nth(1, monday, 3), from: 1998 },
  { name: "Washington's Birthday", on: nth(2, monday, 3), from: 1971 },
  { name: "Good Friday", on: goodFriday },
  { name: "Memorial Day", on: nth(5, monday, -1), from: 1971 },
  {
    name: "Juneteenth National Independence Day",
    on: fixed(6, 19),
    from: 2022,
    observed: "nearest",
  },
  { name: "Independence Day", on: fixed(7, 4), observed: "nearest" },
  { name: "Labor Day", on: nth(9, monday, 1) },
  { name: "Thanksgiving Day", on: nth(11, thursday, 4) },
  { name: "Christmas Day", on: fixed(12, 25), observed: "nearest" },
];

const once = (name: string, date: string): HolidayRule => ({ name, on: { date } });

const uk: readonly HolidayRule[] = [
  { name: "New Year's Day", on: fixed(1, 1), observed: "next" },
  { name: "Good Friday", on: goodFriday },
  { name: "Easter Monday", on: { easter: 1 } },
  { name: "May Day", on: nth(5, monday, 1), from: 1978, except: [1995, 2020] },
  once("May Day", "1995-05-08"),
  once("May Day", "2020-05-08"),
  { name: "Spring Bank Holiday", on: nth(5, monday, -1), from: 1971, except: [2002, 2012, 2022] },
  once("Spring Bank Holiday", "2002-06-04"),
  once("Spring Bank Holiday", "2012-06-04"),
  once("Spring Bank Holiday", "2022-06-02"),
  { name: "Late Summer Bank Holiday", on: nth(8, monday, -1), from: 1971 },
  { name: "Christmas Day", on: fixed(12, 25), observed: "next" },
  { name: "Boxing Day", on: fixed(12, 26), observed: "next" },
  once("Millennium Celebrations", "1999-12-31"),
  once("Golden Jubilee of Elizabeth II", "2002-06-03"),
  once("Wedding of William and Catherine", "2011-04-29"),
  once("Diamond Jubilee of Elizabeth II", "2012-06-05"),
  once("Platinum Jubilee of Elizabeth II", "2022-06-03"),
  once("State Funeral of Queen Elizabeth II", "2022-09-19"),
  once("Coronation of Charles III", "2023-05-08"),
];

const de: readonly HolidayRule[] = [
  { name: "Neujahr", on: fixed(1, 1) },
  { name: "Karfreitag", on: goodFriday },
  { name: "Ostermontag", on: { easter: 1 } },
  { name: "Erster Mai", on: fixed(5, 1) },
  { name: "Christi Himmelfahrt", on: { easter: 39 } },
  { name: "Pfingstmontag", on: { easter: 50 } },
  { name: "Tag der Deutschen Einheit", on: fixed(10, 3), from: 1990 },
  once("Reformationstag", "2017-10-31"),
  { name: "Erster Weihnachtstag", on: fixed(12, 25) },
  { name: "Zweiter Weihnachtstag", on: fixed(12, 26) },
];

/**
 * The rules of the known regions, from 1971 (Germany from 1995) on; more can be put beside them.
 * `us` has the federal holidays, `us-nyse` the regular closings of the New York Stock Exchange (not
 * those of single days, such as after a storm), `uk` the bank holidays of England and Wales, `de`
 * what is free in all of Germany.
 */
export const holidayRules: Readonly<Record<Region, readonly HolidayRule[]>> = {
  us,
  "us-nyse": nyse,
  uk,
  de,
};
