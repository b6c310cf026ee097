import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../../tests/support/frame-of.ts";
import { openEngine } from "../../adapter/duckdb.ts";
import { category, float, schema, text } from "../../schema.ts";
import { clean, rescuedColumn } from "../clean.ts";
import type { CleanStep } from "../steps.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const target = schema("places", {
  country: category(["Germany", "United States"], { nullable: true }),
  "a/b~c": category(["x"], { nullable: true }),
  town: text({ nullable: true }),
  size: float({ nullable: true }),
  ...rescuedColumn,
});
const delivered = schema("delivered", {
  country: text({ nullable: true }),
  "a/b~c": text({ nullable: true }),
  town: text({ nullable: true }),
  size: text({ nullable: true }),
});
type Step = CleanStep<typeof target.columns>;
const synonyms = { deutschland: "Germany", "U.S.": "United States", usa: "United States" };

async function done(step: Step, rows: Parameters<typeof frameOf>[2]) {
  const source = frameOf(engine, delivered, rows);
  await using cleaned = await clean(source, target, { name: "places", steps: [step] });
  return { rows: await cleaned.frame.rows(), report: cleaned.steps[1], rescued: cleaned.rescued };
}

describe("normalise", () => {
  test("brings labels into one spelling: blanks, case and synonyms", async () => {
    const spellings = [
      "Germany",
      " germany",
      "DEUTSCHLAND",
      "united\u00a0 states",
      "u.s.",
      "USA ",
      null,
    ];
    const step: Step = { do: "normalise", columns: ["country"], synonyms, why: "one spelling" };
    const found = await done(
      step,
      spellings.map((country) => ({ country })),
    );
    const us = "United States";
    const g = "Germany";
    expect(found.rows.map((row) => row.country)).toEqual([g, g, g, us, us, us, null]);
    expect(found.rows.map((row) => row._rescued)).toEqual(spellings.map(() => null));
    expect(found.report).toMatchObject({ cellsChanged: 4, found: {}, rowsIn: 7, rowsOut: 7 });
  });

  test("counts labels that nobody knows, and leaves them rescued beside the rest", async () => {
    const step: Step = { do: "normalise", columns: ["country"], synonyms, why: "one spelling" };
    const found = await done(step, [
      { country: "Germny", size: "big" },
      { country: "usa", size: "huge" },
      { country: " Germny " },
      { country: "France" },
    ]);
    expect(found.report?.found).toEqual({ "country: Germny": 2, "country: France": 1 });
    expect(found.rows.map((row) => row._rescued)).toEqual([
      '{"country":"Germny","size":"big"}',
      '{"size":"huge"}',
      '{"country":" Germny "}',
      '{"country":"France"}',
    ]);
    expect(found.rescued).toBe(5);
  });

  test("finds rescued labels of columns with odd names", async () => {
    const step: Step = { do: "normalise", columns: ["a/b~c"], synonyms: { y: "x" }, why: "odd" };
    const found = await done(step, [{ "a/b~c": "Y" }]);
    expect(found.rows).toMatchObject([{ "a/b~c": "x", _rescued: null }]);
  });

  test("tidies free text, and keeps or empties texts that are none of its labels", async () => {
    const towns = ["  Bad   Homburg ", "berlin", "Bärlin", "  ", null].map((town) => ({ town }));
    const step = { do: "normalise", columns: ["town"], why: "towns" } as const;
    const free = await done(step, towns);
    expect(free.rows.map((row) => row.town)).toEqual([
      "Bad Homburg",
      "berlin",
      "Bärlin",
      null,
      null,
    ]);
    const labels = ["Berlin", "Bad Homburg"];
    const kept = await done({ ...step, labels }, towns);
    expect(kept.rows.map((row) => row.town)).toEqual([
      "Bad Homburg",
      "Berlin",
      "Bärlin",
      null,
      null,
    ]);
    expect(kept.report?.found).toEqual({ "town: ": 1, "town: Bärlin": 1 });
    const empty = await done({ ...step, labels, unknown: "blank" }, towns);
    expect(empty.rows[2]).toMatchObject({ town: null, _rescued: '{"town":"Bärlin"}' });
  });

  test("refuses synonyms of no level, and columns without labels", async () => {
    const none: Step = {
      do: "normalise",
      columns: ["country"],
      synonyms: { f: "France" },
      why: "",
    };
    await expect(done(none, [])).rejects.toMatchObject({ code: "table/unknown-level" });
    // @ts-expect-error size has no labels
    const size: Step = { do: "normalise", columns: ["size"], why: "" };
    await expect(done(size, [])).rejects.toMatchObject({ code: "table/mismatch-kind" });
  });
});
