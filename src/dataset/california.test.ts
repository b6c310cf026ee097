import { describe, expect, test } from "vitest";
import { type CaliforniaBlock, californiaSchema, californiaTwin } from "./california.ts";

const blocks = californiaTwin();
const column = (name: keyof CaliforniaBlock): number[] => blocks.map((block) => block[name]);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe("californiaTwin", () => {
  test("has as many blocks as the original, each with its number and no holes", () => {
    expect(blocks).toHaveLength(20_640);
    expect(column("block")).toEqual(blocks.map((_, i) => i));
    const names = Object.keys(californiaSchema.columns);
    expect(blocks.every((block) => Object.keys(block).join() === names.join())).toBe(true);
    expect(blocks.every((block) => Object.values(block).every(Number.isFinite))).toBe(true);
  });

  test("keeps the original's ranges and its cap", () => {
    const ends = (name: keyof CaliforniaBlock, low: number, high: number): void => {
      expect(Math.min(...column(name)), name).toBeGreaterThanOrEqual(low);
      expect(Math.max(...column(name)), name).toBeLessThanOrEqual(high);
    };
    ends("MedInc", 0.4999, 15.0001);
    ends("HouseAge", 1, 52);
    ends("Population", 3, 35_682);
    ends("Latitude", 32.54, 41.95);
    ends("Longitude", -124.35, -114.31);
    ends("MedHouseVal", 0.14999, 5.00001);
    const capped = column("MedHouseVal").filter((value) => value === 5.00001).length;
    expect(capped / blocks.length).toBeGreaterThan(0.02);
    expect(capped / blocks.length).toBeLessThan(0.06);
  });

  test("is in the middle where the original is", () => {
    const near = (name: keyof CaliforniaBlock, of: number, share: number): void =>
      expect(Math.abs(middle(column(name)) / of - 1), name).toBeLessThan(share);
    near("MedInc", 3.53, 0.1);
    near("HouseAge", 29, 0.1);
    near("AveRooms", 5.23, 0.1);
    near("AveBedrms", 1.05, 0.1);
    near("Population", 1166, 0.1);
    near("AveOccup", 2.82, 0.1);
    near("Latitude", 34.26, 0.02);
    near("Longitude", -118.49, 0.01);
    near("MedHouseVal", 1.797, 0.1);
  });

  test("homes are worth more where incomes are high, and by the coast", () => {
    const values = (pick: (block: CaliforniaBlock) => boolean): number =>
      mean(blocks.filter(pick).map(({ MedHouseVal }) => MedHouseVal));
    expect(values(({ MedInc }) => MedInc > 6)).toBeGreaterThan(
      2 * values(({ MedInc }) => MedInc < 2),
    );
    const isBay = ({ Latitude }: CaliforniaBlock) => Latitude > 37 && Latitude < 38;
    expect(values((block) => isBay(block) && block.Longitude < -122.2)).toBeGreaterThan(
      1.3 * values((block) => isBay(block) && block.Longitude > -121.7),
    );
  });

  test("the same seed gives the same blocks, another seed others, fewer rows the first ones", () => {
    expect(californiaTwin({ rows: 50 })).toEqual(blocks.slice(0, 50));
    expect(californiaTwin({ rows: 50, seed: 1 })).not.toEqual(blocks.slice(0, 50));
  });

  test("refuses what it does not know", () => {
    const code = (given: string) => expect.objectContaining({ code: given });
    expect(() => californiaTwin({ rows: 0 })).toThrow(code("option/out-of-range"));
    expect(() => californiaTwin({ ...{ rows: 5, row: 5 } })).toThrow(code("option/unknown-name"));
  });
});
