import { afterAll, describe, expect, test } from "vitest";
import { type Columns, float, frame, int, openEngine, schema, text } from "../table/index.ts";
import { compareDrift } from "./compare-drift.ts";
import { compareSketches } from "./compare-sketches.ts";
import { type DriftMeasure, driftMeasures } from "./drift-judge.ts";
import { monitorReport } from "./monitor-report.ts";
import { sketchRows } from "./sketch/sketch-rows.ts";

const engine = await openEngine();
afterAll(() => engine.close());

/** A number below n, the same for the same row and name. */
const draw = (name: string, n: number): string =>
  `(md5_number_lower('${name}' || i || '-SEED') % ${n})`;
const kinds: readonly (readonly [string, string, Columns[string], number])[] = [
  ["streets of 5000", `'street ' || ${draw("s", 5000)}`, text({ nullable: true }), 1600],
  ["streets of 300", `'street ' || ${draw("s", 300)}`, text({ nullable: true }), 1600],
  ["names of rows", "'row ' || i", text({ nullable: true }), 1600],
  ["skewed words", `'w' || floor(exp(${draw("s", 1000)} / 120.0))`, text({ nullable: true }), 1600],
  [
    "notes",
    `'note ' || ${draw("a", 800)} || ' of ' || ${draw("b", 50)} || ' and ' || ${draw("c", 3000)}`,
    text({ nullable: true }),
    4000,
  ],
  ["five labels", `'l' || ${draw("s", 5)}`, text({ nullable: true }), 200],
  ["few numbers", `${draw("s", 5000)} / 7.0`, float({ nullable: true }), 100],
  ["codes", `${draw("s", 15)}::INT`, int({ nullable: true }), 200],
  ["a heavy tail", `exp(${draw("s", 1000)} / 100.0)`, float({ nullable: true }), 2400],
];
/** A table's values where `held` holds, in a table of its own. */
const part = (column: Columns[string], held: string, value: string) => (rows: number) =>
  frame({
    engine,
    schema: schema("t", { x: column }),
    sql: `SELECT ${value} AS x FROM range(${rows}) t(i) WHERE ${held}`,
  });

describe("chance", () => {
  test.each(kinds)("law: halves of a table of %s are no drift", async (...[, value, column, n]) => {
    for (let seed = 0; seed < 12; seed++) {
      const half = (k: number) =>
        part(
          column,
          `${draw("half", 2)} = ${k}`.replace("SEED", `${seed}`),
          value.replaceAll("SEED", `${seed}`),
        )(n);
      const [reference, log] = [half(0), half(1)];
      const report = await monitorReport({ reference, log });
      expect(report.retrain).toEqual({ due: false, reasons: [] });
      const [psi] = report.drift;
      expect(psi?.level).toBe("none");
      const tables = { reference: await sketchRows(reference), current: await sketchRows(log) };
      expect(compareSketches(tables)[0]?.level).not.toBe("severe");
      for (const measure of [
        "psi",
        "kl",
        "jensen-shannon",
        "hellinger",
        "total-variation",
      ] as const)
        expect([measure, compareSketches(tables, { measure })[0]?.level]).toEqual([
          measure,
          "none",
        ]);
    }
  });

  test.each(kinds)(
    "finds a table of %s in which a third was changed",
    async (...[name, value, column, n]) => {
      if (name === "names of rows") return;
      const seeded = value.replaceAll("SEED", "0");
      const other =
        typeof column === "object" && column.kind === "text" ? "'quite other'" : "77777.5";
      const changed = `CASE WHEN i % 3 = 0 THEN ${other} ELSE ${seeded} END`;
      const [reference, log] = [
        part(column, "i % 2 = 0", seeded)(4 * n),
        part(column, "i % 2 = 1", changed)(4 * n),
      ];
      expect((await monitorReport({ reference, log })).severe).toEqual(["x"]);
      const tables = { reference: await sketchRows(reference), current: await sketchRows(log) };
      expect(compareSketches(tables)[0]?.level).toBe("severe");
    },
  );

  test("is about the noise that is told, by every distance", async () => {
    const labels = (k: number, seed: number) =>
      part(
        text({ nullable: true }),
        `${draw("half", 2)} = ${k}`.replace("SEED", `${seed}`),
        `'l' || ${draw("s", 20)}`.replace("SEED", `${seed}`),
      )(3000);
    const numbers = (k: number, seed: number) =>
      part(
        float({ nullable: true }),
        `${draw("half", 2)} = ${k}`.replace("SEED", `${seed}`),
        draw("s", 1000).replace("SEED", `${seed}`),
      )(3000);
    const distances = driftMeasures.slice(0, 6);
    expect(distances.at(-1)).toBe("wasserstein");
    const mean = async (measure: DriftMeasure): Promise<number> => {
      let sum = 0;
      for (let seed = 0; seed < 20; seed++) {
        const of = measure === "wasserstein" ? numbers : labels;
        const tables = {
          reference: await sketchRows(of(0, seed)),
          current: await sketchRows(of(1, seed)),
        };
        const [drift] = compareSketches(tables, { measure });
        sum += (drift?.value ?? 0) / (drift?.noise ?? 0) / 20;
      }
      return sum;
    };
    for (const measure of distances) {
      const times = await mean(measure);
      expect(times, measure).toBeGreaterThan(0.75);
      expect(times, measure).toBeLessThan(1.25);
    }
  });

  test("does not judge a handful of rows by a distance, and many", async () => {
    const normal = (n: number, shift: number) =>
      sketchRows(part(float(), "true", `cos(i * i) + sin(i) + ${shift}`)(n));
    const levelOf = async (rows: number, shift: number) =>
      compareSketches({ reference: await normal(3000, 0), current: await normal(rows, shift) })[0];
    const few = await levelOf(12, 0.3);
    expect(few?.value).toBeGreaterThan(0.2);
    expect(few?.level).toBe("none");
    expect(few?.value).toBeLessThan(3 * (few?.noise ?? 0));
    expect((await levelOf(2000, 0.3))?.level).toBe("severe");
  });

  test("does not take one missing value of fifty for drift", async () => {
    const holes = (n: number, held: string) =>
      sketchRows(part(float({ nullable: true }), "true", `CASE WHEN NOT (${held}) THEN i END`)(n));
    const missing = async (held: string) =>
      compareSketches({ reference: await holes(2000, "false"), current: await holes(50, held) })[0]
        ?.missing;
    expect((await missing("i = 7"))?.level).toBe("none");
    expect((await missing("i % 5 = 0"))?.level).toBe("severe");
    expect((await missing("false"))?.psi).toBe(0);
  });

  test("gives p of the buckets beside the index", async () => {
    const labels = (held: string) => part(text(), held, "'l' || i % 2")(400);
    const same = { reference: labels("true"), current: labels("true") };
    expect((await compareDrift(same))[0]).toMatchObject({ psi: 0, p: 1 });
    const [moved] = await compareDrift({ ...same, current: labels("i % 2 = 0 OR i % 8 = 1") });
    expect(moved?.p).toBeLessThan(1e-4);
  });
});
