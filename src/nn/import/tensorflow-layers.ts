/**
 * @file What each layer of TensorFlow.js is here. Its images are [h, w, c], ours [c, h, w]: kernels are turned, and where an image is
 * laid flat, the weights of what follows are dealt in our order.
 */
import { fail } from "../errors.ts";
import { type ShapelessLayer, type Size, shapeless } from "../layer.ts";
import { type ActivationName, activation, activationNames } from "../layers/activation.ts";
import { flatten, reshape } from "../layers/arrangement.ts";
import { conv2d, convTranspose2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { averagePool2d, globalAveragePool, maxPool2d, upsample2d } from "../layers/pooling.ts";
import { batchNorm, dropout, layerNorm } from "../layers/regularisation.ts";
import { embedding, lstm, simpleRnn, stepDense } from "../layers/sequence.ts";
import { sizesIn, type TensorFlowLayer, type TensorFlowWeight } from "./tensorflow-file.ts";

/** A layer of ours with its weights by our names. */
export interface ImportedLayer {
  readonly layer: ShapelessLayer;
  readonly weights?: Readonly<Record<string, Float32Array>>;
}

/** Where the layers stand: the shape of a row of ours, and, of an image that was laid flat, the place of each number in TensorFlow's order. */
export interface Place {
  readonly shape: Size;
  readonly order: readonly number[] | null;
}

type Made = readonly ImportedLayer[];
type Rule = (from: TensorFlowLayer, place: Place) => Made;

/** Refuses a setting with which the layer would compute something else. */
function need({ name, settings }: TensorFlowLayer, key: string, taken: readonly unknown[]): void {
  const got = settings[key];
  if (got === undefined || taken.some((one) => JSON.stringify(one) === JSON.stringify(got))) return;
  fail("nn/unsupported-model", {
    what: `the layer ${name} with ${key} ${JSON.stringify(got)}`,
    expected: `${key} ${taken.map((one) => JSON.stringify(one)).join(" or ")}`,
  });
}

function needRank(
  { name, kind }: TensorFlowLayer,
  { shape }: Place,
  ranks: readonly number[],
): void {
  if (!ranks.includes(shape.length))
    fail("nn/unsupported-model", {
      what: `the layer ${name} (${kind}) after rows of shape [${shape.join(", ")}]`,
      expected: `rows of ${ranks.join(" or ")} axes`,
    });
}

const spellings: Readonly<Record<string, string>> = { swish: "silu", leaky_relu: "leakyRelu" };

/** The activation of a layer; softmax of images is over another axis than ours. */
function activationIn(from: TensorFlowLayer, { shape }: Place, key = "activation"): ActivationName {
  const said = String(from.settings[key] ?? "linear");
  const name = spellings[said] ?? said;
  const taken = activationNames.filter(
    (one) => one !== "leakyRelu" && (one !== "softmax" || shape.length < 3),
  );
  const found = taken.find((one) => one === name);
  return (
    found ??
    fail("nn/unsupported-model", {
      what: `the layer ${from.name} with the activation ${said}`,
      expected: `one of ${taken.join(", ")}`,
    })
  );
}

function weightIn({ name, weights }: TensorFlowLayer, key: string): TensorFlowWeight {
  return (
    weights.get(key) ??
    fail("nn/corrupt-model", {
      what: `the layer ${name}`,
      expected: `a weight ${key}`,
      got: [...weights.keys()].join(", ") || "none",
    })
  );
}

const biasIn = (from: TensorFlowLayer, length: number): Float32Array =>
  from.settings["use_bias"] === false ? new Float32Array(length) : weightIn(from, "bias").values;

/** Numbers of a weight with its axes in another order. */
function turned({ shape, values }: TensorFlowWeight, order: readonly number[]): Float32Array {
  const steps = shape.map((_, i) =>
    shape.slice(i + 1).reduce((product, size) => product * size, 1),
  );
  const sizes = order.map((axis) => shape[axis] ?? 1);
  const into = new Float32Array(values.length);
  for (let place = 0; place < into.length; place++) {
    let [rest, at] = [place, 0];
    for (let i = order.length - 1; i >= 0; i--) {
      at += (rest % (sizes[i] ?? 1)) * (steps[order[i] ?? 0] ?? 0);
      rest = Math.floor(rest / (sizes[i] ?? 1));
    }
    into[place] = values[at] ?? 0;
  }
  return into;
}

/** Rows of numbers of a weight, dealt in our order of what was an image. */
function dealt(values: Float32Array, order: Place["order"], width = 1): Float32Array {
  if (order === null) return values;
  const into = new Float32Array(values.length);
  for (const [i, from] of order.entries())
    into.set(values.subarray(from * width, (from + 1) * width), i * width);
  return into;
}

/** One number of a setting that must be the same for rows and columns. */
function squareIn(from: TensorFlowLayer, key: string): number {
  const value = from.settings[key];
  const [first = 1, second = first] =
    typeof value === "number" ? [value] : sizesIn(value, `${key} of ${from.name}`);
  if (first !== second)
    fail("nn/unsupported-model", {
      what: `the layer ${from.name} with ${key} [${first}, ${second}]`,
      expected: "the same for rows and columns",
    });
  return first;
}

const unitsIn = ({ settings }: TensorFlowLayer, key = "units"): number => Number(settings[key]);

const convolution =
  (make: typeof conv2d | typeof convTranspose2d, order: readonly number[]): Rule =>
  (from, place) => {
    needRank(from, place, [3]);
    need(from, "data_format", ["channels_last"]);
    need(from, "dilation_rate", [1, [1], [1, 1]]);
    need(from, "padding", ["same", "valid"]);
    const [kh = 1, kw = 1] = sizesIn(from.settings["kernel_size"], `kernel_size of ${from.name}`);
    const [filters, stride] = [unitsIn(from, "filters"), squareIn(from, "strides")];
    const padding = from.settings["padding"] === "same" ? "same" : "valid";
    if (make === convTranspose2d && padding === "valid" && Math.min(kh, kw) < stride)
      need(from, "strides", [`at most ${Math.min(kh, kw)}`]); // Keras gives h·stride rows there, too
    const layer = make(filters, {
      size: [kh, kw],
      stride,
      padding,
      activation: activationIn(from, place),
    });
    return [
      {
        layer: shapeless(layer),
        weights: { kernel: turned(weightIn(from, "kernel"), order), bias: biasIn(from, filters) },
      },
    ];
  };

const pooling =
  (make: typeof maxPool2d): Rule =>
  (from, place) => {
    needRank(from, place, [3]);
    need(from, "data_format", ["channels_last"]);
    const [size, stride] = [
      squareIn(from, "pool_size"),
      squareIn(
        {
          ...from,
          settings: {
            ...from.settings,
            strides: from.settings["strides"] ?? from.settings["pool_size"],
          },
        },
        "strides",
      ),
    ];
    const [, h = 0, w = 0] = place.shape;
    const isWhole = size === stride && h % size === 0 && w % size === 0; // then "same" adds nothing
    need(from, "padding", isWhole ? ["valid", "same"] : ["valid"]);
    return [{ layer: shapeless(make(size, stride)) }];
  };

const recurrent =
  (make: typeof lstm | typeof simpleRnn, gates: number): Rule =>
  (from, place) => {
    needRank(from, place, [2]);
    need(from, "activation", ["tanh"]);
    if (gates > 1) need(from, "recurrent_activation", ["sigmoid"]);
    for (const key of ["go_backwards", "stateful", "return_state"]) need(from, key, [false]);
    const units = unitsIn(from);
    const layer =
      from.settings["return_sequences"] === true ? make(units, { sequences: true }) : make(units);
    const weights = {
      kernel: weightIn(from, "kernel").values,
      "recurrent kernel": weightIn(from, "recurrent_kernel").values,
      bias: biasIn(from, gates * units),
      "recurrent bias": new Float32Array(gates * units),
    };
    return [{ layer: shapeless(layer), weights }];
  };

const rules: Readonly<Record<string, Rule>> = {
  InputLayer: () => [],
  Dense: (from, place) => {
    needRank(from, place, [1, 2]);
    const [units, act] = [unitsIn(from), activationIn(from, place)];
    const kernel = dealt(weightIn(from, "kernel").values, place.order, units);
    const layer =
      place.shape.length === 1 ? dense(units, { activation: act }) : stepDense(units, act);
    return [{ layer: shapeless(layer), weights: { kernel, bias: biasIn(from, units) } }];
  },
  Conv2D: convolution(conv2d, [3, 2, 0, 1]),
  Conv2DTranspose: convolution(convTranspose2d, [3, 2, 0, 1]),
  MaxPooling2D: pooling(maxPool2d),
  AveragePooling2D: pooling(averagePool2d),
  GlobalAveragePooling2D: (from, place) => {
    needRank(from, place, [3]);
    return [{ layer: shapeless(globalAveragePool()) }];
  },
  UpSampling2D: (from, place) => {
    needRank(from, place, [3]);
    need(from, "interpolation", ["nearest"]);
    return [{ layer: shapeless(upsample2d(squareIn(from, "size"))) }];
  },
  Flatten: () => [{ layer: shapeless(flatten()) }],
  Dropout: ({ settings }) => [{ layer: dropout(Number(settings["rate"] ?? 0)) }],
  Activation: (from, place) => [{ layer: activation(activationIn(from, place)) }],
  ReLU: (from) => {
    need(from, "max_value", [null]);
    return [{ layer: activation("relu") }];
  },
  Softmax: (from, place) => {
    needRank(from, place, [1, 2]);
    need(from, "axis", [-1]);
    return [{ layer: activation("softmax") }];
  },
  Reshape: (from, place) => {
    const shape = sizesIn(from.settings["target_shape"], `target_shape of ${from.name}`);
    const isSame = (sizes: Size): boolean =>
      sizes.length < 3 || sizes.at(sizes === shape ? -1 : 0) === 1;
    if (place.order !== null || !isSame(place.shape) || !isSame(shape))
      fail("nn/unsupported-model", {
        what: `the layer ${from.name} (Reshape) to or from images of several channels`,
        expected: "rows without images, or images of one channel",
      });
    return [
      { layer: shapeless(reshape(shape.length === 3 ? [1, shape[0] ?? 1, shape[1] ?? 1] : shape)) },
    ];
  },
  BatchNormalization: (from, place) => {
    needRank(from, place, [1, 3]);
    need(from, "axis", [-1, place.shape.length, [place.shape.length]]);
    const length = place.shape[0] ?? 1;
    const of = (key: string, value: number): Float32Array =>
      from.settings[key === "gamma" ? "scale" : "center"] === false && value >= 0
        ? new Float32Array(length).fill(value)
        : dealt(weightIn(from, key).values, place.order);
    const layer = batchNorm({
      momentum: Number(from.settings["momentum"] ?? 0.99),
      epsilon: Number(from.settings["epsilon"] ?? 1e-3),
    });
    return [
      {
        layer,
        weights: {
          gamma: of("gamma", 1),
          beta: of("beta", 0),
          mean: of("moving_mean", -1),
          variance: of("moving_variance", -1),
        },
      },
    ];
  },
  LayerNormalization: (from, place) => {
    needRank(from, place, [1, 2]);
    need(from, "axis", [-1, [-1], place.shape.length, [place.shape.length]]);
    const layer = layerNorm(Number(from.settings["epsilon"] ?? 1e-3));
    return [
      {
        layer,
        weights: {
          gamma: dealt(weightIn(from, "gamma").values, place.order),
          beta: dealt(weightIn(from, "beta").values, place.order),
        },
      },
    ];
  },
  Embedding: (from, place) => {
    needRank(from, place, [1]);
    need(from, "mask_zero", [false, null]);
    const layer = embedding(unitsIn(from, "input_dim"), unitsIn(from, "output_dim"));
    return [{ layer: shapeless(layer), weights: { table: weightIn(from, "embeddings").values } }];
  },
  LSTM: recurrent(lstm, 4),
  SimpleRNN: recurrent(simpleRnn, 1),
};

/** Names of the layers that are taken. */
export const tensorFlowLayers = Object.keys(rules);

/** What a layer is here. @throws `nn/unsupported-model`, `nn/corrupt-model` */
export function importedLayers(from: TensorFlowLayer, place: Place): Made {
  const rule = Object.hasOwn(rules, from.kind) ? rules[from.kind] : undefined;
  if (rule === undefined)
    return fail("nn/unsupported-model", {
      what: `the layer ${from.name} (${from.kind})`,
      expected: `layers of ${tensorFlowLayers.join(", ")}`,
    });
  return rule(from, place);
}

/** The order after a layer: laid flat, an image of TensorFlow is row by row with all channels of a place together. */
export function orderAfter({ kind }: TensorFlowLayer, { shape, order }: Place): Place["order"] {
  if (kind !== "Flatten") return kind === "Dense" ? null : order;
  const [c = 1, h = 1, w = 1] = shape;
  if (shape.length !== 3 || c === 1) return order;
  return Array.from({ length: c * h * w }, (_, i) => (i % (h * w)) * c + Math.floor(i / (h * w)));
}
