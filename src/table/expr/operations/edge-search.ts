/** @file Finding a number among increasing edges, once or a million times. */

/** How many edges are at most x: the number of the bucket [edge, next edge) that x falls into. */
export function bucketAt(edges: readonly number[], x: number): number {
  return between(edges, { x, low: 0, high: edges.length });
}

type Numbers = readonly number[] | Float64Array;

function between(edges: Numbers, at: { x: number; low: number; high: number }): number {
  let { low, high } = at;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Number.NaN) <= at.x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Edges over which a grid of equally wide cells is laid. */
export interface GridOfEdges {
  readonly edges: Float64Array;
  /** How many edges lie in the cells before each cell, and at the end in all. */
  readonly before: Int32Array;
  /** Cells per unit. */
  readonly scale: number;
}

const cellsPerEdge = 4;

/** Lays a grid over edges, k ≥ 1: a search then looks at the few edges of one cell. */
export function gridOf(increasing: readonly number[]): GridOfEdges {
  const edges = Float64Array.from(increasing);
  const width = (edges.at(-1) ?? 0) - (edges[0] ?? 0);
  const wanted = cellsPerEdge * edges.length;
  const scale = wanted / width > 0 && wanted / width < Infinity ? wanted / width : 0;
  const before = new Int32Array(wanted + 2);
  const grid = { edges, before, scale };
  for (const edge of edges) {
    const next = cellOf(grid, edge) + 1;
    before[next] = (before[next] ?? 0) + 1;
  }
  for (let cell = 1; cell < before.length; cell++)
    before[cell] = (before[cell] ?? 0) + (before[cell - 1] ?? 0);
  return grid;
}

/** The cell of a number, which never falls as numbers rise; those outside are in the outermost. */
function cellOf({ edges, before, scale }: GridOfEdges, x: number): number {
  if (scale === 0) return 0;
  const cell = (x - (edges[0] ?? 0)) * scale;
  return cell > 0 ? Math.min(Math.floor(cell), before.length - 2) : 0;
}

/** {@link bucketAt} over a grid: edges of lower cells are below x, those of higher ones above. */
export function bucketIn(grid: GridOfEdges, x: number): number {
  const cell = cellOf(grid, x);
  const [low, high] = [grid.before[cell] ?? 0, grid.before[cell + 1] ?? 0];
  return low === high ? low : between(grid.edges, { x, low, high });
}
