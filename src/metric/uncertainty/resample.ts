/** @file Rows drawn again with replacement: at random, within classes, or whole queries. */
import type { Random } from "../../core/index.ts";
import type { ScoredRows } from "../metrics.ts";

/** How rows are drawn. */
export interface Drawing {
  /** Each class keeps as many rows as it has. */
  readonly stratified: boolean;
}

/** A draw: row numbers, and the query that each is of in the draw, where whole queries are drawn. */
export interface Drawn {
  readonly rows: Uint32Array;
  readonly groups?: Uint32Array;
}

/** Makes what draws n rows with replacement; with queries, as many queries as there are, whole. */
export function drawer(of: ScoredRows, { stratified }: Drawing): (chance: Random) => Drawn {
  const n = of.y.length;
  if (of.groups !== undefined) {
    const queries = listsOf(of.groups, n);
    return (chance) => {
      const drawn = queries.map(() => queries[chance.below(queries.length)] ?? []);
      return {
        rows: Uint32Array.from(drawn.flat()),
        groups: Uint32Array.from(drawn.flatMap((rows, query) => rows.map(() => query))),
      };
    };
  }
  if (!stratified)
    return (chance) => ({ rows: Uint32Array.from({ length: n }, () => chance.below(n)) });
  const classes = listsOf(of.y, n);
  return (chance) => ({
    rows: Uint32Array.from(
      classes.flatMap((rows) => rows.map(() => rows[chance.below(rows.length)] ?? 0)),
    ),
  });
}

/** The numbers of the rows of each value. */
function listsOf(values: ArrayLike<number>, n: number): readonly (readonly number[])[] {
  const lists = new Map<number, number[]>();
  for (let row = 0; row < n; row++) {
    const value = values[row] ?? 0;
    const list = lists.get(value);
    if (list === undefined) lists.set(value, [row]);
    else list.push(row);
  }
  return [...lists.values()];
}

/** The rows of a draw. */
export function taken(of: ScoredRows, { rows, groups }: Drawn): ScoredRows {
  const k = of.task.kind === "multiclass" ? of.task.classes.length : 1;
  const given = new Float64Array(rows.length * k);
  for (const [i, row] of rows.entries())
    for (let c = 0; c < k; c++) given[i * k + c] = of.predictions[row * k + c] ?? 0;
  const pick = (from: ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, (row) => from[row] ?? 0);
  return {
    task: of.task,
    y: pick(of.y),
    predictions: given,
    ...(of.weights === undefined ? {} : { weights: pick(of.weights) }),
    ...(of.groups === undefined ? {} : { groups: groups ?? pick(of.groups) }),
    ...(of.threshold === undefined ? {} : { threshold: of.threshold }),
  };
}

/**
 * All rows but those of one block of at most `blocks`, for each block: a jackknife that large data can pay.
 * Nothing of one block, since no rows would be left.
 */
export function leftOut(of: ScoredRows, blocks: number): readonly Drawn[] {
  const n = of.y.length;
  const all = Uint32Array.from({ length: n }, (_, row) => row);
  if (of.groups === undefined) {
    const count = n < 2 ? 0 : Math.min(n, blocks);
    return Array.from({ length: count }, (_, b) => ({
      rows: all.filter((row) => row % count !== b),
    }));
  }
  const queries = listsOf(of.groups, n);
  const count = queries.length < 2 ? 0 : Math.min(queries.length, blocks);
  const place = new Uint32Array(n);
  for (const [query, rows] of queries.entries()) for (const row of rows) place[row] = query % count;
  return Array.from({ length: count }, (_, b) => ({ rows: all.filter((row) => place[row] !== b) }));
}
