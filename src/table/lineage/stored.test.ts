import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOf } from "../../core/index.ts";
import { type Derived, type LineageSource, type RowOrigin, sourceKey } from "./origin.ts";
import { fromStored, toStored, type WriteLineage } from "./stored.ts";

const name = fc.constantFrom("a", "b", "c", "täble.x", 'q"', "constructor");
const source: fc.Arbitrary<LineageSource> = fc.oneof(
  fc.record({
    kind: fc.constant("table" as const),
    name: fc.constantFrom("demo.t", "demo.u"),
    version: fc.nat(3),
    id: fc.constant("x"),
  }),
  fc.record({ kind: fc.constant("file" as const), name, hash: fc.constant(hashOf("x")) }),
  fc.constant({ kind: "rows" as const }),
  fc.record({ kind: fc.constant("catalog" as const), name }),
);
const derived: fc.Arbitrary<Derived> = fc.record({
  from: fc.uniqueArray(fc.record({ source, column: name }), {
    selector: ({ source: of, column }) => `${sourceKey(of)} ${column}`,
    maxLength: 4,
  }),
  unknown: fc.boolean(),
});
const origin: fc.Arbitrary<RowOrigin> = fc.record({
  sources: fc.uniqueArray(source, { selector: sourceKey, maxLength: 3 }),
  columns: fc
    .uniqueArray(fc.tuple(name, derived), { selector: ([column]) => column, maxLength: 5 })
    .map((entries) => new Map(entries)),
  rows: derived,
});

/** Columns with their sources in any order; those that are made of nothing are not stored. */
const plain = ({ columns, rows }: RowOrigin) => {
  const shown = ({ from, unknown }: Derived) => ({
    from: from.map(({ source: of, column }) => `${sourceKey(of)} ${column}`).sort(),
    unknown,
  });
  const made = [...columns].filter(([, { from, unknown }]) => from.length > 0 || unknown);
  return { columns: new Map(made.map(([column, of]) => [column, shown(of)])), rows: shown(rows) };
};

describe("toStored", () => {
  test("law: what is stored as JSON and read again is the same lineage", () => {
    fc.assert(
      fc.property(origin, fc.constantFrom("add", "replace"), (given, effect) => {
        const stored = JSON.parse(JSON.stringify(toStored({ effect, origin: given }))) as unknown;
        const read = fromStored(stored);
        expect(read?.effect).toBe(effect);
        if (read === undefined || read.effect === "restore") throw new Error("it is a write");
        expect(plain(read.origin)).toEqual(plain(given));
        const keys = read.origin.sources.map(sourceKey);
        for (const one of given.sources) expect(keys).toContain(sourceKey(one));
      }),
    );
  });

  test("a restore has its version", () => {
    const restore: WriteLineage = { effect: "restore", version: 3 };
    expect(fromStored(toStored(restore))).toEqual(restore);
  });

  test("ten thousand columns of one source take little more than their names", () => {
    const file: LineageSource = { kind: "file", name: "wide.csv" };
    const names = Array.from({ length: 10_000 }, (_, i) => `column_${i}`);
    const columns = new Map(
      names.map((column) => [column, { from: [{ source: file, column }], unknown: false }]),
    );
    const stored = toStored({
      effect: "add",
      origin: { sources: [file], columns, rows: { from: [], unknown: false } },
    });
    expect(JSON.stringify(stored).length).toBeLessThan(JSON.stringify(names).length + 200);
  });
});

describe("fromStored", () => {
  test("what is not of this form is not read", () => {
    const good = toStored({ effect: "restore", version: 1 });
    for (const other of [
      undefined,
      null,
      "x",
      [],
      {},
      { ...good, format: 2 },
      { format: 1, effect: "other" },
      { format: 1, effect: "restore" },
      { format: 1, effect: "add", same: 3 },
      { format: 1, effect: "add", sources: [{ kind: "table", name: "x" }] },
      { format: 1, effect: "add", columns: { a: [["0", "x"]] } },
      { format: 1, effect: "add", rows: "x" },
      { format: 1, effect: "add", unknown: [1] },
    ])
      expect(fromStored(other), JSON.stringify(other)).toBeUndefined();
    expect(fromStored({ format: 1, effect: "add", rows: [[7, "x"]] })).toMatchObject({
      effect: "add",
      origin: { rows: { from: [], unknown: false } },
    });
  });
});
