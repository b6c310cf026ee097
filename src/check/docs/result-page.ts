/** @file The page of a validation result: each finding with its severity, counts and samples. */
import { count } from "../../core/index.ts";
import type { Finding, Json, Severity } from "../../flow.ts";
import { percent, shortNumber } from "../profile/words.ts";
import { shareBar } from "./charts.ts";
import type { DocsResult } from "./docs-data.ts";
import type { ResultEntry, SuiteEntry } from "./docs-index.ts";
import { fitting, foreign, type Html, html, nothing } from "./html.ts";
import { verdictOf } from "./index-page.ts";
import { badge, facts, leftOut, link, listBytes, moment, page, section, table } from "./parts.ts";
import { severityTones } from "./suite-page.ts";

/** Rows that break an expectation are shown, so many and so long. */
const samples = 20;
const sampleLength = 120;

const order: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** The page of a result; `previous` is the one before it. */
export function resultPage(
  result: DocsResult,
  suite: SuiteEntry,
  previous: ResultEntry | undefined,
): string {
  const { report, atMs, version } = result;
  const failed = report.findings
    .filter((finding) => !finding.passed)
    .toSorted((a, b) => order[a.severity] - order[b.severity]);
  const passed = report.findings.filter((finding) => finding.passed);
  const { tone, word } = verdictOf({ passed: report.passed, failed: failed.length });
  const name =
    suite.expectations === null
      ? foreign(suite.name)
      : link(2, `suites/${suite.slug}.html`, foreign(suite.name));
  const back =
    previous === undefined
      ? nothing
      : html` · ${link(2, `results/${suite.slug}/${previous.id}.html`, "the result before")}`;
  return page({
    title: `${report.suite} on ${report.table}`,
    about: html`${link(2, "index.html", "Data docs")} · a result of ${name}${back}`,
    content: [
      section(
        "Verdict",
        facts([
          ["Result", badge(tone, word)],
          ["Expectations", `${passed.length} of ${report.findings.length} passed`],
          ["Table", foreign(report.table)],
          ["Rows", shortNumber(report.rows)],
          ["Version", version === undefined ? "–" : String(version)],
          ["Judged (UTC)", moment(atMs)],
        ]),
      ),
      failed.length === 0 ? nothing : failedSection(failed),
      passed.length === 0 ? nothing : passedSection(passed),
    ],
  });
}

function failedSection(findings: readonly Finding[]): Html {
  const { shown, left } = fitting(findings, failedRow, listBytes / 2);
  const heads = ["It does not hold that", "Failed rows"];
  return section(
    count(findings.length, "expectation").replace(/ /, " failed "),
    html`${table("Failed expectations", heads, shown)}${leftOut(left, "findings")}`,
  );
}

function failedRow(finding: Finding): Html {
  const { expectation, severity, failedRows, rows, sample } = finding;
  const share = rows === 0 ? 0 : failedRows / rows;
  const tone = severity === "critical" ? "fill-bad" : severity === "warning" ? "fill-warn" : "fill";
  const cells = [...new Set(sample.map(sampleText))]
    .slice(0, samples)
    .map((text) => html`<code>${foreign(text, sampleLength)}</code> `);
  const shown = cells.length === 0 ? nothing : html`<div class="samples">${cells}</div>`;
  return html`<tr><th scope="row">${foreign(expectation, 300)}${aboutColumn(finding)} ${badge(severityTones[severity], severity)}${shown}</th>
<td class="bar">${shortNumber(failedRows)} of ${shortNumber(rows)} <small>${percent(share)}</small>${shareBar(share, tone)}</td></tr>
`;
}

function passedSection(findings: readonly Finding[]): Html {
  const { shown, left } = fitting(findings, passedRow, listBytes / 2);
  const heads = ["It holds that", "#Looked at", "#Exceptions"];
  return section(
    count(findings.length, "expectation").replace(/ /, " passed "),
    html`${table("Passed expectations", heads, shown)}${leftOut(left, "findings")}`,
  );
}

function passedRow(finding: Finding): Html {
  const { expectation, severity, failedRows, rows } = finding;
  return html`<tr><th scope="row">${foreign(expectation, 300)}${aboutColumn(finding)}<small>${severity}</small></th><td class="num">${shortNumber(rows)}</td><td class="num">${failedRows === 0 ? "none" : shortNumber(failedRows)}</td></tr>
`;
}

/** The column, where the sentence does not begin with it. */
function aboutColumn({ column, expectation }: Finding): Html {
  return column === null || expectation.startsWith(column)
    ? nothing
    : html`<small>${foreign(column)}</small>`;
}

function sampleText(value: Json): string {
  if (typeof value === "string") return value === "" ? "(empty text)" : value;
  return JSON.stringify(value);
}
