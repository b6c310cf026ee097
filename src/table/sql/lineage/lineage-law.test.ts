/** @file The lineage of random queries is held against the data: a column changes when, and only when, what it is made of does. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newLake } from "../../../../tests/support/lake.ts";
import { int, type Lake, schema } from "../../index.ts";
import { type Derived, nothing, type RowOrigin } from "../../lineage/origin.ts";

const tables = { t: ["k", "a", "b"], u: ["k", "x", "y"] } as const;
type Data = Readonly<Record<keyof typeof tables, readonly (readonly number[])[]>>;

let lake: Lake;
beforeAll(async () => {
  lake = await newLake();
  const [t, u] = [
    schema("t", { k: int(), a: int(), b: int() }),
    schema("u", { k: int(), x: int(), y: int() }),
  ];
  await lake.table("demo.t", t).append([{ k: 1, a: 1, b: 1 }]);
  await lake.table("demo.u", u).append([{ k: 1, x: 1, y: 1 }]);
});
afterAll(() => lake.close());

/** A query, whose columns are c0, c1 … */
interface Query {
  readonly sql: string;
  readonly width: number;
}

const list = (width: number, of: (i: number) => string): string =>
  Array.from({ length: width }, (_, i) => `${of(i)} AS c${i}`).join(", ");
const place = (width: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: width - 1 });
const factor = fc.integer({ min: 1, max: 9 });
const threshold = fc.integer({ min: -20, max: 20 });

const base: fc.Arbitrary<Query> = fc.constantFrom(
  { sql: "SELECT k AS c0, a AS c1, b AS c2 FROM demo.t", width: 3 },
  { sql: "SELECT k AS c0, x AS c1, y AS c2 FROM demo.u", width: 3 },
  { sql: "SELECT u.y AS c0, demo.u.x AS c1 FROM demo.u", width: 2 },
);

/** A sum of columns, each with a positive factor: none can cancel another. */
const sum = (width: number, of: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(factor, place(width)), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map(([n, i]) => `${n} * ${of}c${i}`).join(" + "));

/** Steps in which every column that goes in is seen in what comes out. */
const plainSteps = (inner: fc.Arbitrary<Query>): readonly fc.Arbitrary<Query>[] => [
  inner.chain(({ sql, width }) =>
    fc.array(sum(width, "q."), { minLength: 1, maxLength: 3 }).map((sums) => ({
      sql: `SELECT ${list(sums.length, (i) => sums[i] ?? "")} FROM (${sql}) q`,
      width: sums.length,
    })),
  ),
  fc.tuple(inner, inner).map(([p, q]) => {
    const width = Math.min(p.width, q.width);
    const side = ({ sql }: Query) => `SELECT ${list(width, (i) => `c${i}`)} FROM (${sql})`;
    return { sql: `${side(p)} UNION ALL ${side(q)}`, width };
  }),
  fc.tuple(inner, inner).map(([p, q]) => ({
    sql: `WITH p AS (${p.sql}), q AS (${q.sql}) SELECT p.*, ${Array.from({ length: q.width }, (_, i) => `q.c${i} AS c${p.width + i}`).join(", ")} FROM p, q`,
    width: p.width + q.width,
  })),
  inner.chain(({ sql, width }) =>
    place(width).map((i) => ({
      sql: `SELECT ${list(width, (j) => (j === i ? `(SELECT sum(z.c${i}) FROM (${sql}) z) + q.c${j}` : `q.c${j}`))} FROM (${sql}) q`,
      width,
    })),
  ),
  inner.map(({ sql, width }) => ({
    sql: `SELECT ${list(width, (i) => `sum(c${i})`)} FROM (${sql})`,
    width,
  })),
];

