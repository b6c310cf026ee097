/** @file A model of another library's trees: their features become columns of numbers. */
import { checkNames } from "../core/index.ts";
import { featuresFromState } from "../feature/index.ts";
import { type FittedModel, fittedModel, outputOf } from "./fitted-model.ts";
import type { ImportedTrees } from "./interchange/imported.ts";
import { unsupported } from "./interchange/problems.ts";

/** Options of {@link importedModel}. */
export interface ImportedModelOptions {
  /** The name of what the model tells. Default "prediction". */
  readonly label?: string;
}

const at = "importedModel";

/**
 * A model of trees that were read: each feature of the file is a column of numbers that may be missing, under the name that
 * the file has for it; a category is its code. So it can be registered, served, explained and scored as any other. O(nodes).
 *
 * @param imported - What `xgboostModel` or `lightgbmModel` gave.
 * @param options - See {@link ImportedModelOptions}.
 * @returns A model that asks for the file's features.
 * @throws `model/unsupported-interchange` where two features share a name, or one has the label's; `table/unsupported-name`
 * @example
 * ```ts
 * const stump = { feature: 0, threshold: 2, left: { value: 0 }, right: { value: Math.log(3) } };
 * const predictor = treesPredictor({ width: 1, trees: treesOf([stump], { width: 1 }), link: "sigmoid" });
 * const model = importedModel(lightgbmModel(formatLightgbm(predictor, { names: ["age"] })), { label: "left" });
 * model.signature.inputs // => { age: { kind: "float", nullable: true } }
 * model.predict({ age: 3 }) // => { value: true, probability: 0.75 }
 * ```
 */
export function importedModel(
  { predictor, names }: Pick<ImportedTrees, "predictor" | "names">,
  options: ImportedModelOptions = {},
): FittedModel {
  checkNames(at, options, ["label"]);
  const { label = "prediction" } = options;
  const all = [...names, label];
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined)
    unsupported(
      at,
      `the name ${JSON.stringify(twice)}, which two features, or a feature and the label, have`,
      "a name of its own for each",
    );
  const inputs = Object.fromEntries(names.map((name) => [name, { kind: "float", nullable: true }]));
  const features = names.map((name) => ({
    ...{ name, transform: "numeric", options: {}, reads: [name], stats: {} },
    outputs: [{ name, node: { op: "column", name, kind: "float" } }],
  }));
  return fittedModel({
    features: featuresFromState({ format: 1, inputs, features }),
    predictor,
    output: outputOf(predictor, label),
  });
}
