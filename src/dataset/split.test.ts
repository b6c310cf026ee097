import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { bool, type Frame, frame, int, openEngine, schema, text } from "../table/index.ts";
import { matrixOfColumns } from "../tensor/index.ts";
import { dataset } from "./dataset.ts";
import { split } from "./split.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const people = schema("people", {
  id: text({ key: true }),
  age: int({ nullable: true }),
  left: bool({ nullable: true }),
});
type People = Frame<(typeof people)["columns"]>;
interface Person {
  readonly id: string | null;
  readonly age?: number;
  readonly left?: boolean | null;
}

async function withPeople<T>(
  rows: readonly Person[],
  work: (rows: People) => Promise<T>,
): Promise<T> {
  const columns = Object.entries(people.columns).map(([name, { kind }]) => ({ name, kind }));
  const cells = rows.map(({ id, age = 1, left = true }) => [id, age, left]);
  return engine.withRows({ columns, cells }, (table) =>
    work(frame({ engine, schema: people, sql: `SELECT * FROM ${table}` })),
  );
}

const ids = (n: number): Person[] => Array.from({ length: n }, (_, i) => ({ id: `customer ${i}` }));
const keysOf = async (rows: People) => (await rows.texts('"id"')).map(String);
const code = (expected: string) => expect.objectContaining({ code: expected });

/** The test keys of a split of the rows. */
const testKeys = (rows: readonly Person[], options: { test?: number; seed?: number } = {}) =>
  withPeople(rows, async (all) => keysOf((await split(all, { by: "id", ...options })).test));

