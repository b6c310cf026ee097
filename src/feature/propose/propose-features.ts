/** @file Features that suit a table and a kind of model, with the reason for each column. */
import { checkChoice, checkNames, checkNumber, literalKey } from "../../core/index.ts";
import {
  type Columns,
  cells,
  checkFrame,
  type Expr,
  type Frame,
  isHeldOut,
  isTechnicalColumn,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Features, features } from "../features.ts";
import { type ColumnFacts, columnFacts } from "./column-facts.ts";
import { limits, type Treatment, treatLinear, treatTrees } from "./treatments.ts";

/** Options of {@link proposeFeatures}. */
export interface ProposeFeaturesOptions<C extends Columns = Columns> {
  /** What is to be told; never among the features. */
  readonly label: keyof C & string;
  /**
   * What learns from them. Trees take numbers as they are, missing ones too, and codes of categories; linear models,
   * and all that measure distances, need scaled numbers, a column a category, and nothing missing. Default "trees".
   */
  readonly model?: "trees" | "linear";
  /** Columns to leave out. */
  readonly leave?: readonly (keyof C & string)[];
  /** Most different texts that get a column each, for linear models, 2 to 1000. Default 50. */
  readonly maxLevels?: number;
}

/** One column, and what becomes of it. */
export interface ProposedColumn {
  readonly column: string;
  /** The transform: "standardize"; null of a column that is left out. */
  readonly as: string | null;
  /** Why: "a number", "the same in every row". */
  readonly why: string;
}

/** Features, and how each column was judged. */
export interface FeatureProposal<C extends Columns = Columns> {
  readonly features: Features<C, keyof C & string>;
  readonly columns: readonly ProposedColumn[];
  /** The definition as a program says it, line by line: `age: numeric(c.age),`. */
  readonly code: readonly string[];
}

/**
 * Proposes features for a table: a start that a person can read and change, and what AutoML begins with. Keys, columns
 * that are the same in every row, missing in nearly all, or another text in every row, are left out; the
 * proposal says so. Nothing of the label is looked at. One query, O(n · d).
 *
 * @param rows - Training rows: a test frame is refused, because its values would be looked at.
 * @param options - The label, and what kind of model will learn.
 * @returns The definition, not fitted, and a line for each column.
 * @throws `feature/missing-column`, `feature/conflict-test-rows`, `feature/missing-features` when no column is left,
 * `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }), age: int(), plan: category(["free", "paid"]), left: bool() });
 * const sql = "SELECT range AS id, range % 7 AS age, 'free' AS plan, range > 5 AS left FROM range(20)";
 * const { columns } = await proposeFeatures(frame({ engine, schema: people, sql }), { label: "left" });
 * columns.map(({ as }) => as) // => [null, "numeric", null]
 * columns[2]?.why // => "the same in every row"
 * await engine.close();
 * ```
 */
export async function proposeFeatures<C extends Columns>(
  rows: Frame<C>,
  options: ProposeFeaturesOptions<C>,
): Promise<FeatureProposal<C>> {
  const at = "proposeFeatures";
  checkFrame(at, rows);
  checkNames(at, options, ["label", "model", "leave", "maxLevels"]);
  const { model = "trees" } = options;
  checkChoice(at, { model }, ["trees", "linear"]);
  return proposal(await facts(at, rows, options), model);
}

/**
 * Proposes features for trees and for linear models, as {@link proposeFeatures} does for one of them, from one look at the
 * rows. One query, O(n · d).
 *
 * @param rows - Training rows.
 * @param options - The label, and columns to leave out.
 * @returns A proposal for each kind of model.
 * @throws `feature/missing-column`, `feature/conflict-test-rows`, `feature/missing-features`, `option/unknown-name`,
 * `option/out-of-range`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }), age: int(), left: bool() });
 * const sql = "SELECT range AS id, range % 7 AS age, range > 5 AS left FROM range(20)";
 * const { trees, linear } = await proposeBoth(frame({ engine, schema: people, sql }), { label: "left" });
 * [...trees.code, ...linear.code] // => ["age: numeric(c.age),", "age: standardize(c.age),"]
 * await engine.close();
 * ```
 */
