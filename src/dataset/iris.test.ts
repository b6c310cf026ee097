import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type IrisFlower, iris } from "./iris.ts";

const flowers = iris();
const lengths = ["sepal_length", "sepal_width", "petal_length", "petal_width"] as const;

describe("iris", () => {
  test("has 50 flowers of each species, numbered", () => {
    const of = (species: IrisFlower["species"]) => flowers.filter((one) => one.species === species);
    expect([of("setosa"), of("versicolor"), of("virginica")].map((own) => own.length)).toEqual([
      50, 50, 50,
    ]);
    expect(flowers.map(({ flower }) => flower)).toEqual(flowers.map((_, i) => i));
  });

  test("its lengths and their squares sum to what scikit-learn's copy has", async () => {
    const file = new URL("../../tests/peer/lessons.json", import.meta.url);
    const peer = JSON.parse(await readFile(file, "utf8")) as {
      readonly sums: readonly number[];
      readonly squares: readonly number[];
    };
    const sum = (name: (typeof lengths)[number], power: number): number =>
      flowers.reduce((total, flower) => total + flower[name] ** power, 0);
    expect(lengths.map((name) => sum(name, 1))).toBeClose(peer.sums);
    expect(lengths.map((name) => sum(name, 2))).toBeClose(peer.squares);
  });
});
