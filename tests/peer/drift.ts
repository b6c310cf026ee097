/** @file The peer numbers of drift.json, and the samples they were made from. */
import { readFile } from "node:fs/promises";
import { fractions } from "./classification.ts";

/** What SciPy and Evidently gave. */
export interface DriftPeers {
  readonly shares: readonly {
    readonly reference: readonly number[];
    readonly current: readonly number[];
    /** Null where SciPy's is infinite. */
    readonly kl: number | null;
    readonly distance: number;
  }[];
  readonly numbers: readonly {
    readonly rows: number;
    readonly rowsNow: number;
    readonly salt: number;
    readonly shift: number;
    readonly levels: number;
    readonly ks: number;
    readonly p: number;
    readonly wasserstein: number;
    readonly evidently: {
      readonly ks: number;
      readonly wasserstein: number;
      /** Null of more than 20 values, which Evidently puts into other bins than we do. */
      readonly psi: number | null;
      readonly jensenShannon: number | null;
    };
  }[];
  readonly counts: readonly {
    readonly reference: readonly number[];
    readonly current: readonly number[];
    readonly statistic: number;
    readonly p: number;
    readonly pooled: number;
    readonly pooledP: number;
    readonly evidently: {
      readonly chiSquare: number;
      readonly jensenShannon: number;
      readonly hellinger: number;
      readonly psi: number;
      readonly kl: number;
      readonly z: number | null;
    };
  }[];
}

/** Reads the peers' numbers. */
export async function readDriftPeers(): Promise<DriftPeers> {
  const text = await readFile(new URL("./drift.json", import.meta.url), "utf8");
  return JSON.parse(text) as DriftPeers;
}

/** A sample as drift.py makes it: uniform numbers, or whole numbers below `levels`. */
export function peerSample(
  rows: number,
  { salt, shift, levels }: { salt: number; shift: number; levels: number },
): number[] {
  return Array.from(fractions(rows, salt), (u) =>
    levels > 0 ? Math.floor(levels * u ** (1 + shift)) : u + shift,
  );
}