/** Steps in which some columns decide which rows there are, or only now and then show. */
const otherSteps = (inner: fc.Arbitrary<Query>): readonly fc.Arbitrary<Query>[] => [
  fc.tuple(inner, threshold, fc.nat()).map(([{ sql, width }, n, i]) => ({
    sql: `SELECT * FROM (${sql}) WHERE c${i % width} > ${n}`,
    width,
  })),
  fc
    .tuple(inner, inner, fc.nat(), fc.constantFrom("JOIN", "LEFT JOIN", "FULL JOIN", "RIGHT JOIN"))
    .map(([p, q, i, kind]) => ({
      sql: `SELECT p.c0 AS c0, q.c${i % q.width} AS c1, ${kind.startsWith("F") ? "coalesce(p.c0, q.c0)" : "p.c0"} AS c2 FROM (${p.sql}) p ${kind} (${q.sql}) q ON p.c${i % p.width} = q.c0`,
      width: 3,
    })),
  fc
    .tuple(inner, inner, fc.constantFrom("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"))
    .map(([p, q, kind]) => ({
      sql: `SELECT c0, p.c0 AS c1 FROM (${p.sql}) p ${kind} (${q.sql}) q USING (c0)`,
      width: 2,
    })),
  fc.tuple(inner, fc.nat()).map(([{ sql, width }, i]) => ({
    sql: `SELECT c${i % width} % 3 AS c0, count(*) AS c1, max(c0) AS c2 FROM (${sql}) GROUP BY 1 HAVING min(c0) > -100`,
    width: 3,
  })),
  fc.tuple(inner, fc.nat(), fc.nat()).map(([{ sql, width }, i, j]) => ({
    sql: `SELECT rank() OVER (PARTITION BY c${i % width} % 2 ORDER BY c${j % width}) AS c0, sum(c0) OVER (ORDER BY c${j % width}) AS c1 FROM (${sql})`,
    width: 2,
  })),
  inner.map(({ sql, width }) => ({ sql: `SELECT DISTINCT * FROM (${sql})`, width })),
  fc.tuple(inner, fc.nat()).map(([{ sql, width }, i]) => ({
    sql: `SELECT c${i % width} AS c0 FROM (${sql}) ORDER BY ALL LIMIT 2`,
    width: 1,
  })),
  fc.tuple(inner, fc.nat(), fc.nat()).map(([{ sql, width }, i, j]) => ({
    sql: `SELECT CASE WHEN c${i % width} > 0 THEN c0 ELSE c${j % width} END AS c0, c0 AS c1, c1 + 1 AS c2 FROM (${sql})`.replace(
      "c1 + 1",
      width > 1 ? "c1 + 1" : "c0 + 1",
    ),
    width: 3,
  })),
  fc.tuple(inner, inner, fc.nat()).map(([p, q, i]) => ({
    sql: `SELECT c0 FROM (${p.sql}) p WHERE EXISTS (SELECT * FROM (${q.sql}) q WHERE q.c${i % q.width} > p.c${i % p.width})`,
    width: 1,
  })),
  fc.tuple(inner, inner, fc.constantFrom("EXCEPT", "INTERSECT", "UNION")).map(([p, q, kind]) => ({
    sql: `SELECT c0 FROM (${p.sql}) ${kind} SELECT c0 FROM (${q.sql})`,
    width: 1,
  })),
  fc.tuple(inner, inner).map(([p, q]) => ({
    sql: `SELECT p.c0 AS c0, (SELECT max(q.c0) FROM (${q.sql}) q WHERE q.c0 < p.c0) AS c1 FROM (${p.sql}) p`,
    width: 2,
  })),
];

const nested = (
  steps: (inner: fc.Arbitrary<Query>) => readonly fc.Arbitrary<Query>[],
  depth: number,
): fc.Arbitrary<Query> => {
  if (depth === 0) return base;
  const inner = nested(steps, depth - 1);
  return fc.oneof(
    { arbitrary: inner, weight: 1 },
    ...steps(inner).map((arbitrary) => ({ arbitrary, weight: 1 })),
  );
};

const cell = fc.integer({ min: -30, max: 30 });
const rowsOf = (size: number) =>
  fc.array(fc.tuple(cell, cell, cell), { minLength: size, maxLength: size });
const data: fc.Arbitrary<Data> = fc.record({ t: rowsOf(5), u: rowsOf(4) });

