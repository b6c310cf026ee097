/** @file Layers that move numbers: flatten and reshape. */
import { checkNumber } from "../../core/index.ts";
import { formatShape, ops, sizeOf } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Layer, Size } from "../layer.ts";

/** A row of any shape as one of numbers: [1, 28, 28] becomes [784]. */
export const flatten = (): Layer<Size, readonly [number]> => ({
  kind: "flatten",
  options: {},
  build: (x) => ops.reshape(x, [x.shape[0] ?? 0, sizeOf(x.shape.slice(1))]),
});

/** A row in another shape of as many numbers. @throws `option/out-of-range`; `nn/mismatch-layer` when the network is made */
export function reshape<const To extends Size>(shape: To): Layer<Size, To> {
  for (const size of shape) checkNumber("reshape", { size }, { min: 1, integer: true });
  return {
    kind: "reshape",
    options: { shape },
    build: (x) => {
      const from = x.shape.slice(1);
      if (sizeOf(from) !== sizeOf(shape))
        fail("nn/mismatch-layer", {
          layer: "reshape",
          expected: `${sizeOf(shape)} numbers a row for ${formatShape(shape)}`,
          got: formatShape(from),
        });
      return ops.reshape(x, [x.shape[0] ?? 0, ...shape]);
    },
  };
}
