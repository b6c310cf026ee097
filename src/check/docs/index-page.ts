/** @file The first page of data docs: the newest result of each suite, its trend, and the profiles. */
import { count } from "../../core/index.ts";
import { percent, shortNumber } from "../profile/words.ts";
import { trendChart } from "./charts.ts";
import {
  byName,
  type DocsIndex,
  type ProfilesEntry,
  type ResultEntry,
  type SuiteEntry,
} from "./docs-index.ts";
import { fitting, foreign, type Html, html, nothing } from "./html.ts";
import {
  badge,
  empty,
  leftOut,
  link,
  listBytes,
  moment,
  page,
  section,
  type Tone,
  table,
} from "./parts.ts";

/** Results in a trend, and links to earlier ones. */
const trendLength = 40;
const historyLength = 30;

/** The first page. */
export function indexPage(index: DocsIndex): string {
  const judged = byName(index.suites).filter(({ results }) => results.length > 0);
  const failing = judged.filter(({ results }) => results.at(-1)?.passed === false).length;
  const verdict =
    judged.length === 0
      ? html`No result yet.`
      : failing === 0
        ? html`${count(judged.length, "suite")} judged, none is failing.`
        : html`${count(judged.length, "suite")} judged, ${failing} failing.`;
  return page({
    title: index.title,
    about: verdict,
    content: [suitesSection(index), profilesSection(index)],
  });
}

/** The word and colour of a result. */
export function verdictOf({ passed, failed }: Pick<ResultEntry, "passed" | "failed">): {
  readonly tone: "good" | "warn" | "bad";
  readonly word: string;
} {
  if (!passed) return { tone: "bad", word: "● failed" };
  return failed === 0 ? { tone: "good", word: "○ passed" } : { tone: "warn", word: "◐ warnings" };
}

function suitesSection(index: DocsIndex): Html {
  const suites = byName(index.suites);
  if (suites.length === 0)
    return section("Suites", empty("No suite yet. A suite appears here with its first result."));
  const isBad = ({ results }: SuiteEntry): boolean => results.at(-1)?.passed === false;
  const ordered = [...suites.filter(isBad), ...suites.filter((suite) => !isBad(suite))];
  const { shown, left } = fitting(ordered, (suite) => suiteRow(suite, suites.length), listBytes);
  const heads = ["Suite", "Newest (UTC)", "Trend"];
  return section(
    "Suites",
    html`${table("Suites and their newest results", heads, shown)}${leftOut(left, "suites")}<p class="note">A bar in a trend is a result, the newest on the right: green is the share of its expectations that passed, red or yellow those that failed.</p>`,
  );
}

/** A suite; the more there are, the less history each shows, so that all have room. */
function suiteRow(suite: SuiteEntry, suites: number): Html {
  const { name, slug, expectations, results, total } = suite;
  const title =
    expectations === null ? foreign(name) : link(0, `suites/${slug}.html`, foreign(name));
  const newest = results.at(-1);
  if (newest === undefined)
    return html`<tr><th scope="row">${title}<small>${count(expectations ?? 0, "expectation")}</small></th><td>${badge("plain", "not judged yet")}</td><td>–</td></tr>`;
  const { tone, word } = verdictOf(newest);
  const trend = results
    .slice(-Math.max(1, Math.min(trendLength, Math.floor(20_000 / suites))))
    .map((result) => ({
      share: shareOf(result),
      tone: verdictOf(result).tone,
    }));
  const says = `The last ${trend.length} results, ${trend.filter((result) => result.tone === "bad").length} of them failed`;
  return html`<tr><th scope="row">${title}<small>on ${foreign(newest.table)}, ${count(newest.rows, "row")}</small>${history(suite, Math.min(historyLength, Math.floor(4000 / suites)))}</th>
<td>${link(0, resultPath(suite, newest), badge(tone, word))}<small>${newest.expectations - newest.failed} of ${newest.expectations} passed</small><small>${moment(newest.atMs)}</small></td>
<td class="trend">${trendChart(trend, says)}<span class="ends"><span class="wide">${dayOf(results.at(-trend.length)?.atMs)}</span><span>${count(total, "result")}</span></span></td></tr>
`;
}

/** A day, where there is one. */
const dayOf = (ms: number | undefined): string =>
  ms === undefined ? "" : new Date(ms).toISOString().slice(0, 10);

function history(suite: SuiteEntry, most: number): Html {
  const earlier = suite.results.slice(0, -1).reverse();
  if (earlier.length === 0 || most === 0) return nothing;
  const links = earlier.slice(0, most).map((result) => {
    const { tone } = verdictOf(result);
    const sign = signs[tone];
    return html`<li>${sign} ${link(0, resultPath(suite, result), moment(result.atMs))}</li>`;
  });
  return html`<details><summary>earlier</summary><ul class="history">${links}</ul></details>`;
}

const signs: Readonly<Record<Tone, string>> = { good: "○", warn: "◐", bad: "●", plain: "" };

const shareOf = ({ expectations, failed }: ResultEntry): number =>
  expectations === 0 ? 1 : 1 - failed / expectations;

const resultPath = ({ slug }: SuiteEntry, { id }: ResultEntry): string =>
  `results/${slug}/${id}.html`;

function profilesSection(index: DocsIndex): Html {
  const profiles = byName(index.profiles);
  if (profiles.length === 0) return nothing;
  const { shown, left } = fitting(profiles, profileRow, listBytes / 4);
  const heads = ["Table, when (UTC)", "Moved", "#Rows", "#~Missing"];
  return section(
    "Profiles",
    html`${table("Tables and their newest profiles", heads, shown)}${leftOut(left, "tables")}`,
  );
}

function profileRow({ name, slug, profiles }: ProfilesEntry): Html {
  const newest = profiles.at(-1);
  if (newest === undefined) return nothing;
  const moved =
    newest.moved === null
      ? html`–`
      : newest.moved === 0
        ? badge("good", "○ none")
        : badge("warn", `◐ ${count(newest.moved, "column")}`);
  const when = html`<small>${moment(newest.atMs)}</small>`;
  return html`<tr><th scope="row">${link(0, `profiles/${slug}/${newest.id}.html`, foreign(name))}${when}</th><td>${moved}</td>
<td class="num">${shortNumber(newest.rows)}<small>${count(newest.columns, "column")}</small></td><td class="num wide">${percent(newest.missingShare)}</td></tr>
`;
}
