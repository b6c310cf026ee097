/** @file A stored model under the types of the program that uses it, checked when it is read. */
import { hashOfJson } from "../core/index.ts";
import { type Features, specsRead } from "../feature/index.ts";
import type { Cells, Model, Prediction, Signature } from "../flow.ts";
import type { Columns } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { ModelInput } from "./fit.ts";

/**
 * Gives a model that was loaded the type that its features and label give it in this program. The
 * stored signature must be theirs: the same columns of the same kinds, and the same label.
 *
 * @throws `model/mismatch-signature`
 * @example
 * ```ts
 * const people = schema("people", { age: int(), left: bool() });
 * const how = { features: features(people, (c) => ({ age: standardize(c.age) })), label: "left" } as const;
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.people", people);
 * await table.append([{ age: 20, left: true }, { age: 60, left: false }]);
 * const stored = (await logistic().fit(await table.read(), how)).files();
 * typedModel(loadModel(stored), how).predict({ age: 20 }).value // => true
 * ```
 */
export function typedModel<C extends Columns, R extends string>(
  model: Model,
  how: { readonly features: Features<C, R>; readonly label: string },
): Model<ModelInput<C, R> & Cells, boolean> {
  const output = { name: how.label, kind: "bool" } as const;
  const expected: Signature = { inputs: specsRead(how.features), output };
  if (hashOfJson(model.signature) !== hashOfJson(expected))
    fail("model/mismatch-signature", {
      expected: namesOf(expected),
      got: namesOf(model.signature),
      label: how.label,
    });
  return {
    ...model,
    predict: (row) => boolean(model.predict(row)),
    predictAll: (rows) => model.predictAll(rows).map(boolean),
  };
}

const namesOf = ({ inputs }: Signature): readonly string[] => Object.keys(inputs).sort();

const boolean = ({ value, probability }: Prediction): Prediction<boolean> => ({
  value: value === true,
  probability,
});
