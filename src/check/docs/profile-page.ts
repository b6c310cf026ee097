/** @file The page of a profile: the table, its columns, what is missing, correlated, or has moved. */
import { count } from "../../core/index.ts";
import type { DriftLevel } from "../../flow.ts";
import type { MissingPair, ProfileDrift, ProfiledDrift, TableProfile } from "../profile/profile.ts";
import { strongCorrelations } from "../profile/profile-text.ts";
import { percent, shortNumber } from "../profile/words.ts";
import { barChart, heatMap, pairBars, shareBar } from "./charts.ts";
import { columnCard } from "./column-cards.ts";
import type { DocsProfile } from "./docs-data.ts";
import type { ProfileEntry } from "./docs-index.ts";
import { fitting, foreign, type Html, html, nothing } from "./html.ts";
import {
  badge,
  empty,
  facts,
  leftOut,
  link,
  listBytes,
  moment,
  page,
  section,
  table,
} from "./parts.ts";

/** What the lists of a page show at most. */
const listed = { pairs: 15, emptiest: 30, drift: 200, drawn: 24, names: 12 };
/** |r| from which a pair is named, and PSI thresholds as the monitor has them. */
const namedR = 0.3;
const thresholds = { moderate: 0.1, severe: 0.2 };
/** |z| from which cells missing together are no chance. */
const oddZ = 4;
/** Bars of no more than so many are labelled one by one. */
const labelledBars = 8;

/** The page of a profile; `previous` is the one before it. */
export function profilePage(
  made: DocsProfile,
  slug: string,
  previous: ProfileEntry | undefined,
): string {
  const { profile } = made;
  const back =
    previous === undefined
      ? nothing
      : html` · ${link(2, `profiles/${slug}/${previous.id}.html`, "the profile before")}`;
  const { shown, left } = fitting(profile.columns, columnCard, listBytes);
  return page({
    title: profile.table,
    about: html`${link(2, "index.html", "Data docs")} · a profile${back}`,
    content: [
      section("Table", tableFacts(made)),
      driftSection(profile.drift),
      section("Columns", html`<div class="cards">${shown}</div>${leftOut(left, "columns")}`),
      missingSection(profile),
      correlationSection(profile),
    ],
  });
}

function tableFacts({ profile, atMs, version }: DocsProfile): Html {
  const { rows, looked, measured, duplicateRows, duplicateKeys, key } = profile;
  const keys = duplicateKeys === null ? "no key" : shortNumber(duplicateKeys);
  const samples = [
    looked < rows ? [`Counts are of a sample of ${count(looked, "row")}.`] : [],
    measured < looked
      ? [`Quantiles and correlations are of a sample of ${count(measured, "row")}.`]
      : [],
  ].flat();
  return html`${facts([
    ["Rows", shortNumber(rows)],
    ["Columns", shortNumber(profile.columns.length)],
    ["Version", version === undefined ? "–" : String(version)],
    ["Profiled (UTC)", moment(atMs)],
    ["Duplicate rows", shortNumber(duplicateRows)],
    ["Duplicate keys", key.length === 0 ? keys : html`${keys} <small>${nameList(key)}</small>`],
    ["Constant columns", nameList(profile.constantColumns)],
    ["All missing", nameList(profile.emptyColumns)],
  ])}${leftOutNote(profile.leftOut)}${samples.map((sentence) => html`<p class="note">${sentence}</p>`)}`;
}

function leftOutNote(names: readonly string[]): Html {
  if (names.length === 0) return nothing;
  return html`<p class="note">Left out, because they say how a row came and not what it is: ${nameList(names)}.</p>`;
}

function nameList(names: readonly string[]): Html {
  if (names.length === 0) return html`none`;
  const shown = names
    .slice(0, listed.names)
    .map((name, i) => html`${i === 0 ? "" : ", "}${foreign(name, 40)}`);
  const more = names.length - shown.length;
  return html`${shown}${more > 0 ? ` and ${more} more` : ""}`;
}

