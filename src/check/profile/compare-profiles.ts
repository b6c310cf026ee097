/** @file Two profiles of a table compared: columns that came, went, or hold other values now. */
import type { ColumnKind, DriftLevel } from "../../flow.ts";
import { fail } from "./errors.ts";
import {
  type ColumnProfile,
  type NumberProfile,
  type ProfileDrift,
  profileFormat,
  rounded,
  type TableProfile,
} from "./profile.ts";
import { valueText } from "./words.ts";

/** A share of nothing counts as this much, as the monitor counts it. */
const floor = 1e-6;
const moderate = 0.1;
const severe = 0.2;
/** Buckets of numbers: tenths of the earlier values. */
const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/**
 * How far each column has moved from an earlier profile: Σ (pᵢ − qᵢ) ln(pᵢ / qᵢ) over buckets, in
 * nats. Nothing is read again: where both profiles list every value of a column, the values are
 * the buckets; numbers are put into tenths of the earlier values, their shares interpolated between
 * the histogram's edges and the quantiles of either profile; missing cells are a bucket of their
 * own. From 0.1 on a column has moved moderately, from 0.2 on severely, as the monitor has it,
 * which reads the rows and is exact.
 *
 * A column of many texts has no distribution in a profile; there, the share of missing cells is
 * compared, and that of the earlier profile's common values.
 *
 * @param before - The earlier profile.
 * @param now - The later one.
 * @returns Columns of both, largest PSI first, and what came, went or changed its kind.
 * @throws `check/unsupported-profile`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.plans", schema("plans", { plan: text() }));
 * await table.append(["a", "b"].map((plan) => ({ plan })));
 * const before = await profileTable(await table.read());
 * await table.overwrite(["a", "b", "b", "b"].map((plan) => ({ plan })));
 * const now = await profileTable(await table.read());
 * compareProfiles(before, now).columns.map(({ psi, level }) => [psi.toFixed(4), level])
 * // => [["0.2747", "severe"]]
 * ```
 * @see Siddiqi, Credit Risk Scorecards, Wiley 2006.
 */
export function compareProfiles(before: TableProfile, now: TableProfile): ProfileDrift {
  if (before.format !== profileFormat)
    fail("check/unsupported-profile", { found: before.format, known: profileFormat });
  const earlier = new Map(before.columns.map((column) => [column.name, column]));
  const names = new Set(namesOf(now));
  const shared = now.columns.flatMap((column) => {
    const old = earlier.get(column.name);
    return old === undefined ? [] : [{ old, column }];
  });
  const same = shared.filter(({ old, column }) => alike(old, column));
  return {
    rowsBefore: before.rows,
    added: namesOf(now).filter((name) => !earlier.has(name) && !before.leftOut.includes(name)),
    removed: namesOf(before).filter((name) => !names.has(name) && !now.leftOut.includes(name)),
    changedKind: shared.filter((pair) => !same.includes(pair)).map(({ column }) => column.name),
    columns: same
      .map(({ old, column }) => driftOf(old, column))
      .toSorted((a, b) => b.psi - a.psi || (a.column < b.column ? -1 : 1)),
  };
}

const namesOf = ({ columns }: TableProfile): readonly string[] => columns.map(({ name }) => name);

/** A text that became a category, or the other way round, holds the same values. */
function alike(a: ColumnProfile, b: ColumnProfile): boolean {
  const isText = (column: ColumnProfile): boolean =>
    column.kind === "text" || column.kind === "category";
  return a.kind === b.kind || (isText(a) && isText(b));
}

function driftOf(old: ColumnProfile, column: ColumnProfile): ProfileDrift["columns"][number] {
  const { labels, shares } = sharesOf(old, column);
  const [p, q] = shares;
  const [n, m] = [old.count + old.missing, column.count + column.missing];
  const psi = n === 0 || m === 0 ? 0 : rounded(stability(p, q));
  const level: DriftLevel = psi >= severe ? "severe" : psi >= moderate ? "moderate" : "none";
  // The PSI that chance gives: (B − 1)(1/n + 1/m), Yurdakul & Naranjo 2020.
  const noise = n === 0 || m === 0 ? 0 : rounded((p.length - 1) * (1 / n + 1 / m));
  const buckets = labels.map((label, i) => ({
    label,
    before: rounded(p[i] ?? 0),
    now: rounded(q[i] ?? 0),
  }));
  return { column: column.name, psi, level, noise, buckets };
}

