/** @file What is rare in a column of labels: how much of it another column never had, beyond what chance explains. */
import { hashOfLabel, type LabelSketch, sampled } from "./label-sketch.ts";

/** A share of rows, and its standard error: 0 where it was counted and not drawn from a sample. */
interface Estimate {
  readonly share: number;
  readonly error: number;
}

/** The share of a column's rows whose label the other never had. Where not all labels are counted, by the samples. */
export function unseenShare(own: LabelSketch, other: LabelSketch): number {
  return unseen(own, other, new Set()).share;
}

/**
 * The rows outside the listed labels, and those of them that are news: whose label the other column never
 * had, beyond what chance explains. By chance a row has a label that n other rows never had with
 * probability f₁ / n, where f₁ of the n have a label that came once. What is above that is news, where it is above by
 * more than three standard errors.
 *
 * @see Good, Biometrika 40, 1953, after Turing.
 */
export function unlistedRows(
  own: LabelSketch,
  other: LabelSketch,
  listed: ReadonlySet<string>,
): { readonly rows: number; readonly news: number } {
  const known = knownRows(own);
  let rows = known;
  for (const [label, n] of own.counts) if (listed.has(label)) rows -= n;
  if (rows === 0) return { rows, news: 0 };
  const found = unseen(own, other, listed);
  const once = onceShare(other);
  const error = Math.hypot(
    found.error,
    once.error,
    Math.sqrt((found.share * (1 - found.share)) / Math.max(1, known)),
    Math.sqrt((2 * once.share) / Math.max(1, knownRows(other))),
  );
  const beyond = found.share - once.share;
  return { rows, news: beyond > 3 * error ? Math.min(rows, known * beyond) : 0 };
}

/** Rows that have a label. */
const knownRows = ({ rows, missing }: LabelSketch): number => rows - missing;

/** The share of all rows that is outside the listed labels and whose label the other never had. */
function unseen(own: LabelSketch, other: LabelSketch, listed: ReadonlySet<string>): Estimate {
  const known = knowerOf(other);
  const drawn: Drawn[] = sampledRest(own)
    .map(([hash, n]) => [n, known(hash)] as const)
    .flatMap(decided);
  let [counted, undecided] = [0, own.rest];
  for (const [label, n] of own.counts) {
    if (listed.has(label) || other.counts.has(label)) continue;
    const isKnown = known(hashOfLabel(label));
    if (isKnown === undefined) undecided += n;
    else {
      drawn.push([n, !isKnown]);
      if (!isKnown) counted += n;
    }
  }
  return shareOfAll(own, { counted, undecided, drawn });
}

/** The share of rows whose label came once. */
function onceShare(own: LabelSketch): Estimate {
  let counted = 0;
  for (const n of own.counts.values()) if (n === 1) counted += 1;
  const drawn = sampledRest(own).map(([, n]): Drawn => [n, n === 1]);
  return shareOfAll(own, { counted, undecided: own.rest, drawn });
}

/** The rows of a label of a sample, and whether it is what is looked for. */
type Drawn = readonly [rows: number, isIt: boolean];

const decided = ([n, isKnown]: readonly [number, boolean | undefined]): readonly Drawn[] =>
  isKnown === undefined ? [] : [[n, !isKnown]];

/** Rows counted, and of those that were not the share that the sample has. */
function shareOfAll(
  own: LabelSketch,
  { counted, undecided, drawn }: { counted: number; undecided: number; drawn: readonly Drawn[] },
): Estimate {
  const all = Math.max(1, knownRows(own));
  const rows = drawn.reduce((sum, [n]) => sum + n, 0);
  if (undecided === 0 || rows === 0) return { share: counted / all, error: 0 };
  const share = drawn.reduce((sum, [n, isIt]) => sum + (isIt ? n : 0), 0) / rows;
  const squares = drawn.reduce((sum, [n, isIt]) => sum + (n * ((isIt ? 1 : 0) - share)) ** 2, 0);
  const weight = undecided / all;
  return { share: counted / all + weight * share, error: (weight * Math.sqrt(squares)) / rows };
}

/** The sampled labels that are not counted. */
function sampledRest({
  rest,
  counts,
  sample,
}: LabelSketch): readonly (readonly [number, number])[] {
  if (rest === 0) return [];
  const kept = new Set([...counts.keys()].map(hashOfLabel));
  return [...sample].filter(([hash]) => !kept.has(hash));
}

/** Whether a column has a label, by its hash; undefined where the sample does not reach so far. */
function knowerOf(own: LabelSketch): (hash: number) => boolean | undefined {
  const sample = sampled(own);
  const reach = own.rest === 0 ? Infinity : ([...sample.keys()].at(-1) ?? 0);
  return (hash) => (hash <= reach ? sample.has(hash) : undefined);
}