/** The cells of each column of a query over some data, without their order. */
async function columnsOver({ sql }: Query, over: Data): Promise<readonly string[]> {
  const values = (name: keyof typeof tables) =>
    `(VALUES ${over[name].map((row) => `(${row.join(", ")})`).join(", ")}) AS ${name}(${tables[name].join(", ")})`;
  const text = sql
    .replaceAll("FROM demo.t", `FROM ${values("t")}`)
    .replaceAll("FROM demo.u", `FROM ${values("u")}`)
    .replaceAll("demo.u.x", "u.x");
  const rows = await lake.engine.queryJson(`SELECT * FROM (${text})`);
  const names = Object.keys(rows[0] ?? {});
  return names.length === 0
    ? []
    : names.map((name) => JSON.stringify(rows.map((row) => String(row[name])).sort()));
}

/** The data with other cells in one column. */
const perturbed = (
  before: Data,
  [name, column]: readonly [keyof typeof tables, number],
  cells: readonly number[],
): Data => ({
  ...before,
  [name]: before[name].map((row, r) =>
    row.map((old, i) => (i === column ? (cells[r] ?? old) : old)),
  ),
});

const names = ({ from }: Derived): ReadonlySet<string> =>
  new Set(
    from.map(({ source, column }) => `${"name" in source ? source.name.slice(5) : ""}.${column}`),
  );
const derivedOf = (origin: RowOrigin | undefined): readonly Derived[] => [
  ...(origin?.columns.values() ?? []),
];
const sources = Object.entries(tables).flatMap(([name, columns]) =>
  columns.map((column, i) => ({
    key: `${name}.${column}`,
    at: [name as keyof typeof tables, i] as const,
  })),
);
const cells = fc.array(cell, { minLength: 5, maxLength: 5 });

/** A query whose lineage is known, and data for it. */
interface Trial {
  readonly query: Query;
  readonly before: Data;
  readonly columns: readonly Derived[];
}

/** Each column of the tables with the columns of the query that change when it is given other cells. */
async function changedBy(
  { query, before, columns }: Trial,
  at: (typeof sources)[number]["at"],
  other: readonly number[],
): Promise<readonly number[]> {
  const was = await columnsOver(query, before);
  const is = await columnsOver(query, perturbed(before, at, other));
  return [...columns.keys()].filter((i) => is[i] !== was[i]);
}

/** The columns of the query that are made of a column of the tables. */
const madeOf = ({ columns }: Trial, key: string): readonly number[] =>
  [...columns.keys()].filter((i) => names(columns[i] ?? nothing).has(key));

const anyQuery = nested((inner) => [...plainSteps(inner), ...otherSteps(inner)], 3);

describe("lineage of queries", () => {
  test("law: what is not in a column's lineage, nor decides rows, changes none of its cells", async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery, data, fc.tuple(cells, cells), async (query, before, others) => {
        const { origin } = await lake.sql(query.sql);
        const trial = { query, before, columns: derivedOf(origin) };
        expect([...trial.columns, origin?.rows].some((of) => of?.unknown !== false)).toBe(false);
        const decide = names(origin?.rows ?? nothing);
        for (const { key, at } of sources.filter((source) => !decide.has(source.key)))
          for (const given of others)
            for (const i of await changedBy(trial, at, given))
              expect(madeOf(trial, key), `${key} changes ${i}: ${query.sql}`).toContain(i);
      }),
      { numRuns: 150 },
    );
  });

  test("law: each column of a lineage changes cells, where nothing can hide it", async () => {
    await fc.assert(
      fc.asyncProperty(nested(plainSteps, 3), data, factor, async (query, before, more) => {
        const { origin } = await lake.sql(query.sql);
        const trial = { query, before, columns: derivedOf(origin) };
        for (const { key, at } of sources) {
          const larger = before[at[0]].map((row, r) => (row[at[1]] ?? 0) + 1000 * (r + more));
          const changed = await changedBy(trial, at, larger);
          for (const i of madeOf(trial, key))
            expect(changed, `${key} does not change ${i}: ${query.sql}`).toContain(i);
        }
      }),
      { numRuns: 100 },
    );
  });
});
