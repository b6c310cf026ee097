/** @file A stored model under the types of the program that uses it, checked when it is read. */
import { formatJson, hashOfJson } from "../core/index.ts";
import { type Features, type LookupModel, specsRead } from "../feature/index.ts";
import type { Cell, Cells, ColumnSpec, ColumnSpecs, Model, Signature } from "../flow.ts";
import type { Columns, Row, Schema } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { ModelInput } from "./fit.ts";

/** What a stored model is said to be. */
export interface TypedModelOptions<C extends Columns, R extends string, L extends string> {
  readonly features: Features<C, R>;
  /** Of the kind that the features' schema gives it; a bool where it has no such column. */
  readonly label: L;
}

/** What a model of the label L tells. */
export type TypedOutput<C extends Columns, L extends string> = L extends keyof C
  ? NonNullable<Row<C>[L]>
  : boolean;

/** What a stored model that carries lookups is said to be. */
export interface TypedLookupOptions<
  C extends Columns,
  R extends string,
  Q extends Columns,
  L extends string,
> extends TypedModelOptions<C, R, L> {
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
export function typedModel<
  C extends Columns,
  R extends string,
  Q extends Columns,
  const L extends string,
>(
  model: Model,
  how: TypedLookupOptions<C, R, Q, L>,
): LookupModel<Row<Q>, ModelInput<C, R> & Cells, TypedOutput<C, L> & Cell>;
export function typedModel<C extends Columns, R extends string, const L extends string>(
  model: Model,
  how: TypedModelOptions<C, R, L>,
): Model<ModelInput<C, R> & Cells, TypedOutput<C, L> & Cell>;
export function typedModel(
  model: Model,
  how: TypedModelOptions<Columns, string, string> & { readonly request?: Schema },
): LookupModel<Cells, Cells, Cell> | Model {
  const { features, label, request } = how;
  const inputs = specsRead(features);
  const output = outputAsked(label, features.from.columns[label]);
  const { inputs: got, output: told } = model.signature;
  const fits = told.name === label && told.kind === output.kind && hasLevels(told, output);
  if (!fits || hashOfJson(got) !== hashOfJson(inputs))
    fail("model/mismatch-signature", { expected: namesOf(inputs), got: namesOf(got), label });
  if (request !== undefined) checkRequest(model, request.columns);
  return model;
}

function outputAsked(name: string, spec: ColumnSpec | undefined): Signature["output"] {
  const { kind = "bool", levels = [] } = spec ?? {};
  if (kind === "category" || kind === "text") return { name, kind: "category", levels };
  return { name, kind: kind === "int" ? "float" : kind };
}

/** What is told is a level of the column; a text may be anything. */
const hasLevels = (
  told: Signature["output"],
  { levels: asked = [] }: Signature["output"],
): boolean => asked.length === 0 || (told.levels ?? []).every((level) => asked.includes(level));

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
