/** @file What everything must do that finds clusters or components; called by each algorithm's test. */
import { expect, test } from "vitest";
import {
  type ClusterData,
  type Clusterer,
  type ComponentFinder,
  clusterFromState,
  clusterState,
} from "../../src/cluster/index.ts";
import { formatJson, type LongWork, parseJson, random } from "../../src/core/index.ts";
import type { Matrix } from "../../src/flow.ts";
import { matrix } from "../../src/tensor/index.ts";

/** What an algorithm declares about itself. */
export interface ClustererTraits {
  /** Whether as many clusters as were asked for are made, so that too many are refused. */
  readonly counted: boolean;
  /** Whether the columns' order can change which of several outcomes chance leads to. Default false. */
  readonly chance?: boolean;
}

/** Whatever learns from rows without labels, with one way to ask what it learned. */
interface Subject {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  learn(data: ClusterData, work?: LongWork): Promise<Learned>;
}

interface Learned {
  readonly kind: string;
  readonly warnings: readonly string[];
  readonly names: readonly string[];
  /** What it says of rows: one number a row, or several. */
  ask(x: Matrix): Float64Array;
}

type Options = Readonly<Record<string, unknown>>;

/**
 * Registers the conformance tests of a clusterer.
 *
 * @param make - Makes it afresh, for three clusters, or from options: what was logged makes the same again.
 * @param traits - What it does.
 */
export function checkClusterer(
  make: (options?: Options) => Clusterer,
  traits: ClustererTraits,
): void {
  const subject = (options?: Options): Subject => {
    const { name, options: all, learn } = make(options);
    const ask = async (data: ClusterData, work?: LongWork): Promise<Learned> => {
      const learned = await learn(data, work);
      return { ...learned, ask: (x) => Float64Array.from(learned.assign(x)) };
    };
    return { name, options: all, learn: ask };
  };
  const stored = (text: string): Learned => {
    const learned = clusterFromState(parseJson(text));
    return { ...learned, ask: (x) => Float64Array.from(learned.assign(x)) };
  };
  checkSubject(subject, stored);
  checkClusters(make, traits);
}

/**
 * Registers the conformance tests of what finds components.
 *
 * @param make - Makes it afresh, for two components, or from options.
 * @param read - What was learned, from a state.
 */
export function checkComponents(
  make: (options?: Options) => ComponentFinder,
  read: (
    state: unknown,
  ) => { apply(x: Matrix): Matrix; readonly kind: string } & Omit<Learned, "ask">,
): void {
  const subject = (options?: Options): Subject => {
    const { name, options: all, learn } = make(options);
    const ask = async (data: ClusterData, work?: LongWork): Promise<Learned> => {
      const learned = await learn(data, work);
      return { ...learned, ask: (x) => learned.apply(x).data };
    };
    return { name, options: all, learn: ask };
  };
  checkSubject(subject, (text) => {
    const learned = read(parseJson(text));
    return { ...learned, ask: (x) => learned.apply(x).data };
  });
}