export async function proposeBoth<C extends Columns>(
  rows: Frame<C>,
  options: Omit<ProposeFeaturesOptions<C>, "model">,
): Promise<Readonly<Record<"trees" | "linear", FeatureProposal<C>>>> {
  const at = "proposeBoth";
  checkFrame(at, rows);
  checkNames(at, options, ["label", "leave", "maxLevels"]);
  const known = await facts(at, rows, options);
  return { trees: proposal(known, "trees"), linear: proposal(known, "linear") };
}

/** What is known of the columns before a proposal is made. */
interface Known<C extends Columns> {
  readonly at: string;
  readonly rows: Frame<C>;
  readonly leave: readonly string[];
  readonly maxLevels: number;
  readonly facts: readonly ColumnFacts[];
}

async function facts<C extends Columns>(
  at: string,
  rows: Frame<C>,
  { label, leave = [], maxLevels = 50 }: ProposeFeaturesOptions<C>,
): Promise<Known<C>> {
  checkNumber(at, { maxLevels }, { min: 2, max: 1000, integer: true });
  if (isHeldOut(rows)) fail("feature/conflict-test-rows", {});
  const all = Object.keys(rows.schema.columns);
  for (const column of [label, ...leave])
    if (!all.includes(column)) fail("feature/missing-column", { column, columns: all });
  const named = all.filter((column) => column !== label);
  return { at, rows, leave, maxLevels, facts: await columnFacts(rows, named) };
}

function proposal<C extends Columns>(
  { at, rows, leave, maxLevels, facts: known }: Known<C>,
  model: "trees" | "linear",
): FeatureProposal<C> {
  const byName: Readonly<Record<string, Expr>> = cells(rows.schema);
  const treat = model === "trees" ? treatTrees : treatLinear;
  const treated = known.map((fact) => {
    const expr = byName[fact.column];
    const set = reasonToLeave(rows, fact.column, leave) ?? limits(fact);
    const left: Treatment = { said: [], why: set ?? "no column" };
    return {
      column: fact.column,
      ...(set !== undefined || expr === undefined ? left : treat(expr, { ...fact, maxLevels })),
    };
  });
  const said = uniquelyNamed(
    treated,
    known.map(({ column }) => column),
  );
  if (said.length === 0) fail("feature/missing-features", { at });
  const found = Object.fromEntries(said.map(({ name, feature }) => [name, feature]));
  return {
    features: features(rows.schema, () => found),
    columns: treated.map(({ column, said: own, why }) => ({
      column,
      as: own.length === 0 ? null : own.map(({ feature }) => feature.transform).join(" + "),
      why,
    })),
    code: said.map(({ name, code }) => `${literalKey(name)}: ${code},`),
  };
}

interface Treated extends Treatment {
  readonly column: string;
}

/** What is said of all columns; a feature named after its column keeps the name, another gets a number if its is taken. */
function uniquelyNamed(treated: readonly Treated[], columns: readonly string[]): Treatment["said"] {
  const taken = new Set(columns);
  const unused = (name: string): string => {
    let free = name;
    for (let k = 2; taken.has(free); k++) free = `${name} ${k}`;
    taken.add(free);
    return free;
  };
  return treated.flatMap(({ column, said }) =>
    said.map((one) => (one.name === column ? one : { ...one, name: unused(one.name) })),
  );
}

function reasonToLeave(
  rows: Frame<Columns>,
  column: string,
  leave: readonly string[],
): string | undefined {
  if (rows.schema.columns[column]?.key === true) return "a key";
  if (leave.includes(column)) return "left out as asked";
  return isTechnicalColumn(column) ? "a technical column" : undefined;
}
