/** @file The plan of the demo as lines. */
import { count } from "../../core/index.ts";
import { formatPlan } from "../../table/index.ts";
import { findingLines } from "../findings.ts";
import { columns, number } from "../text.ts";
import type { DemoPlan } from "./dry-run.ts";
import { classicTable, quarantineTable, silverTable } from "./silver-steps.ts";

const words = { runs: "runs", perhaps: "runs perhaps", unchanged: "nothing to do" } as const;

/** What the demo would do, as lines. */
export function planLines(plan: DemoPlan, width: number): readonly string[] {
  const { cleaning, classic, gate } = plan;
  const steps = plan.steps.map(({ step, state, reason }) => [step, words[state], reason]);
  return [
    `A dry run: nothing is written to ${plan.folder}.`,
    "",
    "Steps",
    ...columns(steps, { width, indent: "  ", whole: [0, 1], spare: [2] }),
    "",
    "Files",
    ...fileLines(plan),
    ...(gate === null
      ? []
      : [
          "",
          "Cleaning of the new rows",
          ...indented(formatPlan(cleaning)),
          "",
          "The gate before silver",
          ...findingLines(gate, width - 2).map((line) => `  ${line}`.trimEnd()),
        ]),
    ...(classic === null
      ? []
      : [
          "",
          `Cleaning of all rows by the classic recipe, into ${classicTable}`,
          ...indented(formatPlan(classic)),
        ]),
    "",
    "Silver",
    ...silverLines(plan),
  ];
}

function fileLines({ landed, bronze }: DemoPlan): readonly string[] {
  const files = bronze.files.map(({ file, state, rows }) =>
    state === "loaded"
      ? `  ${file}: ${count(rows, "row")} into telco.bronze`
      : `  ${file}: in telco.bronze already`,
  );
  return files.length > 0 ? files : [`  ${landed.file}`];
}

function silverLines({ silver, gate }: DemoPlan): readonly string[] {
  const { inserted, updated, rejected } = silver;
  if (gate === null) return ["  no row is new"];
  if (!gate.passed) return ["  nothing would be written: the gate fails"];
  return [
    `  ${silverTable}: ${number(inserted)} inserted, ${number(updated)} updated`,
    ...(rejected === 0 ? [] : [`  ${quarantineTable}: ${count(rejected, "row")}`]),
  ];
}

const indented = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`);