/** What holds for clusters and components alike. */
function checkSubject(make: (options?: Options) => Subject, stored: (text: string) => Learned) {
  const data = sample(60, 3);
  const state = ({ ask: _, ...learned }: Learned): string => formatJson(clusterState(learned));

  test("conforms: learning changes neither the algorithm nor the data", async () => {
    const [subject, before] = [make(), formatJson(data)];
    const options = formatJson(subject.options);
    await subject.learn(data);
    expect(formatJson(data)).toBe(before);
    expect(formatJson(subject.options)).toBe(options);
  });

  test("conforms: the same data and options give the same bytes", async () => {
    const subject = make();
    const first = state(await subject.learn(data));
    expect(state(await subject.learn(data))).toBe(first);
    expect(state(await make(subject.options).learn(data))).toBe(first);
  });

  test("conforms: options survive JSON", () => {
    const { name, options } = make();
    const read = parseJson(formatJson(options)) as Options;
    expect(make(read).options).toEqual(options);
    expect(make(read).name).toBe(name);
  });

  test("conforms: every row gets an answer, in any order, alone or together", async () => {
    const learned = await make().learn(data);
    const together = learned.ask(data.x);
    const width = together.length / data.x.rows;
    expect(width).toBeGreaterThanOrEqual(1);
    expect(together.every(Number.isFinite)).toBe(true);
    const order = random(7).shuffled(data.x.rows);
    const shuffled = learned.ask(picked(data.x, order));
    for (const [place, i] of order.entries())
      expect(shuffled.slice(place * width, (place + 1) * width)).toEqual(
        together.slice(i * width, (i + 1) * width),
      );
    for (const i of order.subarray(0, 9))
      expect(learned.ask(picked(data.x, [i]))).toEqual(together.slice(i * width, (i + 1) * width));
    expect(learned.ask({ ...data.x, rows: 0, data: new Float64Array(0) }).length).toBe(0);
  });

  test("conforms: state through JSON gives the same bits", async () => {
    const learned = await make().learn(data);
    const text = state(learned);
    const read = stored(text);
    expect(read.kind).toBe(learned.kind);
    expect(read.ask(data.x)).toEqual(learned.ask(data.x));
    expect(state(read)).toBe(text);
  });

  test("conforms: a state of a newer format, of another kind, or damaged is refused", async () => {
    const { ask: _, ...learned } = await make().learn(data);
    const whole = clusterState(learned);
    const read = (change: object) => () => stored(formatJson({ ...whole, ...change }));
    expect(read({ format: 99 })).toThrow(code("cluster/unsupported-format"));
    expect(read({ kind: "circles" })).toThrow(code("cluster/unknown-kind"));
    expect(read({ names: ["a"] })).toThrow(code("cluster/corrupt-state"));
    expect(read({ warnings: 7 })).toThrow(code("cluster/corrupt-state"));
  });

  test("conforms: rows of another width are refused, and those that are no numbers", async () => {
    const learned = await make().learn(data);
    expect(() => learned.ask(matrix([[1, 2]]))).toThrow(code("cluster/mismatch-width"));
    expect(() => learned.ask(matrix([[1, Number.NaN, 2]]))).toThrow(code("cluster/missing-value"));
    expect(() => learned.ask(matrix([[1, -Infinity, 2]]))).toThrow(
      code("cluster/out-of-range-value"),
    );
  });

  test("conforms: data that is empty, broken or does not fit together is refused", async () => {
    const nothing = { ...data.x, rows: 0, data: new Float64Array(0) };
    const refused = async (change: Partial<ClusterData>, what: string): Promise<void> =>
      expect(make().learn({ ...data, ...change })).rejects.toThrow(code(what));
    const holed = (value: number): Matrix => ({ ...data.x, data: data.x.data.with(4, value) });
    await refused({ x: nothing }, "cluster/missing-rows");
    await refused({ x: { ...nothing, rows: 60, cols: 0 }, names: [] }, "cluster/missing-features");
    await refused({ names: ["a"] }, "cluster/mismatch-length");
    await refused({ x: { ...data.x, data: data.x.data.slice(1) } }, "cluster/mismatch-length");
    await refused({ x: holed(Number.NaN) }, "cluster/missing-value");
    await refused({ x: holed(Infinity) }, "cluster/out-of-range-value");
    await refused({ x: holed(1e200) }, "cluster/out-of-range-value");
  });

  test("conforms: constant and duplicated columns, and more columns than rows, are learned", async () => {
    const constant = mapped(data.x, (row) => [...row, 7]);
    const doubled = mapped(data.x, (row) => [...row, ...row]);
    const wide = mapped(picked(data.x, [0, 20, 40, 50]), (row) =>
      Array.from({ length: 9 }, (_, j) => (row[j % 3] ?? 0) * (j + 1)),
    );
    for (const x of [constant, doubled, wide]) {
      const learned = await make().learn({ x, names: namesOf(x.cols) });
      expect(learned.ask(x).every(Number.isFinite)).toBe(true);
    }
  });

  test("conforms: features of very different scales are told of, and learned", async () => {
    const x = mapped(data.x, ([a = 0, b = 0, c = 0]) => [a, b * 1e4, c]);
    const { warnings } = await make().learn({ ...data, x });
    expect(warnings.some((warning) => warning.includes('"f1" varies'))).toBe(true);
    expect((await make().learn(data)).warnings.filter((w) => w.includes("varies"))).toEqual([]);
  });

  test("conforms: a signal that was given stops it with its reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(make().learn(data, { signal })).rejects.toThrow("enough");
  });
}

