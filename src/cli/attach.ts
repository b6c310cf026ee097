/** @file `millrace attach`: the rules of a suite attached to a table, which every write then obeys. */
import { type Attachments, type Expectation, tableExpectations } from "../check/index.ts";
import { count, isMillraceError } from "../core/index.ts";
import type { Severity } from "../flow.ts";
import type { RuleAction, Schema } from "../table/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { suiteAt } from "./suite-file.ts";
import { tableArgument, withTable } from "./table-option.ts";
import { hanging } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const actions = ["keep", "drop", "fail"] as const;

export const attach = command({
  name: "attach",
  summary: "Attach the expectations of a suite to a table: every write obeys them.",
  about: [
    "A row that breaks one is kept and counted, dropped (into a quarantine, where one is named), or",
    "stops the whole write, as its severity says. The counts of each write stand in the history.",
    "Only expectations about single rows can be attached, and with mostly only where rows are kept or the",
    "write fails; the others are named and left to check. A suite takes the place of the one before; rows",
    "that are there are not judged.",
  ],
  arguments: { table: tableArgument },
  options: {
    suite: { type: "string", value: "FILE.json", help: "the suite" },
    critical: {
      type: "string",
      choices: actions,
      default: "drop",
      help: "what a critical one does",
    },
    warning: { type: "string", choices: actions, default: "keep", help: "what a warning does" },
    info: { type: "string", choices: actions, default: "keep", help: "what an info does" },
    quarantine: {
      type: "string",
      value: "TABLE",
      help: "the table for dropped rows, made with the first",
    },
    off: { type: "boolean", default: false, help: "take the expectations off instead" },
    dir,
  },
  examples: [
    "attach telco.silver --suite gx/expectations/silver_suite.json --quarantine telco.rejected",
    "attach telco.silver --suite silver.json --critical fail",
    "attach telco.silver --off",
  ],
  run: async ({ table, dir, suite: file, quarantine, off, ...doing }) => {
    if (off && file !== undefined)
      fail("cli/conflict-options", { command: "attach", options: ["off", "suite"] });
    const suite = off ? undefined : await suiteAt("attach", file);
    return withTable({ table, dir }, async ({ table: opened }) => {
      if (suite === undefined) {
        const { version } = await opened.alter({ expectations: null });
        return { table, version, rules: [], skipped: [], quarantine: null };
      }
      const { attachments, skipped } = sorted(opened.schema, suite.expectations, doing);
      if (skipped.length === suite.expectations.length)
        fail("cli/unsupported-suite", { suite: suite.name });
      const to = quarantine === undefined ? {} : { quarantine };
      const expectations = tableExpectations(
        opened.schema,
        { ...attachments, ...to },
        suite.parameters,
      );
      const { version } = await opened.alter({ expectations });
      const rules = expectations.rules.map(({ name, action }) => ({ says: name, action }));
      return { table, version, rules, skipped, quarantine: quarantine ?? null };
    });
  },
  render: ({ table, version, rules, skipped, quarantine }, { width }) =>
    rules.length === 0
      ? [`${table} version ${version}: no write is judged any more`]
      : [
          ...hanging(
            rules.map(({ says, action }) => [action, says] as const),
            width,
          ),
          ...(skipped.length === 0
            ? []
            : ["left to check (about more than one row, or with mostly where rows are dropped):"]),
          ...hanging(
            skipped.map((says) => ["–", says] as const),
            width,
          ),
          `${table} version ${version}: every write obeys ${count(rules.length, "expectation")}${quarantine === null ? "" : `; dropped rows go to ${quarantine}`}`,
        ],
});

/** The expectations by what they do, and those that cannot be attached. */
function sorted(
  schema: Schema,
  all: readonly Expectation[],
  doing: Readonly<Record<Severity, RuleAction>>,
): { readonly attachments: Attachments; readonly skipped: readonly string[] } {
  const able = all.filter((one) => isAttachable(schema, one, doing[one.severity]));
  const of = (action: RuleAction): readonly Expectation[] =>
    able.filter(({ severity }) => doing[severity] === action);
  return {
    attachments: { keep: of("keep"), drop: of("drop"), fail: of("fail") },
    skipped: all.filter((one) => !able.includes(one)).map(({ says }) => says),
  };
}

function isAttachable(schema: Schema, one: Expectation, action: RuleAction): boolean {
  try {
    tableExpectations(schema, { [action]: [one] });
    return true;
  } catch (error) {
    // What else is wrong with it, such as a column that is not there, is told when all are attached.
    return !isMillraceError(error, "check/unsupported-attachment");
  }
}
