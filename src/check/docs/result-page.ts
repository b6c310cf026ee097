/** @file The page of a validation result: each finding with its severity, counts and samples. */
import { count } from "../../core/index.ts";
import type { Finding, Json, Severity } from "../../flow.ts";
import { percent, shortNumber } from "../profile/words.ts";
import { failChart, shareBar } from "./charts.ts";
import type { DocsResult } from "./docs-data.ts";
import type { ResultEntry, SuiteEntry } from "./docs-index.ts";
import type { HistoryPoint } from "./history.ts";
import { fitting, foreign, type Html, html, nothing } from "./html.ts";
import { verdictOf } from "./index-page.ts";
import { badge, facts, leftOut, link, listBytes, moment, page, section, table } from "./parts.ts";
import { severityTones } from "./suite-page.ts";

/** Rows that break an expectation are shown, so many and so long. */
const samples = 20;
const sampleLength = 120;

const order: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** What stands around a result: its suite, the one before it, and what its expectations came to. */
export interface ResultPlace {
  readonly suite: SuiteEntry;
  readonly previous: ResultEntry | undefined;
  readonly history: (finding: Finding) => readonly HistoryPoint[];
}

/** The page of a result. */
export function resultPage(result: DocsResult, { suite, previous, history }: ResultPlace): string {
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
      failed.length === 0 ? nothing : failedSection(failed, history),
      passed.length === 0 ? nothing : passedSection(passed, history),
    ],
  });
}

type History = ResultPlace["history"];

function failedSection(findings: readonly Finding[], history: History): Html {
  const { shown, left } = fitting(findings, (one) => failedRow(one, history), listBytes / 2);
  const heads = ["It does not hold that", "Failed rows"];
  return section(
    count(findings.length, "expectation").replace(/ /, " failed "),
    html`${table("Failed expectations", heads, shown)}${leftOut(left, "findings")}`,
  );
}

function failedRow(finding: Finding, history: History): Html {
  const { expectation, severity, failedRows, rows, sample, observed } = finding;
  const share = rows === 0 ? 0 : failedRows / rows;
  const tone = severity === "critical" ? "fill-bad" : severity === "warning" ? "fill-warn" : "fill";
  const cells = [...new Set(sample.map(sampleText))]
    .slice(0, samples)
    .map((text) => html`<code>${foreign(text, sampleLength)}</code> `);
  const shown = cells.length === 0 ? nothing : html`<div class="samples">${cells}</div>`;
  const broken =
    observed === undefined
      ? html`${shortNumber(failedRows)} of ${shortNumber(rows)} <small>${percent(share)}</small>${shareBar(share, tone)}`
      : html`the whole table<small class="own">${observedText(observed)}</small>`;
  return html`<tr><th scope="row">${foreign(expectation, 300)} ${badge(severityTones[severity], severity)}${aboutColumn(finding)}${shown}</th>
<td class="bar">${broken}${trend(finding, history(finding))}</td></tr>
`;
}

function passedSection(findings: readonly Finding[], history: History): Html {
  const { shown, left } = fitting(findings, (one) => passedRow(one, history), listBytes / 2);
  const heads = ["It holds that", "Rows", "#Exceptions"];
  return section(
    count(findings.length, "expectation").replace(/ /, " passed "),
    html`${table("Passed expectations", heads, shown)}${leftOut(left, "findings")}`,
  );
}

function passedRow(finding: Finding, history: History): Html {
  const { expectation, severity, failedRows, rows, observed } = finding;
  const seen =
    observed === undefined
      ? html`${shortNumber(rows)}`
      : html`<small class="own">${observedText(observed)}</small>`;
  return html`<tr><th scope="row">${foreign(expectation, 300)}<small>${severity}${columnText(finding)}</small></th><td class="bar">${seen}${trend(finding, history(finding))}</td><td class="num">${failedRows === 0 ? "none" : shortNumber(failedRows)}</td></tr>
`;
}

/** What a trend looks like where anything was ever broken: failed rows by result, up to this one. */
function trend({ severity }: Finding, points: readonly HistoryPoint[]): Html {
  const share = ({ failedRows, rows }: HistoryPoint): number =>
    rows === 0 ? 0 : failedRows / rows;
  const top = Math.max(0, ...points.map(share));
  const [first] = points;
  if (first === undefined || top === 0) return nothing;
  const tone = severity === "critical" ? "bad" : "warn";
  const bars = points.map(
    (point) => ({ share: share(point), tone: point.passed ? "good" : tone }) as const,
  );
  const says = `Failed rows in the last ${points.length} results, at most ${percent(top)}`;
  return html`${failChart(bars, says)}<span class="ends"><span>${day(first.atMs)}</span><span>at most ${percent(top)}</span></span>`;
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function observedText(value: Json): Html {
  const text = typeof value === "number" ? shortNumber(value) : sampleText(value);
  return html`observed ${foreign(text, 200)}`;
}

/** The column, where the sentence does not begin with it. */
function aboutColumn({ column, expectation }: Finding): Html {
  return column === null || expectation.startsWith(column)
    ? nothing
    : html`<small>${foreign(column)}</small>`;
}

/** The same as a part of a line. */
const columnText = ({ column, expectation }: Finding): Html =>
  column === null || expectation.startsWith(column) ? nothing : html` · ${foreign(column)}`;

function sampleText(value: Json): string {
  if (typeof value === "string") return value === "" ? "(empty text)" : value;
  return JSON.stringify(value);
}
