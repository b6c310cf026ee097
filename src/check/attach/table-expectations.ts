/** @file Row expectations attached to a table: compiled to what the table keeps, and read from it again. */
import {
  type Columns,
  type RowExpectation,
  type RuleAction,
  readsOf,
  type Schema,
  type TableExpectations,
} from "../../table/index.ts";
import { conditionNode } from "../condition/condition-node.ts";
import { fail } from "../errors.ts";
import { expectationJson, readSuite } from "../json/suite-json.ts";
import { columnsOf, type Expectation } from "../make-expectation.ts";
import { compileExpectation, isRowPlan, type Surroundings } from "../scan/compile.ts";
import type { Kwargs } from "../types/kwargs.ts";

/** What becomes of rows that break an expectation, as Databricks' `expect`, `expect_or_drop`, `expect_or_fail`. */
export interface Attachments {
  /** Broken rows are written, and counted. */
  readonly keep?: readonly Expectation[];
  /** Broken rows are not written: they are counted, and go to the quarantine where there is one. None with `mostly`. */
  readonly drop?: readonly Expectation[];
  /** Broken rows stop the whole write; with `mostly`, when too few of its rows pass. */
  readonly fail?: readonly Expectation[];
  /** A table of the same lake for the dropped rows, made by the first; see {@link quarantineSchema}. */
  readonly quarantine?: string;
}

/** The expectations of a table by what they do. */
export interface AttachedExpectations extends Required<Omit<Attachments, "quarantine">> {
  readonly quarantine: string | null;
}

const actions: readonly RuleAction[] = ["keep", "drop", "fail"];

/**
 * Compiles expectations into what `table.alter({ expectations })` keeps in the table. From then on
 * every write into the table, from whatever process, is judged by them in one scan of its rows:
 * appends, overwrites, ingested files, and the rows that a MERGE or an UPDATE makes. The counts of each
 * write stand in the table's history.
 *
 * An expectation must be about one row alone: neither an aggregate, nor uniqueness, nor what is
 * judged by the column's own spread. Great Expectations' JSON of each is kept beside it.
 *
 * @param schema - Of the table.
 * @param attachments - See {@link Attachments}.
 * @param parameters - Values of suite parameters, which are settled now.
 * @throws `check/unsupported-attachment`, and what is wrong with an expectation as {@link check} does
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const table = lake.table("demo.points", points);
 * await table.append([{ x: 1 }]);
 * const drop = [expectations(points).between("x", { min: 0 })];
 * await table.alter({ expectations: tableExpectations(points, { drop, quarantine: "demo.rejected" }) });
 * const { expectations: counts } = await table.append([{ x: 2 }, { x: -1 }]);
 * counts // => [{ name: "x is ≥ 0", action: "drop", passed: 1, failed: 1, dropped: 1 }]
 * const rejected = lake.table("demo.rejected", quarantineSchema(points));
 * await (await rejected.read()).rows() // => [{ x: -1, _rule: "x is ≥ 0" }]
 * ```
 * @see Databricks, Lakeflow pipeline expectations.
 */
export function tableExpectations<C extends Columns>(
  schema: Schema<C>,
  attachments: Attachments,
  parameters: Kwargs = {},
): TableExpectations {
  const around = { columns: schema.columns, parameters, tables: {}, sources: {} };
  const rules = actions.flatMap((action) =>
    (attachments[action] ?? []).map((one) => ruleFor(action, ruleOf(one, around))),
  );
  return { rules, quarantine: attachments.quarantine ?? null };
}

/** A row is dropped or not: that a share of them may break the expectation cannot be said of one. */
function ruleFor(action: RuleAction, rule: Omit<RowExpectation, "action">): RowExpectation {
  const { name, mostly } = rule;
  const reason = `with mostly ${mostly} some rows may break it, and "drop" takes out each that does; "keep" counts them, "fail" stops a write in which too many do`;
  if (action === "drop" && mostly < 1) fail("check/unsupported-attachment", { name, reason });
  return { action, ...rule };
}

function ruleOf(expectation: Expectation, around: Surroundings): Omit<RowExpectation, "action"> {
  const { says: name, when, type } = expectation;
  const refuse = (reason: string): never => fail("check/unsupported-attachment", { name, reason });
  const { plan, where, kwargs, expectation: made } = compileExpectation(expectation, around);
  if (!isRowPlan(plan))
    return refuse("it is about a whole table, and a write brings only some rows");
  if (plan.unique !== undefined) refuse("whether something stands twice is not about one row");
  if (plan.spread !== undefined) refuse("it judges by the spread of a whole column");
  const node = when ?? conditionNode({ type, columns: around.columns }, expectation.kwargs);
  const looked = `(${where ?? "true"}) AND (${plan.looked})`;
  const settled = { ...made, kwargs: { ...made.kwargs, ...given(kwargs, made.kwargs) } };
  return {
    name,
    mostly: made.mostly,
    columns: [
      ...new Set([
        ...columnsOf(settled),
        ...(node === null ? [] : readsOf(node).map((read) => read.name)),
      ]),
    ],
    looked: `coalesce(${looked}, false)`,
    broken: `coalesce(${looked} AND (${plan.broken}), false)`,
    expectation: expectationJson(settled),
  };
}

/** The arguments that were given, with the values of parameters. */
const given = (resolved: Kwargs, written: Kwargs): Kwargs =>
  Object.fromEntries(Object.entries(resolved).filter(([key]) => key in written));

/**
 * Reads the expectations that a table has, as `table.expectations()` gives them.
 *
 * @throws what {@link readSuite} throws, for what another program put there
 * @example
 * ```ts
 * const points = schema("points", { x: int() });
 * const attached = tableExpectations(points, { fail: [expectations(points).notNull("x")] });
 * readTableExpectations(attached).fail.map(({ says }) => says) // => ["x has a value"]
 * ```
 */
export function readTableExpectations(attached: TableExpectations): AttachedExpectations {
  const of = (action: RuleAction): readonly Expectation[] =>
    readSuite({
      name: action,
      expectations: attached.rules
        .filter((rule) => rule.action === action)
        .map(({ expectation }) => expectation),
    }).expectations;
  return { keep: of("keep"), drop: of("drop"), fail: of("fail"), quarantine: attached.quarantine };
}
