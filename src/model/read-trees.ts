/** @file Trees of a stored predictor, checked before anything walks them. */
import { type CompleteTrees, findTreeDamage, type Trees } from "../tensor/index.ts";
import { damaged, type Fields } from "./state-fields.ts";

/** Trees as a state has them; their width must be the predictor's. @throws `model/corrupt-state` */
export function readTrees(fields: Fields, width: number): Trees {
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

/** What format 1 had in their place. @throws `model/corrupt-state` */
export function readCompleteTrees(fields: Fields, width: number): CompleteTrees {
  const depth = fields.number("depth");
  const leaves = fields.array("leaves", Float32Array);
  const inner = (leaves.length / 2 ** depth) * (2 ** depth - 1);
  const features = fields.array("features", Int32Array, inner);
  const thresholds = fields.array("thresholds", Float64Array, inner);
  const missingRight = fields.array("missingRight", Uint8Array, inner);
  const odd = features.find((f) => f < 0 || f >= width);
  if (odd !== undefined) damaged("trees.features", `features below ${width}`, `${odd}`);
  return { depth, features, thresholds, missingRight, leaves };
}
