/** @file A predictor back from plain data, without changing a bit of what it predicts. */
import type { Predictor } from "../flow.ts";
import {
  type CompleteTrees,
  findTreeDamage,
  fromCompleteTrees,
  type Trees,
} from "../tensor/index.ts";
import { boostPredictor } from "./boost.ts";
import { fail } from "./errors.ts";
import { logisticPredictor } from "./logistic.ts";
import { majorityPredictor } from "./majority.ts";
import { predictorFormat } from "./predictor-format.ts";

export { type PredictorState, predictorState } from "./predictor-format.ts";

/**
 * The predictor of a state; it predicts the same bits as the one that was stored.
 *
 * @param value - What `parseJson` read.
 * @returns The predictor.
 * @throws `model/unsupported-format` for a newer format, `model/unknown-kind`,
 *   `model/corrupt-state`
 * @example
 * ```ts
 * const text = formatJson(predictorState(majorityPredictor({ share: 0.3, width: 1 })));
 * predictorFromState(parseJson(text)).predict(matrix([[1]])) // => Float64Array.of(0.3)
 * ```
 */
export function predictorFromState(value: unknown): Predictor {
  const state = fieldsOf(value, "the state");
  const [kind, written] = [state.text("kind"), state.number("format")];
  if (written > predictorFormat)
    fail("model/unsupported-format", { kind, got: written, known: predictorFormat });
  const read = Object.entries(readers).find(([name]) => name === kind)?.[1];
  if (read === undefined)
    return fail("model/unknown-kind", { got: kind, known: Object.keys(readers) });
  return read(state);
}

const readers: Readonly<Record<string, (state: Fields) => Predictor>> = {
  majority: (state) =>
    majorityPredictor({ share: state.number("share"), width: state.number("width") }),
  logistic: (state) =>
    logisticPredictor({
      weights: state.array("weights", Float64Array),
      bias: state.number("bias"),
      iterations: state.number("iterations"),
      converged: state.boolean("converged"),
    }),
  boost: readBoost,
};

function readBoost(state: Fields): Predictor {
  const width = state.number("width");
  const fields = fieldsOf(state.value["trees"], "trees");
  const trees =
    fields.value["starts"] === undefined
      ? fromCompleteTrees(readCompleteTrees(fields, width), width, state.number("base"))
      : readTrees(fields, width);
  const importances =
    state.value["importances"] === undefined
      ? {}
      : { importances: state.array("importances", Float64Array) };
  return boostPredictor({ width, trees, ...importances });
}

/** Trees as a state has them; their width must be the predictor's. */
function readTrees(fields: Fields, width: number): Trees {
  const trees = {
    width: fields.number("width"),
    outputs: fields.number("outputs"),
    leafWidth: fields.number("leafWidth"),
    average: fields.boolean("average"),
    base: fields.array("base", Float64Array),
    starts: fields.array("starts", Int32Array),
    features: fields.array("features", Int32Array),
    thresholds: fields.array("thresholds", Float64Array),
    left: fields.array("left", Int32Array),
    flags: fields.array("flags", Uint8Array),
    setStarts: fields.array("setStarts", Int32Array),
    setWords: fields.array("setWords", Uint32Array),
    values: fields.array("values", Float64Array),
    covers: fields.array("covers", Float64Array),
    gains: fields.array("gains", Float64Array),
  };
  const damage = findTreeDamage({ ...trees, width });
  if (damage !== undefined) damaged(`trees.${damage.field}`, damage.expected, damage.got);
  if (trees.width !== width) damaged("trees.width", `${width}`, `${trees.width}`);
  return trees;
}

/** What format 1 had in their place. */
function readCompleteTrees(fields: Fields, width: number): CompleteTrees {
  const trees = {
    depth: fields.number("depth"),
    features: fields.array("features", Int32Array),
    thresholds: fields.array("thresholds", Float64Array),
    missingRight: fields.array("missingRight", Uint8Array),
    leaves: fields.array("leaves", Float32Array),
  };
  const inner = (trees.leaves.length / 2 ** trees.depth) * (2 ** trees.depth - 1);
  for (const field of ["features", "thresholds", "missingRight"] as const)
    if (trees[field].length !== inner)
      damaged(`trees.${field}`, `${inner} values`, `${trees[field].length}`);
  const odd = trees.features.find((f) => f < 0 || f >= width);
  if (odd !== undefined) damaged("trees.features", `features below ${width}`, `${odd}`);
  return trees;
}

type Fields = ReturnType<typeof fieldsOf>;

/** Reads the fields of an object, each of the type that is asked for. */
function fieldsOf(candidate: unknown, name: string) {
  const value = isRecord(candidate) ? candidate : damaged(name, "an object", typeof candidate);
  const number = (field: string): number => {
    const got = value[field];
    return typeof got === "number" ? got : damaged(field, "a number", typeof got);
  };
  const text = (field: string): string => {
    const got = value[field];
    return typeof got === "string" ? got : damaged(field, "a text", typeof got);
  };
  const boolean = (field: string): boolean => {
    const got = value[field];
    return typeof got === "boolean" ? got : damaged(field, "true or false", typeof got);
  };
  const array = <A extends object>(field: string, type: new (length: number) => A): A => {
    const got = value[field];
    return got instanceof type ? got : damaged(field, `a ${type.name}`, typeof got);
  };
  return { value, number, text, boolean, array };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(field: string, expected: string, got: string): never {
  return fail("model/corrupt-state", { field, expected, got });
}
