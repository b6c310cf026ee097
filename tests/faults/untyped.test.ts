/**
 * Programs whose types nobody checks, as `./mill run` takes them: an argument of the wrong sort is an error that says
 * what was given and what to give.
 */
import { describe, expect, test } from "vitest";
import { dataset, split, splitByTime } from "../../src/dataset/index.ts";
import {
  calendar,
  features,
  featureWindows,
  findLeaks,
  fitFeatures,
  history,
  lag,
  numeric,
  oneHot,
  ordinal,
  scoreBatch,
  standardize,
  trainingSet,
} from "../../src/feature/index.ts";
import { logistic } from "../../src/model/index.ts";
import { bool, type CellsOf, cells, int, schema, text, timestamp } from "../../src/table/index.ts";
import { newLake } from "../support/lake.ts";

const people = schema("people", { age: int(), at: timestamp(), left: bool() });
const lake = await newLake();
const table = lake.table("shop.people", people);
await table.append([{ age: 40, at: new Date(0), left: true }]);
const columns = cells(people);
const rows = await table.read();
const definition = features(people, (c) => ({ age: numeric(c.age) }));

/** Calls a function as a program without types does. */
const call = async (work: object, ...given: readonly unknown[]): Promise<unknown> => {
  if (typeof work !== "function") throw new Error("no function");
  return Reflect.apply(work, undefined, given);
};

const takers = {
  fitFeatures: (given: unknown) => call(fitFeatures, definition, given),
  trainingSet: (labels: unknown) => call(trainingSet, lake, { labels, lookups: [], label: "left" }),
  findLeaks: (given: unknown) => call(findLeaks, given, { label: "left" }),
  "findLeaks, test": (given: unknown) => call(findLeaks, rows, { label: "left", test: given }),
  split: (given: unknown) => call(split, given, { by: "age" }),
  splitByTime: (given: unknown) => call(splitByTime, given, { time: "at" }),
  "history, apply": (given: unknown) =>
    call(
      history(people, { entity: "age", time: "at" }, (c) => ({ before: lag(c.age) })).apply,
      given,
    ),
  "logistic, fit": (given: unknown) =>
    call(logistic().fit, given, { features: definition, label: "left" }),
  dataset: async (given: unknown) =>
    call(dataset, { features: await fitFeatures(definition, rows), rows: given, label: "left" }),
};
const mistakes: readonly (readonly [string, unknown])[] = [
  ['a table ("shop.people")', table],
  ["a promise; put `await` before it", table.read().then((read) => read)],
  ["an array of 2 objects", [{ age: 1 }, { age: 2 }]],
  ["an array of 1 value", [1]],
  ['an object with "train", "test"', { train: rows, test: rows }],
  ['"shop.people"', "shop.people"],
  ["null", null],
];

describe("a program without types", () => {
  test.each(Object.entries(takers))("is told by %s what it gave for a frame", async (_, take) => {
    for (const [got, given] of mistakes)
      await expect(take(given)).rejects.toMatchObject({
        code: "table/mismatch-argument",
        message: expect.stringContaining(
          `expected a frame, as \`await table.read()\` gives; got ${got}`,
        ),
      });
  });

  test("is told which options it left out", async () => {
    const code = "option/missing-options";
    const left = [
      call(split, rows),
      call(splitByTime, rows, null),
      call(trainingSet, lake),
      call(findLeaks, rows),
      call(logistic().fit, rows),
      call(scoreBatch, {}, rows),
    ];
    for (const one of left) await expect(one).rejects.toMatchObject({ code });
    await expect(call(split, rows)).rejects.toThrow('an object with some of "test", "by"');
    await expect(call(logistic().fit, rows, { label: "left" })).rejects.toMatchObject({
      code: "feature/missing-features",
    });
  });

  test("is told of a column that is not there, and which one is near", async () => {
    const misspelt = (c: object) => ({
      a: Reflect.apply(standardize, undefined, [Reflect.get(c, "agee")]),
    });
    const said =
      'people: unknown column "agee"; the columns are "age", "at", "left". Did you mean "age"?';
    for (const ask of [
      () => call(features, people, misspelt),
      () => call(history, people, { entity: "age", time: "at" }, misspelt),
      () => call(rows.where, misspelt),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "table/unknown-column", message: said });
  });

  test("is told of a feature that is no transform", async () => {
    const one = call(features, people, (c: typeof columns) => ({ age: c.age }));
    await expect(one).rejects.toMatchObject({
      code: "feature/mismatch-feature",
      message:
        'features: "age" is no feature; expected what a transform gives, such as numeric(c.age)',
    });
    await expect(call(features, people, () => ({ age: undefined }))).rejects.toThrow(
      '"age" is no feature',
    );
  });

  test("is told which argument of a transform, of windows or of a row is wrong", async () => {
    const notes = schema("notes", { note: text() });
    const using = (transform: object, of: (c: CellsOf<typeof notes.columns>) => unknown) =>
      call(features, notes, (c: CellsOf<typeof notes.columns>) => ({
        note: Reflect.apply(Object(transform), undefined, [of(c), {}]),
      }));
    for (const [transform, said] of [
      [ordinal, "ordinal: takes a category; got a text of"],
      [standardize, "standardize: takes a number; got a text of"],
      [calendar, "calendar: takes a timestamp; got a text of"],
    ] as const)
      await expect(using(transform, (c) => c.note)).rejects.toMatchObject({
        code: "feature/mismatch-input",
        message: `${said} "note"`,
      });
    await expect(using(oneHot, () => "note")).rejects.toThrow(
      "takes a text or a category or a bool; got no column",
    );
    const windows = featureWindows(
      { name: "shop.ages", from: "shop.people", source: people, entity: "age", time: "at" },
      (_, w) => ({ n: w.count({ days: 1 }) }),
    );
    for (const until of [undefined, "2026-01-01", 5])
      await expect(call(windows.refresh, lake, { until })).rejects.toMatchObject({
        code: "option/out-of-range",
        message: expect.stringContaining("shop.ages, refresh: until must be a Date"),
      });
    await expect(call(windows.refresh, lake)).rejects.toMatchObject({
      code: "option/missing-options",
    });
    const moment = call(table.append, [{ age: 40, at: "2026-01-01", left: true }]);
    await expect(moment).rejects.toThrow('got string 2026-01-01; pass a Date, such as new Date("');
  });

  test("may look at all columns as at any object", async () => {
    expect(Object.keys(columns)).toEqual(["age", "at", "left"]);
    expect({ ...columns }).toEqual({ age: columns.age, at: columns.at, left: columns.left });
    expect("agee" in columns).toBe(false);
    expect(JSON.parse(JSON.stringify(columns))).toHaveProperty("age");
    expect(String(columns)).toBe("[object Object]");
    expect(await Promise.resolve(columns)).toBe(columns);
  });
});
