/** @file Texts as one of a fixed number of buckets, without a dictionary. */
import { checkNames, checkNumber } from "../../core/index.ts";
import {
  type CategoryExpr,
  cells,
  schema,
  type TextExpr,
  text,
  toRow,
  when,
} from "../../table/index.ts";
import type { Feature, TextCounts } from "../feature.ts";
import { checkInput } from "./made.ts";

/** Options of {@link hashed}. */
export interface HashedOptions {
  /** How many columns, 2 to 65,536. */
  readonly buckets: number;
  /** Another seed is another distribution over the buckets. Default 0. */
  readonly seed?: number;
  /** Whether half of the texts count −1, so that collisions cancel out on average. Default true. */
  readonly signed?: boolean;
}

const anyText = schema("any", { text: text() });

/** How many collisions a report names. */
const mostReported = 20;

/**
 * A column a bucket: ±1 in that of the text's hash, 0 elsewhere; a missing value is 0 everywhere. What
 * was learned of the training rows is a report of the collisions: how many texts and used buckets there
 * are, and which texts share one.
 *
 * @param of - A text or a category of any number of levels.
 * @returns `buckets` columns, `city#0` and on.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { city: text() });
 * features(people, (c) => ({ city: hashed(c.city, { buckets: 16 }) })).reads // => ["city"]
 * ```
 * @see Weinberger et al., ICML 2009. Peer: scikit-learn `FeatureHasher(input_type="string")`.
 */
export function hashed<R extends string>(
  of: TextExpr<R> | CategoryExpr<R>,
  options: HashedOptions,
): Feature<R> {
  checkNames("hashed", options, ["buckets", "seed", "signed"]);
  checkInput("hashed", of, ["text", "category"]);
  const { buckets, seed = 0, signed = true } = options;
  checkNumber("hashed", { buckets }, { min: 2, max: 65_536, integer: true });
  checkNumber("hashed", { seed }, { min: 0, max: 2 ** 31 - 1, integer: true });
  const hash = of.hash(seed);
  const bucket = hash.abs().mod(buckets);
  const sign = signed ? when(hash.isBelow(0), -1, 1) : 1;
  return {
    transform: "hashed",
    options: { buckets, seed, signed },
    reads: of.reads,
    requests: [{ measure: "counts", of: of.node }],
    learn: (name, measured) => {
      const bucketOf = toRow(cells(anyText).text.hash(seed).abs().mod(buckets));
      return {
        stats: report(measured.counts(0), (text) => bucketOf({ text })),
        outputs: Array.from({ length: buckets }, (_, i) => ({
          name: `${name}#${i}`,
          node: when(bucket.is(i), sign, 0).node,
        })),
      };
    },
  };
}

function report({ counts }: TextCounts, bucketOf: (text: string) => unknown) {
  const groups = Map.groupBy(
    counts.map(({ text }) => text),
    bucketOf,
  );
  const shared = [...groups.values()].filter((texts) => texts.length > 1);
  return {
    levels: counts.length,
    used: groups.size,
    collided: shared.reduce((sum, texts) => sum + texts.length, 0),
    collisions: shared.slice(0, mostReported).map((texts) => texts.slice(0, mostReported)),
  };
}