function missingSection({ missing, columns, looked }: TableProfile): Html {
  const incomplete = columns.filter((column) => column.missing > 0);
  if (incomplete.length === 0)
    return section("Missing cells", empty("No cell of this table is missing."));
  const emptiest = incomplete.toSorted((a, b) => b.missing - a.missing);
  const rows = emptiest
    .slice(0, listed.emptiest)
    .map(
      ({ name, missing: n, missingShare }) =>
        html`<tr><th scope="row">${foreign(name, 60)}</th><td class="num">${shortNumber(n)}</td><td class="bar">${shareBar(missingShare, "fill-warn")}</td><td class="num">${percent(missingShare)}</td></tr>`,
    );
  const more = emptiest.length - rows.length;
  const heads = ["Column", "#Missing", "", "#Share"];
  return section(
    "Missing cells",
    html`${missingByRow(missing.rows, looked)}<h3>By column</h3>${table("Missing cells by column", heads, rows)}${leftOut(more, "columns")}${missingPairs(missing)}`,
  );
}

function missingByRow(rows: TableProfile["missing"]["rows"], looked: number): Html {
  const complete = rows.find(({ missing }) => missing === 0)?.rows ?? 0;
  const most = rows.at(-1)?.missing ?? 0;
  const counts = Array.from({ length: most + 1 }, () => 0);
  for (const entry of rows) counts[entry.missing] = entry.rows;
  const share = percent(looked === 0 ? 0 : complete / looked);
  const says = `Rows by their number of missing cells, from 0 to ${most}`;
  return html`<p>${shortNumber(complete)} of ${count(looked, "row")} (${share}) have no missing cell; the emptiest has ${most}.</p>
${counts.length <= labelledBars ? barLabels(counts.map(shortNumber)) : nothing}<div class="chart">${barChart(counts, says)}</div>${
    counts.length <= labelledBars
      ? barLabels(counts.map((_, i) => (i === 0 ? "none missing" : `${i} missing`)))
      : html`<div class="ends"><span>no cell missing</span><span>${count(most, "cell")} missing</span></div>`
  }`;
}

/** Labels above or below bars, one each. */
const barLabels = (labels: readonly string[]): Html =>
  html`<div class="labels">${labels.map((label) => html`<span>${label}</span>`)}</div>`;

function missingPairs({ pairs, pairsCounted }: TableProfile["missing"]): Html {
  const odd = pairs.filter(({ z }) => Math.abs(z) >= oddZ);
  if (pairsCounted === 0) return nothing;
  if (odd.length === 0)
    return html`<h3>Together</h3><p>In none of ${count(pairsCounted, "pair")} of columns are cells missing together, or apart, more often than chance has it.</p>`;
  const heads = ["Columns", "#Both missing", "#By chance", "#z"];
  const many = odd.length === pairs.length && pairs.length < pairsCounted ? " or more" : "";
  return html`<h3>Together</h3>${table("Columns missing together", heads, odd.slice(0, listed.pairs).map(pairRow))}<p class="note">By chance: rows where both would be missing if the two columns had nothing to do with each other; z is how many standard deviations off the count is. It is ${oddZ} or more, or −${oddZ} or less, for ${odd.length}${many} of ${count(pairsCounted, "pair")}.</p>`;
}

function pairRow({ a, b, both, expected, z }: MissingPair): Html {
  return html`<tr><th scope="row">${foreign(a, 40)} and ${foreign(b, 40)}</th><td class="num">${shortNumber(both)}</td><td class="num">${shortNumber(expected)}</td><td class="num">${z.toFixed(1)}</td></tr>`;
}

function correlationSection({ correlations, columns }: TableProfile): Html {
  if (correlations.columns.length < 2) return nothing;
  const numbers = columns.filter(({ kind }) => kind === "int" || kind === "float").length;
  const strong = strongCorrelations(correlations).filter(({ r }) => Math.abs(r) >= namedR);
  const rows = strong
    .slice(0, listed.pairs)
    .map(
      ({ a, b, r }) =>
        html`<tr><th scope="row">${foreign(a, 40)} and ${foreign(b, 40)}</th><td class="num">${r.toFixed(2)}</td></tr>`,
    );
  const named =
    rows.length === 0
      ? html`<p>No two columns are correlated with |r| ≥ ${namedR}.</p>`
      : table("Strongest correlations", ["Columns", "#r"], rows);
  const left = numbers - correlations.columns.length;
  const note = left > 0 ? ` ${left} numeric columns are not in it.` : "";
  return section(
    "Correlations",
    html`<div class="side">${scroll(heatMap(correlations))}<div><h3>Strongest</h3>${named}</div></div><p class="note">Pearson’s r, over the rows where both columns have a value.${note}</p>`,
  );
}

