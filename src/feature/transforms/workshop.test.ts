import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import type { Cells } from "../../flow.ts";
import {
  bool,
  type Columns,
  category,
  float,
  int,
  openEngine,
  schema,
  text,
  timestamp,
} from "../../table/index.ts";
import {
  bagOfWords,
  bucketize,
  cross,
  cyclic,
  type Features,
  features,
  fitFeatures,
  hashed,
  minMax,
  oneHot,
  targetEncode,
  word2Vec,
} from "../index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

/** Fits on rows and gives the matrix of the same rows, row by row, with the names of its columns. */
async function fitted<C extends Columns, R extends string>(
  definition: Features<C, R>,
  rows: readonly Cells[],
) {
  const of: Features<Columns, string> = definition;
  const made = await fitFeatures<string, Columns>(of, frameOf(engine, of.from, rows));
  return { names: made.names, values: rows.map((row) => [...made.row(row)]), state: made.state };
}

const incomes = [10000, 30000, 70000, 20000, 50000].map((income) => ({ income }));
const people = schema("people", { income: float() });

describe("worked examples of the workshop, 3(a)", () => {
  test("min-max: 10000, 30000, 70000, 20000, 50000 become 0, 0.33, 1, 0.17, 0.67", async () => {
    const { values } = await fitted(
      features(people, (c) => ({ income: minMax(c.income) })),
      incomes,
    );
    expect(values.flat()).toBeClose([0, 1 / 3, 1, 1 / 6, 2 / 3]);
  });

  test("buckets 30000 wide, closed on the left", async () => {
    const edges = [0, 30000, 60000, 90000];
    const { names, values } = await fitted(
      features(people, (c) => ({
        income: bucketize(c.income, { edges, outside: "missing", as: "oneHot" }),
        at: bucketize(c.income, { edges, outside: "missing" }),
      })),
      incomes,
    );
    expect(names).toEqual([
      "income=[0, 30000)",
      "income=[30000, 60000)",
      "income=[60000, 90000]",
      "at",
    ]);
    expect(values.map((row) => row[3])).toEqual([0, 1, 2, 0, 1]);
    expect(values.map((row) => row.slice(0, 3).indexOf(1))).toEqual([0, 1, 2, 0, 1]);
  });

  test('crosses: marriage × kids is "Yes, 0" and "No, 2"', async () => {
    const home = schema("home", {
      married: category(["Yes", "No"]),
      kids: category(["0", "1", "2"]),
    });
    const { names, values } = await fitted(
      features(home, (c) => ({ home: cross([c.married, c.kids]) })),
      [
        { married: "Yes", kids: "0" },
        { married: "No", kids: "2" },
      ],
    );
    expect(names).toEqual(["home=No, 2", "home=Yes, 0"]);
    expect(values).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  test("one-hot: Credit Card, Cash, Online are 100, 010, 001", async () => {
    const levels = ["Credit Card", "Cash", "Online"] as const;
    const payments = schema("payments", { by: category(levels) });
    const { values } = await fitted(
      features(payments, (c) => ({ by: oneHot(c.by) })),
      levels.map((by) => ({ by })),
    );
    expect(values.map((row) => row.join(""))).toEqual(["100", "010", "001"]);
  });

  test("target encoding: 0.42, 0.15, 0.76 where such a share of the label is true", async () => {
    const cities = schema("cities", { id: int({ key: true }), city: text(), bought: bool() });
    const shares = { A: 42, B: 15, C: 76 };
    const rows = Object.entries(shares).flatMap(([city, of100], k) =>
      Array.from({ length: 100 }, (_, i) => ({ id: 100 * k + i, city, bought: i < of100 })),
    );
    const definition = features(cities, (c) => ({ city: targetEncode(c.city, { smoothing: 0 }) }));
    const made = await fitFeatures(definition, frameOf(engine, cities, rows), { label: "bought" });
    expect(["A", "B", "C"].map((city) => made.row({ city })[0])).toBeClose([0.42, 0.15, 0.76]);
  });

  test("hashing: three cities of any number in one of 100 buckets each, the same every time", async () => {
    const cities = schema("cities", { city: text() });
    const rows = ["Berlin", "Warsaw", "Lisbon"].map((city) => ({ city }));
    const { values, state } = await fitted(
      features(cities, (c) => ({ city: hashed(c.city, { buckets: 100, signed: false }) })),
      rows,
    );
    const buckets = values.map((row) => row.indexOf(1));
    expect(values.map((row) => row.filter((v) => v !== 0).length)).toEqual([1, 1, 1]);
    expect(state.features[0]?.stats).toEqual({
      levels: 3,
      used: new Set(buckets).size,
      collided: 0,
      collisions: [],
    });
  });

  test("bag of words over internet, service, slow", async () => {
    const calls = schema("calls", { note: text() });
    const notes = [
      "internet slow",
      "slow service",
      "internet service",
      "slow slow internet",
      "service",
    ];
    const { names, values } = await fitted(
      features(calls, (c) => ({ note: bagOfWords(c.note) })),
      notes.map((note) => ({ note })),
    );
    expect(names).toEqual(['note "internet"', 'note "service"', 'note "slow"']);
    const inOrder = values.map(([internet, service, slow]) => [internet, slow, service]);
    expect(inOrder).toEqual([
      [1, 1, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 2, 0],
      [0, 0, 1],
    ]);
  });

  test("cyclic: period 7 from Monday is (0, 1), (0.78, 0.62), (0.97, −0.22), (0.43, −0.90), (−0.43, −0.90)", async () => {
    const visits = schema("visits", { at: timestamp() });
    const { values } = await fitted(
      features(visits, (c) => ({ day: cyclic(c.at.part("weekday"), { period: 7 }) })),
      [5, 6, 7, 8, 9].map((day) => ({ at: new Date(Date.UTC(2026, 0, day, 9)) })),
    );
    expect(values.map((row) => row.map((v) => Number(v.toFixed(2)) + 0))).toEqual([
      [0, 1],
      [0.78, 0.62],
      [0.97, -0.22],
      [0.43, -0.9],
      [-0.43, -0.9],
    ]);
  });
});

describe("word2Vec", () => {
  const services = schema("services", {
    security: category(["Yes", "No"]),
    backup: category(["Yes", "No"]),
    phone: bool(),
  });
  const rows = Array.from({ length: 40 }, (_, i) => ({
    security: i % 2 === 0 ? "Yes" : "No",
    backup: i % 3 === 0 ? "Yes" : "No",
    phone: i % 5 === 0,
  }));

  test("knows Yes of one column from Yes of another, and true from false", async () => {
    const { values, state } = await fitted(
      features(services, (c) => ({
        kind: word2Vec({ security: c.security, backup: c.backup, phone: c.phone }, { size: 5 }),
      })),
      rows,
    );
    expect(state.features[0]?.stats).toEqual({ words: 6, size: 5 });
    const [a, b] = [
      { security: "Yes", backup: "No" },
      { security: "No", backup: "Yes" },
    ];
    const at = (row: object) =>
      values[rows.findIndex((r) => Object.entries(row).every(([k, v]) => Reflect.get(r, k) === v))];
    expect(at({ ...a, phone: false })).not.toEqual(at({ ...b, phone: false }));
    expect(at({ ...a, phone: false })).not.toEqual(at({ ...a, phone: true }));
  });

  test("gives the same words the same vector whatever the order of the rows, and stems (automatic) with its parentheses off", async () => {
    const bills = schema("bills", { method: text() });
    const methods = ["Bank transfer (automatic)", "Credit card (automatic)", "Mailed check"];
    const definition = features(bills, (c) => ({ by: word2Vec(c.method, { size: 3 }) }));
    const one = await fitted(
      definition,
      methods.map((method) => ({ method })),
    );
    const other = await fitted(
      definition,
      methods.toReversed().map((method) => ({ method })),
    );
    expect(one.state).toEqual(other.state);
    expect(one.state.features[0]?.stats["words"]).toBe(7);
    expect(JSON.stringify(one.state)).not.toContain("(automatic)");
  });

  test("puts words of like neighbours near each other", async () => {
    const texts = schema("texts", { note: text() });
    const [animals, drinks] = [
      ["cat", "dog"],
      ["tea", "milk"],
    ];
    const sentences = Array.from({ length: 300 }, (_, i) => {
      const [animal, drink] = [animals[i % 2], drinks[i % 2]];
      return i % 4 < 2
        ? `the ${animal} runs and barks at night`
        : `we drink hot ${drink} from cups`;
    });
    const definition = features(texts, (c) => ({
      v: word2Vec(c.note, { size: 8, epochs: 20, seed: 1 }),
    }));
    const made = await fitFeatures(
      definition,
      frameOf(
        engine,
        texts,
        sentences.map((note) => ({ note })),
      ),
    );
    const vector = (note: string) => made.row({ note });
    const cosine = (a: Float64Array, b: Float64Array) => {
      const dot = (x: Float64Array, y: Float64Array) =>
        x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    expect(cosine(vector("cat"), vector("dog"))).toBeGreaterThan(
      cosine(vector("cat"), vector("tea")),
    );
    expect(cosine(vector("tea"), vector("milk"))).toBeGreaterThan(
      cosine(vector("tea"), vector("dog")),
    );
    expect([...vector("unheard")]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
