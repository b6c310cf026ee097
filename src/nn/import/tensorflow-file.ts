/** @file The files of TensorFlow.js: layers with their settings, and weights by name, checked before anything is made of them. */
import { isRecord } from "../../core/index.ts";
import { fail } from "../errors.ts";

/** Settings of a layer, by the names of the file. */
export type Settings = Readonly<Record<string, unknown>>;

/** A layer as the file has it, with its weights in its own layout. */
export interface TensorFlowLayer {
  readonly kind: string;
  readonly name: string;
  readonly settings: Settings;
  readonly weights: ReadonlyMap<string, TensorFlowWeight>;
}

/** Numbers of a weight, row by row. */
export interface TensorFlowWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An object of the file. @throws `nn/corrupt-model` */
export function objectIn(value: unknown, what: string): Settings {
  if (isRecord(value)) return value;
  return fail("nn/corrupt-model", { what, expected: "an object", got: typeof value });
}

/** A list of the file. @throws `nn/corrupt-model` */
export function listIn(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value)
    ? value
    : fail("nn/corrupt-model", { what, expected: "a list", got: typeof value });
}

/** Whole sizes of the file. @throws `nn/corrupt-model` */
export function sizesIn(value: unknown, what: string): readonly number[] {
  const sizes = listIn(value, what).map(Number);
  if (sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) return sizes;
  return fail("nn/corrupt-model", { what, expected: "sizes", got: JSON.stringify(value) });
}

/** The layers of a model that is one after the other. @throws `nn/corrupt-model`, `nn/unsupported-model` */
export function layersIn(model: unknown, bytes: Uint8Array): readonly TensorFlowLayer[] {
  const file = objectIn(model, "model.json");
  const topology = objectIn(file["modelTopology"], "modelTopology");
  const whole = objectIn(topology["model_config"] ?? topology, "model_config");
  const config = whole["config"];
  const layers = listIn(
    Array.isArray(config) ? config : objectIn(config, "config")["layers"],
    "layers",
  );
  const weights = weightsIn(file, bytes);
  let before: string | undefined;
  return layers.map((one) => {
    const {
      class_name: kind,
      config: settings,
      name,
      inbound_nodes: nodes,
    } = objectIn(one, "a layer");
    const own = objectIn(settings, "the settings of a layer");
    const called = String(own["name"] ?? name);
    const sources =
      JSON.stringify(nodes ?? [])
        .match(/\["[^"]*",\d+,\d+/g)
        ?.map((text) => text.slice(2).split('"')[0]) ?? [];
    if (sources.length > 1 || (sources.length === 1 && sources[0] !== before))
      fail("nn/unsupported-model", {
        what: `the layer ${called}, which follows ${sources.join(" and ")}`,
        expected: "layers one after the other",
      });
    before = called;
    const mine = [...weights].filter(([key]) => key.startsWith(`${called}/`));
    return {
      kind: String(kind),
      name: called,
      settings: own,
      weights: new Map(mine.map(([key, value]) => [key.split("/").at(-1) ?? "", value])),
    };
  });
}

/** All weights, by their whole names. */
function weightsIn(file: Settings, bytes: Uint8Array): ReadonlyMap<string, TensorFlowWeight> {
  const groups =
    file["weightSpecs"] === undefined
      ? listIn(file["weightsManifest"], "weightsManifest").flatMap((group) =>
          listIn(objectIn(group, "a group of weights")["weights"], "weights"),
        )
      : listIn(file["weightSpecs"], "weightSpecs");
  let at = 0;
  const found = groups.map((one): [string, TensorFlowWeight] => {
    const { name, shape, dtype, quantization } = objectIn(one, "a weight");
    if (dtype !== "float32" || quantization !== undefined)
      fail("nn/unsupported-model", {
        what: `the weight ${String(name)} of ${quantization === undefined ? String(dtype) : "quantised numbers"}`,
        expected: "weights of float32",
      });
    const sizes = sizesIn(shape, `the shape of ${String(name)}`);
    const length = sizes.reduce((product, size) => product * size, 1);
    const from = at;
    at += 4 * length;
    if (at > bytes.length)
      fail("nn/corrupt-model", {
        what: `the weight ${String(name)}`,
        expected: `${4 * length} bytes`,
        got: `${bytes.length - from}`,
      });
    return [String(name), { shape: sizes, values: new Float32Array(bytes.slice(from, at).buffer) }];
  });
  if (at !== bytes.length)
    fail("nn/corrupt-model", {
      what: "the file of weights",
      expected: `${at} bytes`,
      got: `${bytes.length}`,
    });
  return new Map(found);
}
