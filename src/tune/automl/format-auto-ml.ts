/** @file What AutoML found as a program that makes the same model. */
import type { AutoMlRecipe } from "./auto-ml.ts";
import { type AutoMlSource, tableCode, tableNames } from "./table-code.ts";

/**
 * A TypeScript program that reads the same version of the table, sets the same rows aside, fits the same features and learns
 * the same model: it has the same hash, and the program says so when it is run. It is meant to be read and changed.
 *
 * @param recipe - What {@link autoMl} gave.
 * @param source - Workspace, table, version and schema.
 * @returns The program's text.
 * @example
 * ```ts
 * const recipe = {
 *   label: "left", by: "id", test: 0.2, seed: 0, weights: null, features: ["age: numeric(c.age),"],
 *   maker: "boost", code: "boost({ trees: 50 })", modelHash: "sha256:00",
 * };
 * const people = schema("people", { id: int({ key: true }), age: int(), left: bool() });
 * const text = formatAutoMl(recipe, { dir: "./shop", table: "shop.people", version: 3, schema: people });
 * text.includes("const model = await boost({ trees: 50 }).fit(train") // => true
 * ```
 */
export function formatAutoMl(recipe: AutoMlRecipe, source: AutoMlSource): string {
  const { label, by, test, seed, weights, features, maker, code, modelHash } = recipe;
  const nullable = source.schema.columns[label]?.nullable === true;
  const transforms = features.flatMap((line) => /: (\w+)\(/.exec(line)?.[1] ?? []);
  const names = new Set([
    ...transforms,
    ...tableNames(source),
    ...[maker, "features"],
    ...(test > 0 ? ["evaluate", "split"] : []),
  ]);
  const read = `await table.read({ version: ${source.version} })`;
  const present = `.where((c) => c[${text(label)}].isMissing().not())`;
  const fit = `{ features: definition, label: ${text(label)}${weights === null ? "" : `, weights: ${text(weights)}`} }`;
  return `${[
    "/** @file Written by Millrace's AutoML; it makes the same model. Read it, change it, run it. */",
    `import { ${[...names].sort().join(", ")} } from "millrace";`,
    "",
    ...tableCode(source),
    `const rows = ${nullable ? `(${read})${present}` : read};`,
    ...(test > 0
      ? [
          `const { train, test } = await split(rows, { by: ${text(by)}, test: ${test}, seed: ${seed} });`,
        ]
      : ["const train = rows;"]),
    "const definition = features(rowsOf, (c) => ({",
    ...features.map((line) => `  ${line}`),
    "}));",
    `const model = await ${code}.fit(train, ${fit});`,
    `console.log(model.hash === ${text(modelHash)} ? "the same model" : "another model", model.hash);`,
    ...(test > 0
      ? [
          `const { metrics, baseline } = await evaluate(model, test${weights === null ? "" : `, { weights: ${text(weights)} }`});`,
          "console.log({ metrics, baseline });",
        ]
      : []),
  ].join("\n")}\n`;
}

const text = (value: string): string => JSON.stringify(value);
