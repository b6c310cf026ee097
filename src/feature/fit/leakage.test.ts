import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { dataset, split } from "../../dataset/index.ts";
import { rocAuc } from "../../metric/index.ts";
import { logistic } from "../../model/index.ts";
import {
  bool,
  type Columns,
  type Frame,
  float,
  frame,
  int,
  openEngine,
  schema,
  text,
} from "../../table/index.ts";
import {
  features,
  featuresFromState,
  fitFeatures,
  flag,
  standardize,
  targetEncode,
} from "../index.ts";
import { formatHashes, keptHashes, keyHashSql, mostHashes, parseHashes } from "./row-keys.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const columns = { city: text(), x: float(), churn: bool() };
const keyed = schema("customers", { id: int({ key: true }), ...columns });
const named = schema("customers", { name: text({ key: true }), ...columns });
const keyless = schema("customers", { id: int(), ...columns });

/** Customers whose label is chance: nothing can be learned of it. */
const sqlOf = (from: number, to: number): string =>
  `SELECT range AS id, 'n' || range AS name, 'c' || (range * 7919 % 900) AS city, sin(range) AS x,
   hash(range * 31 + 7) % 2 = 0 AS churn FROM range(${from}, ${to})`;

const frameOf = <C extends Columns>(of: {
  schema: { name: string; columns: C };
  from?: number;
  to?: number;
}) => {
  const names = Object.keys(of.schema.columns).join(", ");
  const sql = `SELECT ${names} FROM (${sqlOf(of.from ?? 0, of.to ?? 3000)})`;
  return frame({ engine, schema: of.schema, sql });
};

const conflict = expect.objectContaining({ code: "feature/conflict-trained-rows" });

async function refusesTrainedRows<C extends typeof columns>(all: Frame<C>): Promise<void> {
  const definition = features(schema("customers", columns), (c) => ({ x: standardize(c.x) }));
  const anyRows: Frame<Columns> = all;
  const fitted = await fitFeatures<string, Columns>(definition, anyRows);
  const { test: tested } = await split(anyRows, { by: "city" });
  await expect(fitted.matrix(tested)).rejects.toThrow(conflict);
  const loaded = featuresFromState(JSON.parse(JSON.stringify(fitted.state)));
  await expect(loaded.matrix(tested)).rejects.toThrow(conflict);
  const label = "churn";
  await expect(dataset({ features: loaded, rows: tested, label })).rejects.toThrow(conflict);
}

/** Fits rows 0 to 19,999, and is asked for tests with and without the last of them. */
async function refusesOneRow<C extends typeof columns>(schemed: { name: string; columns: C }) {
  const definition = features(schema("customers", columns), (c) => ({ x: standardize(c.x) }));
  const rows: Frame<Columns> = frameOf({ schema: schemed, to: 20_000 });
  const fitted = await fitFeatures<string, Columns>(definition, rows);
  const loaded = featuresFromState(JSON.parse(JSON.stringify(fitted.state)));
  const tested = (from: number) =>
    loaded.matrix({ ...frameOf({ schema: schemed, from, to: 24_000 }), part: "test" });
  await expect(tested(19_999)).rejects.toThrow(conflict);
  expect((await tested(20_000)).rows).toBe(4000);
}

describe("fitted features", () => {
  test("refuse test rows that they were fitted on: fitted first, split after", async () => {
    await refusesTrainedRows(frameOf({ schema: keyed }));
    await refusesTrainedRows(frameOf({ schema: named }));
  });

  test("refuse them without a key too, while they know the query", async () => {
    const all = frameOf({ schema: keyless });
    const fitted = await fitFeatures(
      features(keyless, (c) => ({ x: standardize(c.x) })),
      all,
    );
    const { test: tested } = await split(all, { by: "id" });
    await expect(fitted.matrix(tested)).rejects.toThrow(conflict);
    await expect(fitted.matrix(tested.where((c) => c.x.isAbove(0)))).rejects.toThrow(conflict);
  });

  test("refuse them however often their rows were split since", async () => {
    const all = frameOf({ schema: keyless });
    const definition = features(keyless, (c) => ({ x: standardize(c.x) }));
    const fitted = await fitFeatures(definition, all);
    let { train } = await split(all, { by: "id" });
    for (const seed of [1, 2]) {
      const next = await split(train, { by: "id", seed });
      await expect(fitted.matrix(next.test)).rejects.toThrow(conflict);
      train = next.train;
    }
    const own = await split(train, { by: "id" });
    const trained = await fitFeatures(definition, own.train);
    expect((await trained.matrix(own.test)).rows).toBeGreaterThan(0);
  });

  test("refuse a single row that they were fitted on, also after they were stored", async () => {
    await refusesOneRow(keyed);
    await refusesOneRow(named);
  });

  test("remember what a state of format 2 does, and refuse a damaged one", async () => {
    const definition = features(keyed, (c) => ({ x: standardize(c.x) }));
    const { state } = await fitFeatures(definition, frameOf({ schema: keyed, to: 200 }));
    const { by = [], hashes = "" } = state.trained ?? {};
    const sample = [...(parseHashes(hashes) ?? [])];
    expect(featuresFromState({ ...state, format: 2, trained: { by, sample } }).state).toEqual(
      state,
    );
    for (const wrong of ["é", "gA==", 7]) {
      const corrupt = { ...state, trained: { by, hashes: wrong } };
      expect(() => featuresFromState(corrupt)).toThrow(
        expect.objectContaining({ code: "feature/corrupt-state" }),
      );
    }
  });

  test("take the test rows of their own split, of a split by another column, and new ones", async () => {
    const all = frameOf({ schema: keyed });
    const definition = features(keyed, (c) => ({ x: standardize(c.x) }));
    for (const by of ["id", "city"] as const) {
      const { train, test: tested } = await split(all, { by });
      const fitted = await fitFeatures(definition, train);
      expect((await fitted.matrix(tested)).rows).toBe(await tested.count());
      expect((await fitted.matrix(all)).rows).toBe(3000);
    }
    const january = await fitFeatures(definition, all);
    const february = await split(frameOf({ schema: keyed, from: 3000, to: 4000 }), { by: "id" });
    expect((await january.matrix(february.test)).rows).toBeGreaterThan(0);
  });

  test("refuse the test rows of another split of the same rows", async () => {
    const all = frameOf({ schema: keyed });
    const { train } = await split(all, { by: "id", seed: 1 });
    const { test: tested } = await split(all, { by: "id", seed: 2 });
    const fitted = await fitFeatures(
      features(keyed, (c) => ({ x: standardize(c.x) })),
      train,
    );
    await expect(fitted.matrix(tested)).rejects.toThrow(conflict);
  });
});

