/** @file A k-d tree: the rows within a distance of a point, without looking at all. */
import type { Matrix } from "../../flow.ts";

/** Rows as they can be asked for by distance. */
export interface RowTree {
  /** Calls `visit` with the number and squared distance of every row whose squared distance is at most `limit`. */
  within(point: Float64Array, limit: number, visit: (row: number, squared: number) => void): void;
  /** The nearest row whose squared distance is at most `limit`, of equally near ones the first; −1 when there is none. */
  nearest(point: Float64Array, limit?: number): number;
}

const leafRows = 16;

/**
 * Builds a k-d tree: halves the rows at the median of their widest feature until few are left.
 * O(n·log n) to build; a question reads what lies near the point: few rows where there are few
 * features, nearly all of them past some twenty.
 *
 * @param x - Shape [n, d], finite.
 * @returns What can be asked.
 * @example
 * ```ts
 * const tree = rowTree(matrix([[0, 0], [5, 5], [6, 5]]));
 * tree.nearest(Float64Array.of(6, 6)) // => 2
 * const found: number[] = [];
 * tree.within(Float64Array.of(5, 5), 1, (row) => found.push(row));
 * found.sort() // => [1, 2]
 * ```
 * @see Bentley, Communications of the ACM 18(9), 1975. Peer: scikit-learn `KDTree`.
 */
export function rowTree(x: Matrix): RowTree {
  const { rows, cols: d } = x;
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  const levels = Math.max(0, Math.ceil(Math.log2(rows / leafRows)));
  const nodes = 2 ** (levels + 1);
  const boxes = new Float64Array(nodes * 2 * d); // lowest, then highest of each feature
  build(x, order, { node: 1, from: 0, to: rows, level: levels }, boxes);
  const data = new Float64Array(x.data.length); // rows in the tree's order, side by side
  for (const [at, row] of order.entries())
    data.set(x.data.subarray(row * d, (row + 1) * d), at * d);

  const away = (point: Float64Array, node: number): number => {
    let sum = 0;
    for (let j = 0, low = node * 2 * d, high = low + d; j < d; j++, low++, high++) {
      const p = point[j]!;
      const by = p < boxes[low]! ? boxes[low]! - p : p > boxes[high]! ? p - boxes[high]! : 0;
      sum += by * by;
    }
    return sum;
  };
  const squared = (point: Float64Array, at: number): number => {
    let sum = 0;
    for (let j = 0, k = at * d; j < d; j++, k++) {
      const by = point[j]! - data[k]!;
      sum += by * by;
    }
    return sum;
  };
  /** Descends to the leaves that may hold rows within the limit, which `visit` may lower. */
  const descend = (
    point: Float64Array,
    part: Part,
    limit: () => number,
    visit: (at: number, squared: number) => void,
  ): void => {
    if (away(point, part.node) > limit()) return;
    if (part.level === 0) {
      for (let at = part.from; at < part.to; at++) {
        const by = squared(point, at);
        if (by <= limit()) visit(at, by);
      }
      return;
    }
    const [low, high] = halves(part);
    const lowFirst = away(point, low.node) <= away(point, high.node);
    descend(point, lowFirst ? low : high, limit, visit);
    descend(point, lowFirst ? high : low, limit, visit);
  };
  const whole = { node: 1, from: 0, to: rows, level: levels };
  return {
    within: (point, limit, visit) =>
      descend(
        point,
        whole,
        () => limit,
        (at, by) => visit(order[at]!, by),
      ),
    nearest: (point, limit = Infinity) => {
      let [best, row] = [limit, -1];
      descend(
        point,
        whole,
        () => best,
        (at, by) => {
          if (by === best && row >= 0 && order[at]! > row) return;
          best = by;
          row = order[at]!;
        },
      );
      return row;
    },
  };
}

/** A node, and the places of its rows in the order; level 0 is a leaf. */
interface Part {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly level: number;
}

function halves({ node, from, to, level }: Part): readonly [Part, Part] {
  const middle = (from + to) >> 1;
  return [
    { node: 2 * node, from, to: middle, level: level - 1 },
    { node: 2 * node + 1, from: middle, to, level: level - 1 },
  ];
}

function build(x: Matrix, order: Uint32Array, part: Part, boxes: Float64Array): void {
  const { cols: d, data } = x;
  const { node, from, to } = part;
  const low = node * 2 * d;
  boxes.fill(Infinity, low, low + d);
  boxes.fill(-Infinity, low + d, low + 2 * d);
  for (let at = from; at < to; at++)
    for (let j = 0, k = order[at]! * d; j < d; j++, k++) {
      boxes[low + j] = Math.min(boxes[low + j]!, data[k]!);
      boxes[low + d + j] = Math.max(boxes[low + d + j]!, data[k]!);
    }
  if (part.level === 0) return;
  let widest = 0;
  const width = (j: number): number => boxes[low + d + j]! - boxes[low + j]!;
  for (let j = 1; j < d; j++) if (width(j) > width(widest)) widest = j;
  const value = (row: number): number => data[row * d + widest]!;
  order.subarray(from, to).sort((a, b) => value(a) - value(b) || a - b);
  for (const half of halves(part)) build(x, order, half, boxes);
}
