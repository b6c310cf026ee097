/** @file The check that a layer gets rows of the shape it takes. */
import { formatShape, type Tensor } from "../../tensor/index.ts";
import { fail } from "../errors.ts";

/** What the axes of a row are called. */
type Axes = readonly string[];
type Sizes<A extends Axes> = { readonly [K in keyof A]: number };

/** The sizes of rows of these axes. @throws `nn/mismatch-layer` with both shapes */
export function checkRank<const A extends Axes>(layer: string, x: Tensor, axes: A): Sizes<A> {
  const sizes: readonly number[] = x.shape.slice(1);
  if (hasSizes(sizes, axes)) return sizes;
  return fail("nn/mismatch-layer", {
    layer,
    expected: `rows of shape [${axes.join(", ")}]`,
    got: formatShape(sizes),
  });
}

const hasSizes = <A extends Axes>(
  sizes: readonly number[],
  axes: A,
): sizes is Sizes<A> & readonly number[] => sizes.length === axes.length;
