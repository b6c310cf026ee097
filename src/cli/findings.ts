/** @file What a validation found, as lines: what fails first, each with how many rows and which. */

import type { DocsReport } from "../check/index.ts";
import { count } from "../core/index.ts";
import type { Finding, Json, Severity } from "../flow.ts";
import { number, wrap } from "./text.ts";

/** The gravest severity that may fail without the whole failing; each is less grave than the one before. */
export const severities = ["critical", "warning", "info"] as const;

/** Whether a report fails where failures of a severity, and graver ones, count. */
export const fails = ({ findings }: DocsReport, on: Severity): boolean =>
  findings.some(
    ({ passed, severity }) => !passed && severities.indexOf(severity) <= severities.indexOf(on),
  );

/** A report as lines. */
export function findingLines(report: DocsReport, width: number): readonly string[] {
  const order = (finding: Finding): number =>
    finding.passed ? severities.length : severities.indexOf(finding.severity);
  const findings = report.findings.toSorted((a, b) => order(a) - order(b));
  return [
    ...findings.flatMap((finding) => linesOf(finding, Math.min(width, 100))),
    ...(findings.some(isNameless) ? ["", "--key COLUMN,… names the rows"] : []),
    "",
    ...hung(verdictOf(report), width),
  ];
}

/** Whether rows fail of which nothing can be shown: they have no value, and no key. */
const isNameless = ({ passed, sample }: Finding): boolean =>
  !passed && sample.length > 0 && sample.every((value) => value === null);

function linesOf(finding: Finding, width: number): readonly string[] {
  const { passed, severity, expectation, failedRows, rows, sample, observed } = finding;
  const says = passed ? `✔ ${expectation}` : `✖ ${severity}: ${expectation}`;
  const exceptions = `    ${number(failedRows)} of ${count(rows, "row")}${sampleText(sample)}`;
  if (observed !== undefined)
    return [
      ...hung(says, width),
      ...(passed ? [] : hung(`    observed: ${observedText(observed)}`, width)),
    ];
  const told = failedRows > 0 && (passed || failedRows < rows || sample.length > 0);
  return [...hung(says, width), ...(told ? hung(exceptions, width) : [])];
}

function observedText(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

const hung = (line: string, width: number): readonly string[] =>
  wrap(line, width - 4).map((one, i) => (i === 0 ? one : `    ${one}`));

function sampleText(sample: Finding["sample"]): string {
  const there = sample.filter((value) => value !== null); // of a missing value nothing can be shown
  if (there.length === 0) return "";
  const shown = there.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return `, for example ${[...new Set(shown)].join(", ")}`;
}

/** "silver_suite on telco.silver: 11 of 13 expectations hold; failed: 1 critical, 1 warning". */
function verdictOf({ suite, table, findings }: DocsReport): string {
  const failed = findings.filter(({ passed }) => !passed);
  const bySeverity = severities.flatMap((severity) => {
    const n = failed.filter((finding) => finding.severity === severity).length;
    return n === 0 ? [] : [`${n} ${severity}`];
  });
  const held = `${findings.length - failed.length} of ${count(findings.length, "expectation")} ${findings.length === 1 ? "holds" : "hold"}`;
  const bad = bySeverity.length === 0 ? "" : `; failed: ${bySeverity.join(", ")}`;
  return `${suite} on ${table}: ${held}${bad}`;
}
