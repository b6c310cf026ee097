import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  everyKind,
  everyTransform,
  fitRow,
  knownRows,
  servedRow,
} from "../../tests/support/every-transform.ts";
import { frameOf } from "../../tests/support/frame-of.ts";
import type { Cells } from "../flow.ts";
import { type Frame, frame, openEngine, schema, text } from "../table/index.ts";
import { features, featuresFromState, fitFeatures, hashed, indexLevels, oneHot } from "./index.ts";
import * as transforms from "./transforms/index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

type Columns = (typeof everyKind)["columns"];

async function withFrame<T>(rows: readonly Cells[], work: (rows: Frame<Columns>) => Promise<T>) {
  const columns = Object.entries(everyKind.columns).map(([name, { kind }]) => ({ name, kind }));
  const cells = rows.map((row) => columns.map(({ name }) => row[name] ?? null));
  return engine.withRows({ columns, cells }, (table) =>
    work(frame({ engine, schema: everyKind, sql: `SELECT * FROM ${table}` })),
  );
}

const withIds = (rows: readonly object[], from: number): Cells[] =>
  rows.map((row, i) => ({ ...row, id: from + i }));

const all = Object.entries(everyTransform).flatMap(([transform, cases]) =>
  Object.entries(cases).map(([name, of]) => ({ transform, name, ...of })),
);

/** Equal, or apart by rounding; NaN is NaN. */
function apart(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  return Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
}

describe("every transform", () => {
  test("is in the table", () => {
    const defined = Object.entries(transforms).map(([name]) => name);
    expect(Object.keys(everyTransform).sort()).toEqual(defined.sort());
    for (const { transform, make } of all)
      expect(Object.values(features(everyKind, (c) => ({ f: make(c) })).byName)[0]?.transform).toBe(
        transform,
      );
  });

  test.each(all)("law: SQL and rows agree, $transform ($name)", async ({ make, tolerance }) => {
    const definition = features(everyKind, (c) => ({ f: make(c) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fitRow, { maxLength: 20 }),
        fc.array(servedRow, { minLength: 1, maxLength: 30 }),
        async (some, served) => {
          const train = [...knownRows, ...withIds(some, knownRows.length)];
          const fitted = await withFrame(train, (rows) =>
            fitFeatures(definition, rows, { label: "left" }),
          );
          const again = featuresFromState(JSON.parse(JSON.stringify(fitted.state)));
          expect(again.state).toEqual(fitted.state);
          const rows = withIds([...served, ...train], 1000);
          const [matrix, inSql] = await withFrame(rows, async (frame) => [
            await fitted.matrix(frame),
            await frame.numbers(fitted.sql),
          ]);
          const d = fitted.names.length;
          for (const [i, row] of rows.entries()) {
            const numbers = fitted.row(row);
            expect(again.row(row)).toEqual(numbers);
            expect(matrix.data.subarray(i * d, (i + 1) * d)).toEqual(numbers);
            for (const [j, name] of fitted.names.entries()) {
              const [ours, inTable] = [numbers[j] ?? 0, inSql[j]?.[i] ?? 0];
              if (apart(ours, inTable) > tolerance)
                expect({ name, row, value: ours }).toEqual({ name, row, value: inTable });
            }
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  test("agrees in SQL and in rows where a text with a NUL is among many", async () => {
    const place = schema("place", { city: text({ nullable: true }) });
    const definition = features(place, (c) => ({
      one: oneHot(c.city),
      number: indexLevels(c.city),
      hash: hashed(c.city, { buckets: 8 }),
    }));
    const cities = [..."abcdefghijklmno"].flatMap((city) => [city, `${city}\0`, `${city}\0`]);
    const rows = [...cities, null, "unseen\0"].map((city) => ({ city }));
    const fitted = await fitFeatures(definition, frameOf(engine, place, rows.slice(0, -1)));
    const all = frameOf(engine, place, rows);
    const expected = rows.map((row) => [...fitted.row(row)]);
    expect(await fitted.matrix(all)).toMatchObject({ data: Float64Array.from(expected.flat()) });
    const columns = await all.numbers(fitted.sql);
    expect(rows.map((_, i) => columns.map((column) => column[i]))).toEqual(expected);
  });
});