function stability(p: readonly number[], q: readonly number[]): number {
  let sum = 0;
  for (const [i, share] of p.entries()) {
    const [a, b] = [Math.max(share, floor), Math.max(q[i] ?? 0, floor)];
    sum += (a - b) * Math.log(a / b);
  }
  return sum;
}

/** The shares of the earlier and of the later profile over the same buckets, and what these are. */
interface Shares {
  readonly labels: readonly string[];
  readonly shares: readonly [readonly number[], readonly number[]];
}

/** The shares of both over the same buckets, the last one being missing cells. */
function sharesOf(old: ColumnProfile, column: ColumnProfile): Shares {
  const complete = old.topHolds === "all" && column.topHolds === "all";
  if (!complete && old.number !== null && column.number !== null)
    return {
      labels: numberLabels(old.kind, old.number),
      shares: [
        numberShares(old, old.number, old.number),
        numberShares(column, column.number, old.number),
      ],
    };
  const values = complete
    ? [...new Set([...old.top, ...column.top].map(({ value }) => value))]
    : old.top.map(({ value }) => value);
  return {
    labels: [...values, "other values", "missing"],
    shares: [valueShares(old, values), valueShares(column, values)],
  };
}

/** The values of a number that end the buckets but the last. */
function cutsOf({ quantiles }: NumberProfile): readonly number[] {
  const edges = quantiles.filter(({ p }) => tenths.some((tenth) => tenth === p));
  return [...new Set(edges.map(({ value }) => value))];
}

function numberLabels(kind: ColumnKind, reference: NumberProfile): readonly string[] {
  const cuts = cutsOf(reference).map((cut) => valueText(kind, cut));
  const [first, last] = [cuts[0] ?? "", cuts.at(-1) ?? ""];
  const inner = cuts.slice(1).map((cut, i) => `${cuts[i]} to ${cut}`);
  return cuts.length === 0
    ? ["all values", "missing"]
    : [`up to ${first}`, ...inner, `above ${last}`, "missing"];
}

function valueShares(column: ColumnProfile, values: readonly string[]): readonly number[] {
  const all = column.count + column.missing;
  const counts = new Map(column.top.map(({ value, count }) => [value, count]));
  const listed = values.map((value) => counts.get(value) ?? 0);
  const other = column.count - listed.reduce((sum, count) => sum + count, 0);
  return [...listed, other, column.missing].map((count) => count / Math.max(1, all));
}

function numberShares(
  column: ColumnProfile,
  own: NumberProfile,
  reference: NumberProfile,
): readonly number[] {
  const cuts = cutsOf(reference);
  const known = knots(own);
  const below = [0, ...cuts.map((cut) => belowOf(known, cut)), 1];
  const present = 1 - column.missingShare;
  const shares = below.slice(1).map((share, i) => Math.max(0, share - (below[i] ?? 0)) * present);
  return [...shares, column.missingShare];
}

interface Knot {
  readonly x: number;
  readonly p: number;
}

/** Points of the distribution: at each x, the largest share of values known to be ≤ x. */
function knots({ min, max, quantiles, histogram }: NumberProfile): readonly Knot[] {
  const points: Knot[] = quantiles.map(({ p, value }) => ({ x: value, p }));
  if (histogram !== null) {
    const all = histogram.counts.reduce((sum, count) => sum + count, 0);
    let sum = 0;
    for (const [i, count] of histogram.counts.slice(0, -1).entries()) {
      sum += count;
      points.push({ x: histogram.min + (i + 1) * histogram.width, p: sum / Math.max(1, all) });
    }
  }
  points.push({ x: min, p: 0 }, { x: max, p: 1 });
  const ordered = points.toSorted((a, b) => a.x - b.x || a.p - b.p);
  const largest = new Map<number, number>();
  let top = 0;
  for (const { x, p } of ordered) {
    top = Math.max(top, p);
    largest.set(x, top);
  }
  return [...largest].map(([x, p]) => ({ x, p }));
}

/** The share of values ≤ x, straight between the points. */
function belowOf(points: readonly Knot[], x: number): number {
  const after = points.findIndex((knot) => knot.x >= x);
  const [next, last] = [points[after], points[after - 1]];
  if (next === undefined) return 1;
  if (next.x === x || last === undefined) return next.x === x ? next.p : 0;
  return last.p + ((next.p - last.p) * (x - last.x)) / (next.x - last.x);
}
