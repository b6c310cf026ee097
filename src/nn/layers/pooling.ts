/** @file Pooling and enlarging of images [c, h, w]. */
import { checkNumber } from "../../core/index.ts";
import { ops } from "../../tensor/index.ts";
import type { Layer } from "../layer.ts";
import { checkRank } from "./check-rank.ts";
import type { Image } from "./convolution.ts";

interface Window {
  readonly size: number;
  readonly stride: number;
}

function pooling(
  kind: "maxPool2d" | "averagePool2d",
  { size, stride }: Window,
): Layer<Image, Image> {
  checkNumber(kind, { size }, { min: 1, integer: true });
  checkNumber(kind, { stride }, { min: 1, integer: true });
  const pool = kind === "maxPool2d" ? ops.maxPool : ops.averagePool;
  return {
    kind,
    options: { size, stride },
    build: (x) => {
      checkRank(kind, x, ["channels", "rows", "columns"]);
      return pool(x, { size: [size, size], stride: [stride, stride] });
    },
  };
}

/** The largest number of each square of `size` × `size`; squares move by `stride`, default their size. @throws `option/out-of-range` */
export const maxPool2d = (size = 2, stride = size): Layer<Image, Image> =>
  pooling("maxPool2d", { size, stride });

/** The mean of each square of `size` × `size`; squares move by `stride`, default their size. @throws `option/out-of-range` */
export const averagePool2d = (size = 2, stride = size): Layer<Image, Image> =>
  pooling("averagePool2d", { size, stride });

/** The mean of each channel: [c, h, w] becomes [c]. */
export const globalAveragePool = (): Layer<Image, readonly [number]> => ({
  kind: "globalAveragePool",
  options: {},
  build: (x) => {
    checkRank("globalAveragePool", x, ["channels", "rows", "columns"]);
    return ops.globalAveragePool(x);
  },
});

/** Each number as a square of `factor` × `factor` of it: [c, h, w] becomes [c, h·factor, w·factor]. @throws `option/out-of-range` */
export function upsample2d(factor = 2): Layer<Image, Image> {
  checkNumber("upsample2d", { factor }, { min: 1, integer: true });
  return {
    kind: "upsample2d",
    options: { factor },
    build: (x) => {
      checkRank("upsample2d", x, ["channels", "rows", "columns"]);
      return ops.upsample(x, factor);
    },
  };
}
