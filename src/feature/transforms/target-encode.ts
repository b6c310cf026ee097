/** @file Categories as the share of the label among the training rows that have them. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { CategoryExpr, TextExpr } from "../../table/index.ts";
import type { Feature, LabelCount, Output } from "../feature.ts";
import { checkInput } from "./made.ts";

/** Options of {@link targetEncode}. */
export interface TargetEncodeOptions {
  /**
   * How many rows of the overall share are added to a level's own; or `auto`, by which a level counts
   * the less, the more its rows differ (empirical Bayes). Default `auto`.
   */
  readonly smoothing?: "auto" | number;
  /** Training rows get what was learned from the other folds. Default 5, at least 2. */
  readonly folds?: number;
}

/**
 * The share of true labels among the training rows with this level, drawn towards the share of all
 * rows: λ·p(level) + (1 − λ)·p, where λ = n / (n + smoothing), or with `auto`
 * λ = σ²·n / (σ²·n + s²), σ² the variance of the label, s² that within the level. A missing value is a
 * level of its own; a level that no training row has gets p.
 *
 * In the matrix of the training rows, each row has what was learned from the folds that it is not in,
 * so that its own label is not among its features. Folds go by the key of the schema. They are not stored: features
 * that were loaded give training rows what was learned from all, so fit anew to learn from rows again.
 *
 * @param of - A category or a text.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`; when fitted, `feature/missing-label`,
 * `feature/mismatch-label`, `feature/missing-key`
 * @example
 * ```ts
 * const people = schema("people", { id: int({ key: true }), city: text(), left: bool() });
 * features(people, (c) => ({ city: targetEncode(c.city, { smoothing: 10 }) })).reads // => ["city"]
 * ```
 * @see Micci-Barreca, SIGKDD Explorations 3(1), 2001. Peer: scikit-learn `TargetEncoder`.
 */
export function targetEncode<R extends string>(
  of: CategoryExpr<R> | TextExpr<R>,
  options: TargetEncodeOptions = {},
): Feature<R> {
  checkNames("targetEncode", options, ["smoothing", "folds"]);
  checkInput("targetEncode", of, ["text", "category"]);
  const { smoothing = "auto", folds = 5 } = options;
  if (smoothing !== "auto") checkNumber("targetEncode", { smoothing }, { min: 0 });
  checkNumber("targetEncode", { folds }, { min: 2, max: 1000, integer: true });
  const outputOf = (name: string, counts: readonly LabelCount[]): Output => {
    const { byLevel, overall, missing } = sharesOf(counts, smoothing);
    const [keys, values] = [[...byLevel.keys()], [...byLevel.values()]];
    const known = of.lookup({ keys, values, otherwise: overall });
    return { name, node: known.orElse(missing).node };
  };
  return {
    transform: "targetEncode",
    options: { smoothing, folds },
    reads: of.reads,
    requests: [{ measure: "labels", of: of.node, folds }],
    learn: (name, measured) => {
      const counts = measured.labels(0);
      const { byLevel, overall } = sharesOf(counts, smoothing);
      return {
        stats: { levels: byLevel.size, overall },
        outputs: [outputOf(name, counts)],
        folds: Array.from({ length: folds }, (_, fold) => {
          const others = counts.filter((count) => count.fold !== fold);
          // All rows in one fold: there is nothing to learn from but the share of all of them.
          const unknown = of.lookup({ keys: [], values: [], otherwise: overall }).orElse(overall);
          return [others.length === 0 ? { name, node: unknown.node } : outputOf(name, others)];
        }),
      };
    },
  };
}

interface Shares {
  readonly byLevel: ReadonlyMap<string, number>;
  /** The share of all rows. */
  readonly overall: number;
  /** What a missing value gets. */
  readonly missing: number;
}

interface Sums {
  readonly n: number;
  readonly positives: number;
}

function sharesOf(counts: readonly LabelCount[], smoothing: "auto" | number): Shares {
  const sums = new Map<string | null, Sums>();
  let [n, positives] = [0, 0];
  for (const count of counts) {
    const { n: before, positives: had } = sums.get(count.text) ?? { n: 0, positives: 0 };
    sums.set(count.text, { n: before + count.rows, positives: had + count.positives });
    n += count.rows;
    positives += count.positives;
  }
  const overall = positives / n;
  const shareOf = (of: Sums): number => smoothed(of, { overall, smoothing });
  const nulls = sums.get(null);
  const levels = [...sums].flatMap(([text, of]) =>
    text === null ? [] : [[text, shareOf(of)] as const],
  );
  return {
    byLevel: new Map(levels),
    overall,
    missing: nulls === undefined ? overall : shareOf(nulls),
  };
}

function smoothed(
  { n, positives }: Sums,
  { overall, smoothing }: { readonly overall: number; readonly smoothing: "auto" | number },
): number {
  if (smoothing !== "auto") return (positives + smoothing * overall) / (n + smoothing);
  const share = positives / n;
  const variance = overall * (1 - overall);
  const within = share * (1 - share);
  const weight = variance * n + within === 0 ? 0 : (variance * n) / (variance * n + within);
  return weight * share + (1 - weight) * overall;
}
