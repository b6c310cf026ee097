/** @file A stored model under the types of the program that uses it, checked when it is read. */
import { formatJson, hashOfJson } from "../core/index.ts";
import { type Features, type LookupModel, specsRead } from "../feature/index.ts";
import type { Cells, ColumnSpec, ColumnSpecs, Model, Prediction, Signature } from "../flow.ts";
import type { Columns, Row, Schema } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { ModelInput } from "./fit.ts";

/** What a stored model is said to be. */
export interface TypedModelOptions<C extends Columns, R extends string> {
  readonly features: Features<C, R>;
  readonly label: string;
}

/** What a stored model that carries lookups is said to be. */
export interface TypedLookupOptions<C extends Columns, R extends string, Q extends Columns>
  extends TypedModelOptions<C, R> {
  /** What its requests hold: keys, and what no feature table has. */
  readonly request: Schema<Q>;
}

/**
 * Gives a model that was loaded the type that its features and label give it in this program. The
 * stored signature must be theirs: the same columns of the same kinds, and the same label. A model
 * that carries its lookups is typed by what its requests hold as well, so that a client of it asks
 * by key.
 *
 * @throws `model/mismatch-signature`, `model/mismatch-request`
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
export function typedModel<C extends Columns, R extends string, Q extends Columns>(
  model: Model,
  how: TypedLookupOptions<C, R, Q>,
): LookupModel<Row<Q>, ModelInput<C, R> & Cells, boolean>;
export function typedModel<C extends Columns, R extends string>(
  model: Model,
  how: TypedModelOptions<C, R>,
): Model<ModelInput<C, R> & Cells, boolean>;
export function typedModel(
  model: Model,
  how: TypedModelOptions<Columns, string> & { readonly request?: Schema },
): Model<Cells, boolean> {
  const output = { name: how.label, kind: "bool" } as const;
  const expected: Signature = { inputs: specsRead(how.features), output };
  if (hashOfJson(model.signature) !== hashOfJson(expected))
    fail("model/mismatch-signature", {
      expected: namesOf(expected.inputs),
      got: namesOf(model.signature.inputs),
      label: how.label,
    });
  if (how.request !== undefined) checkRequest(model, how.request.columns);
  return {
    ...model,
    predict: (row) => boolean(model.predict(row)),
    predictAll: (rows) => model.predictAll(rows).map(boolean),
  };
}

/** A stored model's requests hold these columns. Throws `model/mismatch-request`. */
function checkRequest({ lookups }: Model, columns: Columns): void {
  const shape = (specs: ColumnSpecs): string =>
    formatJson(Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, bare(spec)])));
  if (lookups !== undefined && shape(lookups.request) === shape(columns)) return;
  const got = lookups === undefined ? null : namesOf(lookups.request);
  fail("model/mismatch-request", { expected: namesOf(columns), got });
}

const bare = ({ kind, nullable, levels = [] }: ColumnSpec) => ({ kind, nullable, levels });

const namesOf = (columns: ColumnSpecs): readonly string[] => Object.keys(columns).sort();

const boolean = ({ value, probability }: Prediction): Prediction<boolean> => ({
  value: value === true,
  probability,
});
