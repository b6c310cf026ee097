/** @file Any ONNX model of images as a backbone: what one of its tensors holds are the features. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Images } from "../../dataset/index.ts";
import { fail } from "../errors.ts";
import type { ImportedNetwork } from "../import/index.ts";
import { byteScale } from "../train/feed.ts";
import type { Backbone } from "./transfer.ts";

/** Options of {@link onnxBackbone}. */
export interface OnnxBackboneOptions {
  /** The images it will be given: channels, rows and columns, as the model's one input takes them. */
  readonly shape: Images["shape"];
  /** The tensor whose numbers are the features; of maps [c, h, w] the mean of each channel. Default the first output. */
  readonly tensor?: string;
  /** What a byte of 0 and one of 255 become. Default 0 and 1; many models want −1 and 1. */
  readonly low?: number;
  readonly high?: number;
}

/**
 * An imported model as a frozen backbone for `transferLearn`: PyTorch's, for one, cut before its last layers.
 *
 * @param network - As `importOnnx` opened it; it stays open.
 * @param options - See {@link OnnxBackboneOptions}.
 * @throws `nn/mismatch-network` where the tensor holds no features, `nn/mismatch-rows`, `nn/unknown-tensor`, `option/out-of-range`,
 *   `option/unknown-name`
 */
export async function onnxBackbone(
  network: ImportedNetwork,
  options: OnnxBackboneOptions,
): Promise<Backbone> {
  checkNames("onnxBackbone", options, ["shape", "tensor", "low", "high"]);
  const { shape, tensor, low = 0, high = 1 } = options;
  checkNumber("onnxBackbone", { low });
  checkNumber("onnxBackbone", { high }, { above: low });
  const size = shape[0] * shape[1] * shape[2];
  const features = async (pixels: Uint8Array): Promise<Float32Array> => {
    const data = Float32Array.from(pixels, (byte) => low + byte * byteScale * (high - low));
    const told = await network.features({ data, shape: [pixels.length / size, ...shape] }, tensor);
    const [, width, ...places] = told.shape;
    if (width === undefined)
      fail("nn/mismatch-network", {
        at: "onnxBackbone",
        expected: "features for each image, [n, d] or [n, c, h, w]",
        got: `[${told.shape.join(", ")}]`,
      });
    return averaged(
      told.data,
      places.reduce((product, side) => product * side, 1),
    );
  };
  const width = (await features(new Uint8Array(size))).length;
  return { shape, width, features };
}

/** The mean of every `places` numbers. */
function averaged(data: Float32Array, places: number): Float32Array {
  if (places === 1) return data;
  const means = new Float32Array(data.length / places);
  for (let i = 0; i < data.length; i++)
    means[Math.floor(i / places)] = (means[Math.floor(i / places)] ?? 0) + (data[i] ?? 0) / places;
  return means;
}