/** What holds for clusters. */
function checkClusters(
  make: (options?: Options) => Clusterer,
  { counted, chance = false }: ClustererTraits,
): void {
  const data = sample(60, 3);

  test("conforms: three groups far apart are found, whatever the order of rows and columns", async () => {
    const groups = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    const found = await make().learn(data);
    expect(renamed(found.assign(data.x))).toEqual(renamed(groups));
    const turned = mapped(data.x, ([a = 0, b = 0, c = 0]) => [c, a, b]);
    expect(renamed((await make().learn({ ...data, x: turned })).assign(turned))).toEqual(
      renamed(groups),
    );
    const order = random(3).shuffled(60);
    const shuffled = await make().learn({ ...data, x: picked(data.x, order) });
    expect(renamed(shuffled.assign(data.x))).toEqual(renamed(groups));
  });

  if (!chance)
    test("conforms: columns in another order change nothing", async () => {
      const blurred = mapped(data.x, ([a = 0, b = 0, c = 0]) => [a / 9, b / 9, c / 9]);
      const turned = mapped(blurred, ([a = 0, b = 0, c = 0]) => [c, a, b]);
      const straight = (await make().learn({ ...data, x: blurred })).assign(blurred);
      expect((await make().learn({ ...data, x: turned })).assign(turned)).toEqual(straight);
    });

  test("conforms: cluster numbers run from 0 and all are used, but for −1", async () => {
    const found = await make().learn(data);
    const used = new Set(found.assign(data.x));
    used.delete(-1);
    expect([...used].sort()).toEqual(Array.from({ length: found.clusters }, (_, k) => k));
  });

  test("conforms: equal rows are in one cluster", async () => {
    const x = picked(
      data.x,
      Array.from({ length: 120 }, (_, i) => i % 60),
    );
    const labels = (await make().learn({ ...data, x })).assign(x);
    expect(labels.subarray(0, 60)).toEqual(labels.subarray(60));
  });

  test("conforms: one row makes one cluster or is refused", async () => {
    const one = { x: matrix([[1, 2, 3]]), names: data.names };
    if (counted)
      return expect(make().learn(one)).rejects.toThrow(code("cluster/out-of-range-clusters"));
    const found = await make().learn(one);
    expect(found.clusters).toBeLessThanOrEqual(1);
    expect(found.assign(one.x).length).toBe(1);
  });

  test("conforms: more clusters than distinct rows are refused", async () => {
    const x = picked(data.x, [0, 1, 0, 1, 0, 1, 1]);
    const learned = make().learn({ ...data, x });
    if (counted)
      return expect(learned).rejects.toThrow(
        expect.objectContaining({
          code: "cluster/out-of-range-clusters",
          details: expect.objectContaining({ clusters: 3, distinct: 2, rows: 7 }),
        }),
      );
    expect((await learned).clusters).toBeLessThanOrEqual(2);
  });
}

const code = (what: string) => expect.objectContaining({ code: what });

const namesOf = (d: number): readonly string[] => Array.from({ length: d }, (_, j) => `f${j}`);

/** Three round groups, rows taking turns. */
function sample(n: number, d: number): ClusterData {
  const draws = random(11).stream("conform");
  const middle = (i: number, j: number): number => (i % 3 === j % 3 ? 12 : 0);
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: d }, (_, j) => middle(i, j) + draws.normal()),
  );
  return { x: matrix(rows), names: namesOf(d) };
}

/** Labels renamed in the order in which they appear, so that two partitions can be compared. */
export function renamed(labels: Iterable<number>): readonly number[] {
  const names = new Map<number, number>([[-1, -1]]);
  return Array.from(labels, (label) => {
    const known = names.get(label) ?? names.size - 1;
    names.set(label, known);
    return known;
  });
}

function picked(x: Matrix, order: Iterable<number>): Matrix {
  return matrix(Array.from(order, (i) => rowOf(x, i)));
}

const rowOf = ({ data, cols }: Matrix, i: number): number[] =>
  Array.from(data.subarray(i * cols, (i + 1) * cols));

const mapped = (x: Matrix, change: (row: number[]) => number[]): Matrix =>
  matrix(Array.from({ length: x.rows }, (_, i) => change(rowOf(x, i))));