describe("keyHashSql", () => {
  test("gives whole numbers different hashes below 2^52, and a sample of the smallest", async () => {
    const sql = keyHashSql(["id"], keyed.columns);
    const [hashes = new Float64Array()] = await engine.doubles(
      `SELECT ${sql} AS h FROM (SELECT unnest([-5, 0, 1, 9007199254740991]) AS id UNION ALL FROM range(10000, 60000))`,
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes.every((hash) => Number.isInteger(hash) && hash >= 0 && hash < 2 ** 52)).toBe(
      true,
    );
    expect([...keptHashes(hashes)]).toEqual([...hashes].sort((a, b) => a - b));
    expect([...keptHashes(Float64Array.of(3, Number.NaN, 1, 3))]).toEqual([1, 3]);
    expect([...keptHashes(Float64Array.of(Number.NaN))]).toEqual([]);
  });
});

describe("keptHashes", () => {
  test("are the smallest of more than are kept, also where most rows have one key", async () => {
    const sql = "(md5_number_lower(range::VARCHAR) >> 12)::DOUBLE";
    const [hashes = new Float64Array()] = await engine.doubles(
      `SELECT ${sql} AS h FROM range(250000)`,
    );
    const sorted = hashes.toSorted();
    expect(keptHashes(hashes)).toEqual(sorted.subarray(0, mostHashes));
    const repeated = new Float64Array(400_000).fill(sorted[0] ?? 0);
    repeated.set(hashes.subarray(0, 1000));
    expect(keptHashes(repeated)).toEqual(
      Float64Array.from(new Set(hashes.subarray(0, 1000)).add(sorted[0] ?? 0)).sort(),
    );
  });

  test("law: as text they are the same, and about six bytes each", () => {
    const steps = fc.array(
      fc.maxSafeNat().map((n) => n % 2 ** 52),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(steps, (numbers) => {
        const rising = Float64Array.from(new Set(numbers)).sort();
        expect(parseHashes(formatHashes(rising))).toEqual(rising);
      }),
    );
    const even = Float64Array.from(
      { length: mostHashes },
      (_, i) => (i + 0.5) * (2 ** 52 / mostHashes),
    ).map(Math.floor);
    expect(formatHashes(even).length).toBeLessThan(0.81e6);
    expect(parseHashes("not base64!")).toBeUndefined();
    expect(parseHashes("//////////8=")).toBeUndefined();
  });
});

