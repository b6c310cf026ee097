import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float, schema } from "../schema.ts";
import { cells } from "./cells.ts";
import { toMatrix, toRows } from "./compile.ts";
import { when } from "./when.ts";

const nullable = { nullable: true } as const;
const c = cells(schema("places", { a: float(nullable), b: float(nullable) }));
const columns = [
  ...[0, 1, 2, 3, 2.5, -1, 65_535, 65_536, 1].map((place) => when(c.a.is(place), c.b, 0)),
  ...[0, 1, 2].map((place) => when(c.a.is(place), 1, 0)),
  when(c.a.is(3), 1, -0),
  when(c.a.is(c.b), 1, 0),
  c.a.plus(c.b),
];
const number = fc.option(
  fc.oneof(
    fc.integer({ min: -2, max: 4 }),
    fc.constantFrom(-0, 2.5, 65_535, 65_536, 1e300),
    fc.double({ noNaN: true }),
  ),
);
const rows = fc.array(fc.record({ a: number, b: number }), { maxLength: 600 });

/** What the program asks the engine for, of rows. */
function given(sql: readonly string[], of: readonly { a: number | null; b: number | null }[]) {
  return sql.map((one) =>
    Float64Array.from(of, ({ a, b }) => (one.includes('"a"') ? a : b) ?? Number.NaN),
  );
}

describe("compileMatrix", () => {
  test("gives what rows give bit for bit, also for columns that share a place", () => {
    const numbersOf = toRows(columns);
    const { sql, fill } = toMatrix(columns);
    fc.assert(
      fc.property(rows, (some) => {
        const to = new Float64Array(some.length * columns.length);
        fill(given(sql, some), to);
        expect([...to]).toEqual(some.flatMap((row) => [...numbersOf(row)]));
      }),
    );
  });

  test("takes for each row the expression that is chosen for it", () => {
    const numbersOf = toRows([c.a, c.b]);
    const { sql, fill } = toMatrix([[c.a, c.b], when(c.a.is(1), 1, 0), [c.b]]);
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat(1)), (some, choices) => {
        const choice = Int16Array.from(some, () => choices.next().value ?? 0);
        const to = new Float64Array(some.length * 3);
        fill(given(sql, some), to, [choice]);
        expect([...to]).toEqual(
          some.flatMap((row, i) => {
            const [a = 0, b = 0] = numbersOf(row);
            return [choice[i] === 0 ? a : b, row.a === 1 ? 1 : 0, b];
          }),
        );
      }),
    );
  });
});