describe("split", () => {
  test("puts about the share asked for on the test side", async () => {
    expect((await testKeys(ids(5000), { test: 0.2 })).length / 5000).toBeClose(0.2, { rtol: 0.08 });
    expect((await testKeys(ids(5000), { test: 0.5 })).length / 5000).toBeClose(0.5, { rtol: 0.05 });
  });

  test("law: every row is on exactly one side, and equal keys are on the same", async () => {
    const key = fc.string({ unit: "grapheme", maxLength: 3 }).filter((k) => !k.includes("\0"));
    await fc.assert(
      fc.asyncProperty(fc.array(key, { minLength: 1 }), fc.nat(), async (keys, seed) => {
        await withPeople(
          keys.map((id) => ({ id })),
          async (all) => {
            const { train, test } = await split(all, { by: "id", seed });
            const [left, right] = [await keysOf(train), await keysOf(test)];
            expect([...left, ...right].sort()).toEqual([...keys].sort());
            expect(left.filter((id) => right.includes(id))).toEqual([]);
          },
        );
      }),
      { numRuns: 30 },
    );
  });

  test("law: a key keeps its side whatever other rows come, go or change places", async () => {
    const all = ids(400);
    const before = new Set(await testKeys(all));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(all, { minLength: 1 }), async (some) => {
        const after = await testKeys(some);
        const expected = some.map(({ id }) => String(id)).filter((id) => before.has(id));
        expect(after).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test("splits otherwise under another seed, and fingerprints the test keys in any order", async () => {
    const fingerprint = (rows: readonly Person[], seed: number) =>
      withPeople(rows, async (all) => (await split(all, { by: "id", seed })).fingerprint);
    const rows = ids(300);
    const first = await fingerprint(rows, 1);
    expect(await fingerprint([...rows].reverse(), 1)).toBe(first);
    expect(await fingerprint(rows, 2)).not.toBe(first);
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("marks the sides", async () => {
    await withPeople(ids(9), async (all) => {
      const { train, test } = await split(all, { by: "id" });
      expect([train.part, test.part]).toEqual(["train", "test"]);
      await expect(split(test, { by: "id" })).rejects.toThrow(code("dataset/conflict-test-rows"));
      expect(test.where((c) => c.age.isAbove(0)).part).toBe("test");
    });
  });

  test("law: three sides hold every row once, and the test side is that of two", async () => {
    const share = fc.integer({ min: 1, max: 4 }).map((tenths) => tenths / 10);
    await fc.assert(
      fc.asyncProperty(fc.nat(), share, share, async (seed, test, validation) => {
        await withPeople(ids(120), async (all) => {
          const two = await split(all, { by: "id", seed, test });
          const three = await split(all, { by: "id", seed, test, validation });
          const sides = [three.train, three.validation, three.test];
          expect(sides.map(({ part }) => part)).toEqual(["train", "validation", "test"]);
          const held = await Promise.all(sides.map(keysOf));
          expect(held.flat().sort()).toEqual((await keysOf(all)).sort());
          expect(three.fingerprint).toBe(two.fingerprint);
        });
      }),
      { numRuns: 15 },
    );
    await withPeople(ids(4000), async (all) => {
      const { validation } = await split(all, { by: "id", test: 0.2, validation: 0.3 });
      expect((await validation.count()) / 4000).toBeClose(0.3, { rtol: 0.08 });
      await expect(split(validation, { by: "id" })).rejects.toThrow(
        code("dataset/conflict-test-rows"),
      );
      await expect(split(all, { by: "id", test: 0.5, validation: 0.5 })).rejects.toThrow(
        "test and validation must be a finite number < 1; got 1",
      );
      await expect(split(all, { by: "id", validation: 0 })).rejects.toThrow(
        code("option/out-of-range"),
      );
    });
  });

  test("refuses what it cannot split", async () => {
    await withPeople([], (all) =>
      expect(split(all, { by: "id" })).rejects.toThrow(code("dataset/missing-rows")),
    );
    await withPeople([{ id: null }], (all) =>
      expect(split(all, { by: "id" })).rejects.toThrow(code("dataset/missing-key")),
    );
    await withPeople(ids(2), async (all) => {
      const by: "id" = JSON.parse('"idd"');
      await expect(split(all, { by })).rejects.toThrow('Did you mean "id"?');
      for (const share of [0, 1, Number.NaN])
        await expect(split(all, { by: "id", test: share })).rejects.toThrow(
          code("option/out-of-range"),
        );
      const misspelt = { by: "id", sed: 1 } as { by: "id" };
      await expect(split(all, misspelt)).rejects.toThrow(code("option/unknown-name"));
      const without: { readonly by: "id" } = JSON.parse('{"test": 0.2}');
      const error = await split(all, without).catch((thrown) => thrown);
      expect(error).toEqual(code("dataset/missing-column"));
      expect(error.message).toContain(
        'split: by must name a column; expected one of "id", "age", "left", got nothing',
      );
    });
  });
});

describe("dataset", () => {
  /** Features of the columns named, read as they are. */
  const plain = (...names: readonly ("age" | "left")[]) => ({
    names,
    reads: Object.fromEntries(names.map((name) => [name, people.columns[name]])),
    matrixAnd: async (rows: People, more: readonly string[]) => {
      const found = await rows.numbers([...names.map((name) => `"${name}"`), ...more]);
      return { x: matrixOfColumns(found.slice(0, names.length)), more: found.slice(names.length) };
    },
  });
  const rows = [
    { id: "a", age: 3, left: true },
    { id: "b", age: 4, left: false },
  ];

  test("holds features and labels in row order", async () => {
    await withPeople(rows, async (all) => {
      const data = await dataset({ features: plain("age"), rows: all, label: "left" });
      expect([...data.x.data]).toEqual([3, 4]);
      expect([...data.y]).toEqual([1, 0]);
      expect(data.names).toEqual(["age"]);
    });
  });

  test("keeps each label with its row when the rows come from a join", async () => {
    await withPeople(rows, async ({ engine, schema }) => {
      const n = 300_000;
      const left = `SELECT range AS age, (range * 7919) % ${n} AS k FROM range(${n})`;
      const right = `SELECT range AS k FROM range(${n})`;
      const sql = `SELECT l.k::VARCHAR AS id, l.age, l.age > ${n / 2} AS "left"
        FROM (${left}) l JOIN (${right}) r ON l.k = r.k`;
      const joined = frame({ engine, schema, sql });
      const { x, y } = await dataset({ features: plain("age"), rows: joined, label: "left" });
      expect(y.filter((label, i) => label !== Number((x.data[i] ?? 0) > n / 2))).toHaveLength(0);
    });
  });

  test("has the hash of the columns it uses as its source", async () => {
    const source = (some: readonly Person[]) =>
      withPeople(some, async (all) => {
        const data = await dataset({ features: plain("age"), rows: all, label: "left" });
        return data.source;
      });
    const renamed = rows.map((row) => ({ ...row, id: `${row.id}!` }));
    expect(await source(renamed)).toBe(await source(rows));
    expect(await source([...rows].reverse())).not.toBe(await source(rows));
  });

  test("refuses labels that are missing, of another kind, or among the features", async () => {
    const unlabelled = [...rows, { id: "c", left: null }, { id: "d", left: null }];
    await withPeople(unlabelled, async (all) => {
      await expect(dataset({ features: plain("age"), rows: all, label: "left" })).rejects.toThrow(
        'the label "left" is missing in 2 of 4 rows; expected one in every row. Keep labelled rows with where((c) => c["left"].isMissing().not())',
      );
      const labelled = all.where((c) => c.left.isMissing().not());
      const data = await dataset({ features: plain("age"), rows: labelled, label: "left" });
      expect(data.y).toHaveLength(2);
    });
    await withPeople(rows, async (all) => {
      await expect(dataset({ features: plain("left"), rows: all, label: "left" })).rejects.toThrow(
        code("dataset/conflict-label"),
      );
      const label: "left" = JSON.parse('"lft"');
      await expect(dataset({ features: plain("age"), rows: all, label })).rejects.toThrow(
        code("dataset/unknown-column"),
      );
      const none: "left" = JSON.parse("null");
      await expect(dataset({ features: plain("age"), rows: all, label: none })).rejects.toThrow(
        code("dataset/missing-column"),
      );
    });
    await withPeople([], (all) =>
      expect(dataset({ features: plain("age"), rows: all, label: "left" })).rejects.toThrow(
        code("dataset/missing-rows"),
      ),
    );
  });
});
