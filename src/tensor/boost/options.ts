/** @file What decides boosted trees. */

/** How trees are grown; see `boost` in the model folder for the meaning of each. */
export interface TreeOptions {
  /** Rounds; each grows one tree per output. */
  readonly trees: number;
  /** Most levels of splits. */
  readonly depth: number;
  /** Most leaves: trees then grow by their best leaf. 0: as many as the depth allows. */
  readonly leaves: number;
  readonly learningRate: number;
  readonly l1: number;
  readonly l2: number;
  readonly minChildWeight: number;
  readonly minRows: number;
  readonly minGain: number;
  readonly rowSample: number;
  readonly columnSample: number;
  readonly columnSampleLevel: number;
  readonly columnSampleNode: number;
  readonly bins: number;
  readonly categorySmoothing: number;
  readonly categoryL2: number;
  /** Most categories in the smaller set of a split. */
  readonly categoryLimit: number;
  /** Chance of each earlier tree to be left out while the next is grown (DART); 0: none ever is. */
  readonly dropRate: number;
  /** Chance of a round to leave none out. */
  readonly skipDrop: number;
  readonly seed: number;
  /** 1 where the answer may only rise with a feature, −1 fall, 0 either, [d]; empty: all 0. */
  readonly monotone: readonly number[];
  /** Groups of features that may stand on one path together; empty: all may. */
  readonly interactions: readonly (readonly number[])[];
}

/** What is taken where nothing is said. */
export const defaultTreeOptions: TreeOptions = {
  ...{ trees: 100, depth: 6, leaves: 0, learningRate: 0.1, l1: 0, l2: 1 },
  ...{ minChildWeight: 1, minRows: 1, minGain: 0 },
  ...{ rowSample: 1, columnSample: 1, columnSampleLevel: 1, columnSampleNode: 1, bins: 255 },
  ...{
    categorySmoothing: 10,
    categoryL2: 10,
    categoryLimit: 32,
    dropRate: 0,
    skipDrop: 0.5,
    seed: 0,
  },
  ...{ monotone: [], interactions: [] },
};

/** Depth up to which trees grow level by level over all rows; deeper ones keep an index of rows. */
const levelDepth = 8;

/** Whether trees grow a level at a time, all rows in order. */
export function growsByLevel({ depth, leaves, minRows }: TreeOptions): boolean {
  return leaves === 0 && depth <= levelDepth && minRows <= 1;
}

/** Whether nodes may have lists of features of their own. */
export function hasOwnFeatures(options: TreeOptions): boolean {
  const { columnSampleLevel, columnSampleNode, interactions } = options;
  return columnSampleLevel < 1 || columnSampleNode < 1 || interactions.length > 0;
}

/** The most leaves that a tree can have. */
export function mostLeaves({ depth, leaves }: TreeOptions, rows: number): number {
  const most = Math.min(leaves > 0 ? leaves : Infinity, 2 ** Math.min(depth, 31), rows);
  return Math.max(2, most);
}