const scroll = (content: Html): Html =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="Correlations">${content}</div>`;

const signs: Readonly<Record<DriftLevel, string>> = { none: "○", moderate: "◐", severe: "●" };
const tones = { none: "good", moderate: "warn", severe: "bad" } as const;

/** A column that has moved: its buckets before and now. */
function movedCard({ column, psi, level, buckets }: ProfiledDrift): Html {
  const seen = buckets.filter(({ before, now }) => before > 0 || now > 0);
  const ordered =
    seen.length > shownBuckets ? seen.toSorted((a, b) => change(b) - change(a)) : seen;
  const top = Math.max(...seen.map(({ before, now }) => Math.max(before, now)), 1e-9);
  const lines = ordered
    .slice(0, shownBuckets)
    .map(
      ({ label, before, now }) =>
        html`<tr><th scope="row">${label === "" ? html`<i>empty</i>` : foreign(label.replace(/^(?!up )(\S+) to (\S+)$/, "$1 – $2"), 28)}</th><td class="bar">${pairBars(before, now, top)}</td><td class="num">${percent(before)}</td><td class="num">${percent(now)}</td></tr>`,
    );
  const left = seen.length - lines.length;
  const rest = left > 0 ? html`<small>and ${left} that moved less</small>` : nothing;
  return html`<div class="card"><h3>${foreign(column)} ${badge(tones[level], `${signs[level]} PSI ${psi.toFixed(2)}`)}</h3><table class="top pairs"><thead><tr><th></th><th></th><th class="num">before</th><th class="num">now</th></tr></thead><tbody>${lines}</tbody></table>${rest}</div>
`;
}

/** Buckets on a card; where there are more, those that moved most. */
const shownBuckets = 12;
const change = ({ before, now }: ProfiledDrift["buckets"][number]): number =>
  Math.abs(now - before);

function driftSection(drift: ProfileDrift | null): Html {
  if (drift === null) return nothing;
  const { rowsBefore, added, removed, changedKind, columns } = drift;
  const top = Math.max(thresholds.severe * 1.25, ...columns.map(({ psi }) => psi));
  const marks = [thresholds.moderate / top, thresholds.severe / top];
  const rows = columns
    .slice(0, listed.drift)
    .map(
      ({ column, psi, level, noise }) =>
        html`<tr><th scope="row">${foreign(column, 60)}</th><td class="num">${psi.toFixed(3)}</td><td>${badge(tones[level], `${signs[level]} ${level}`)}</td><td class="bar">${shareBar(psi / top, `fill-${tones[level]}`, marks)}</td><td class="num wide">${noise.toFixed(3)}</td></tr>`,
    );
  const heads = ["Column", "#PSI", "Level", `PSI, 0 to ${top.toFixed(2)}`, "#~By chance"];
  const moved = columns.filter(({ level, psi, noise }) => level !== "none" && psi > noise);
  const drawn = moved.slice(0, listed.drawn).map(movedCard);
  const cards =
    drawn.length === 0
      ? html`<p>No column has moved more than chance has it.</p>`
      : html`<div class="cards">${drawn}</div>${leftOut(moved.length - drawn.length, "moved columns")}<p class="note"><span class="key was"></span> before <span class="key now"></span> now; the share of all rows in each bucket. Of numbers, each bucket held a tenth before.</p>`;
  return section(
    "Drift since the profile before",
    html`${facts([
      ["Rows before", shortNumber(rowsBefore)],
      ["New columns", nameList(added)],
      ["Columns gone", nameList(removed)],
      ["Of another kind", nameList(changedKind)],
    ])}${cards}<h3>By column</h3>${table("Drift by column", heads, rows)}${leftOut(columns.length - rows.length, "columns")}<p class="note">PSI is the population stability index, here from the two profiles. From ${thresholds.moderate} it is moderate, from ${thresholds.severe} severe; the lines in the bars stand there. “By chance” is the PSI to expect when nothing has changed.</p>`,
  );
}