describe("targetEncode", () => {
  const definition = features(keyed, (c) => ({ city: targetEncode(c.city, { smoothing: 0 }) }));

  test("foretells nothing of labels that are chance, on training rows as on others", async () => {
    const train = frameOf({ schema: keyed, from: 0, to: 4500 });
    const others = frameOf({ schema: keyed, from: 4500, to: 9000 });
    const fitted = await fitFeatures(definition, train, { label: "churn" });
    const auc = async (rows: typeof train) => {
      const { x, y } = await dataset({ features: fitted, rows, label: "churn" });
      return rocAuc(y, x.data);
    };
    const [trained, tested] = [await auc(train), await auc(others)];
    expect(tested).toBeGreaterThan(0.45);
    expect(tested).toBeLessThan(0.55);
    expect(Math.abs(trained - tested)).toBeLessThan(0.06);
    // what the all-rows statistics would have shown on the rows they were made of
    const seen = featuresFromState(JSON.parse(JSON.stringify(fitted.state)));
    const { x, y } = await dataset({ features: seen, rows: train, label: "churn" });
    expect(rocAuc(y, x.data)).toBeGreaterThan(0.7);
  });

  test("is out of fold in the training of an estimator", async () => {
    const { train, test: tested } = await split(frameOf({ schema: keyed }), { by: "id" });
    const model = await logistic().fit(train, { features: definition, label: "churn" });
    const auc = async (rows: typeof train) => {
      const { x, y } = await dataset({ features: model.features, rows, label: "churn" });
      return rocAuc(y, model.predictor.predict(x));
    };
    expect(Math.abs((await auc(train)) - (await auc(tested)))).toBeLessThan(0.1);
  });

  test("asks for a label, for one in every row, and for a key", async () => {
    const code = (expected: string) => expect.objectContaining({ code: expected });
    const rows = frameOf({ schema: keyed });
    await expect(fitFeatures(definition, rows)).rejects.toThrow(code("feature/missing-label"));
    await expect(fitFeatures(definition, rows, { label: "x" })).rejects.toThrow(
      code("feature/mismatch-label"),
    );
    const holes = frame({
      engine,
      schema: keyed,
      sql: rows.sql.replace("churn", "nullif(churn, true) AS churn"),
    });
    await expect(fitFeatures(definition, holes, { label: "churn" })).rejects.toThrow(
      code("feature/mismatch-label"),
    );
    const without = features(keyless, (c) => ({ city: targetEncode(c.city) }));
    await expect(
      fitFeatures(without, frameOf({ schema: keyless }), { label: "churn" }),
    ).rejects.toThrow(code("feature/missing-key"));
    await expect(fitFeatures(definition, rows, JSON.parse('{"lable":"churn"}'))).rejects.toThrow(
      code("option/unknown-name"),
    );
  });

  test("draws shares towards that of all rows, and gives new levels that", async () => {
    const small = schema("small", {
      id: int({ key: true }),
      city: text({ nullable: true }),
      churn: bool(),
    });
    const sql =
      "SELECT * FROM (VALUES (1, 'a', true), (2, 'a', false), (3, 'b', true), (4, NULL, true)) t(id, city, churn)";
    const rows = frame({ engine, schema: small, sql });
    const fitted = await fitFeatures(
      features(small, (c) => ({ city: targetEncode(c.city, { smoothing: 2 }) })),
      rows,
      { label: "churn" },
    );
    const of = (city: string | null) => fitted.row({ city })[0];
    expect(of("a")).toBeClose((1 + 2 * 0.75) / 4);
    expect(of("b")).toBeClose((1 + 2 * 0.75) / 3);
    expect(of(null)).toBeClose((1 + 2 * 0.75) / 3);
    expect(of("new")).toBeClose(0.75);
  });
});

describe("target encoding", () => {
  const fitted = async (rows: Frame<(typeof keyed)["columns"]>) =>
    fitFeatures(
      features(keyed, (c) => ({ city: targetEncode(c.city) })),
      rows,
      { label: "churn" },
    );

  test("knows its training rows by their key, whatever query gives them", async () => {
    const rows = frameOf({ schema: keyed });
    const encoded = await fitted(rows);
    const { data } = await encoded.matrix(rows);
    const same = frame({ engine, schema: keyed, sql: `${rows.sql} WHERE true` });
    expect((await encoded.matrix(same)).data).toEqual(data);
    const half = frame({ engine, schema: keyed, sql: `${rows.sql} WHERE id < 100` });
    expect((await encoded.matrix(half)).data).toEqual(data.slice(0, 100));
  });

  test("gives rows that it was not trained on what a row function gives them", async () => {
    const encoded = await fitted(frameOf({ schema: keyed }));
    const others = frameOf({ schema: keyed, from: 3000, to: 3200 });
    const train = frame({ engine, schema: keyed, sql: others.sql, part: "train" });
    const { data } = await encoded.matrix(train);
    const alone = (await others.rows()).flatMap((row) => [...encoded.row(row)]);
    expect([...data]).toEqual(alone);
  });

  test("does not give a row its own label when all rows are in one fold, nor reads the label", async () => {
    const sql = `SELECT 7 AS id, 'c' || range AS city, 1.0 AS x, range % 2 = 0 AS churn FROM range(8)`;
    const encoded = await fitted(frame({ engine, schema: keyed, sql }));
    const { data } = await encoded.matrix(frame({ engine, schema: keyed, sql }));
    expect(new Set(data).size).toBe(1);
    const reads = features(keyed, (c) => ({ churn: targetEncode(c.city), x: standardize(c.x) }));
    await fitFeatures(reads, frameOf({ schema: keyed }), { label: "churn" });
    const leaky = features(keyed, (c) => ({ churn: flag(c.churn) }));
    await expect(
      fitFeatures(leaky, frameOf({ schema: keyed }), { label: "churn" }),
    ).rejects.toThrow(expect.objectContaining({ code: "feature/conflict-label-read" }));
  });
});
