/** @file The peer numbers of trees.json; the data is made as in classic.ts. */
import { readFile } from "node:fs/promises";
import type { ClassicCase } from "./classic.ts";

/** What scikit-learn gave. */
export interface TreePeers {
  /** What each tree tells of the rows that it learned from. */
  readonly trees: readonly (ClassicCase & {
    readonly options: object;
    readonly leaves: number;
    readonly importances: readonly number[];
  })[];
  /** Of a Gaussian naive Bayes: mean probabilities at values of a feature, and those of the first row. */
  readonly dependence: Omit<ClassicCase, "told"> & {
    readonly feature: number;
    readonly values: readonly number[];
    readonly means: readonly number[];
    readonly first: readonly number[];
  };
  /** Of the same: how much accuracy falls, over 1000 permutations of each feature. */
  readonly permuted: Omit<ClassicCase, "told"> &
    Readonly<Record<"means" | "deviations", readonly number[]>>;
}

/** Reads the peer's numbers. */
export async function readTreePeers(): Promise<TreePeers> {
  return JSON.parse(await readFile(new URL("./trees.json", import.meta.url), "utf8")) as TreePeers;
}
