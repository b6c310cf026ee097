/** @file The page of a comparison of two tables: how far each column has moved, by which measure, and how it looks. */
import { count } from "../../core/index.ts";
import type { DriftLevel } from "../../flow.ts";
import { percent, shortNumber } from "../profile/words.ts";
import { pairBars, valueChart } from "./charts.ts";
import { fitting, foreign, type Html, html, nothing } from "./html.ts";
import { badge, facts, leftOut, moment, page, section, table } from "./parts.ts";

/** One side of a column. */
interface DriftSide {
  readonly rows: number;
  readonly missing: number;
  readonly infinite: number;
  readonly mean: number | null;
  readonly deviation: number | null;
}

/** A column that was compared. */
export interface DriftPageColumn {
  readonly column: string;
  readonly measure: string;
  readonly value: number;
  readonly level: DriftLevel;
  readonly unknownWords: number | null;
  readonly missing: { readonly psi: number; readonly level: DriftLevel };
  readonly reference: DriftSide;
  readonly current: DriftSide;
  readonly buckets: readonly {
    readonly label: string;
    readonly reference: number;
    readonly current: number;
  }[];
  /** What earlier comparisons gave, oldest first. */
  readonly earlier?: readonly number[];
}

/** What the page shows. */
export interface DriftPageData {
  readonly reference: string;
  readonly current: string;
  readonly rows: readonly [number, number];
  readonly atMs: number;
  /** The worst first. */
  readonly columns: readonly DriftPageColumn[];
  /** How the columns of the tables differ, in sentences: severe drift. */
  readonly changes: readonly string[];
  /** Severe columns, those that are in `changes` included. */
  readonly severe: number;
}

const signs: Readonly<Record<DriftLevel, string>> = { none: "○", moderate: "◐", severe: "●" };
const tones = { none: "good", moderate: "warn", severe: "bad" } as const;
/** The two lists may fill this much: the page stays below a megabyte. */
const bytes = { list: 250_000, cards: 600_000 };
/** Buckets on a card; where there are more, those that moved most. */
const shownBuckets = 12;

/**
 * A page about the drift between two tables, below one megabyte whatever the tables hold: one document without
 * a script that asks for nothing from anywhere, light and dark.
 */
export function driftPage(data: DriftPageData): string {
  const { reference, current, columns } = data;
  const isFirst = columns.every(({ earlier = [] }) => earlier.length === 0);
  const moved = columns.filter(({ level }) => level !== "none");
  const rows = fitting(columns, (column) => columnRow(column, isFirst), bytes.list);
  const cards = fitting(
    [...moved, ...columns.filter(({ level }) => level === "none")],
    columnCard,
    bytes.cards,
  );
  const heads = ["Column", "#Value", "Level", ...(isFirst ? [] : ["#~Over time"]), "#~Missing"];
  return page({
    title: `Drift of ${current}`,
    about: html`since ${foreign(reference)} · compared ${moment(data.atMs)} UTC`,
    content: [
      section("Summary", summary(data)),
      section(
        "Columns",
        html`${table("Drift by column", heads, rows.shown)}${leftOut(rows.left, "columns")}<p class="note">Of a test (kolmogorov-smirnov, chi-square, z) the value is p: the smaller, the surer that something has moved. Of every other measure it is a distance: the larger, the farther. A missing cell counts as moved by its share.${isFirst ? "" : " Over time are the comparisons that were kept, the newest on the right, each column by its largest value."}</p>`,
      ),
      section(
        "Distributions",
        html`<div class="cards">${cards.shown}</div>${leftOut(cards.left, "columns")}<p class="note"><span class="key was"></span> reference <span class="key now"></span> current; the share of all rows in each bucket. Of numbers, the buckets held as many reference rows each as the values allow.</p>`,
      ),
    ],
  });
}

function summary({ rows, columns, changes, severe }: DriftPageData): Html {
  const of = (level: DriftLevel): string =>
    shortNumber(columns.filter((column) => column.level === level).length);
  const told = changes.map(
    (change) =>
      html`<p class="note">${badge("bad", `${signs.severe} severe`)} ${foreign(change, 400)}</p>`,
  );
  return html`${facts([
    ["Severe", badge("bad", `${signs.severe} ${shortNumber(severe)}`)],
    ["Moderate", badge("warn", `${signs.moderate} ${of("moderate")}`)],
    ["None", badge("good", `${signs.none} ${of("none")}`)],
    ["Columns", shortNumber(columns.length)],
    ["Reference rows", shortNumber(rows[0])],
    ["Current rows", shortNumber(rows[1])],
  ])}${told}`;
}

function columnRow(drift: DriftPageColumn, isFirst: boolean): Html {
  const { column, measure, value, level, earlier = [], missing, current } = drift;
  const share =
    missing.level === "none"
      ? percent(current.missing)
      : html`${badge(tones[missing.level], percent(current.missing))}`;
  return html`<tr><th scope="row">${foreign(column, 60)}<small>${measure}</small></th><td class="num">${figure(value)}</td><td>${badge(tones[level], `${signs[level]} ${level}`)}</td>${isFirst ? nothing : overTime([...earlier, value])}<td class="num wide">${share}</td></tr>`;
}

/** Earlier values and this one as bars, and the one before in figures. */
function overTime(values: readonly number[]): Html {
  const before = values.at(-2);
  if (before === undefined) return html`<td class="trend wide"></td>`;
  const says = `${count(values.length, "comparison")}, oldest first: ${values.map(figure).join(", ")}`;
  return html`<td class="trend wide">${valueChart(values, says)}<span class="ends"><span></span><span>before ${figure(before)}</span></span></td>`;
}

/** Three places, and a small p with its power of ten. */
const figure = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.0005 ? value.toExponential(0) : value.toFixed(3);

function columnCard({
  column,
  measure,
  value,
  level,
  unknownWords,
  reference,
  current,
  buckets,
}: DriftPageColumn): Html {
  const change = (bucket: (typeof buckets)[number]): number =>
    Math.abs(bucket.current - bucket.reference);
  const ordered =
    buckets.length > shownBuckets ? buckets.toSorted((a, b) => change(b) - change(a)) : buckets;
  const shown = ordered.slice(0, shownBuckets);
  const top = Math.max(...shown.map((bucket) => Math.max(bucket.reference, bucket.current)), 1e-9);
  const lines = shown.map(
    (bucket) =>
      html`<tr><th scope="row">${bucket.label === "" ? html`<i>empty</i>` : foreign(bucket.label, 28)}</th><td class="bar">${pairBars(bucket.reference, bucket.current, top)}</td><td class="num">${percent(bucket.reference)}</td><td class="num">${percent(bucket.current)}</td></tr>`,
  );
  const left = buckets.length - shown.length;
  const rest =
    left > 0 ? html`<small>and ${count(left, "bucket")} that moved less</small>` : nothing;
  const moved = (what: string, a: number | null, b: number | null): readonly string[] =>
    a === null || b === null ? [] : [`${what} ${shortNumber(a)} → ${shortNumber(b)}`];
  const told = [
    measure,
    ...moved("mean", reference.mean, current.mean),
    ...moved("deviation", reference.deviation, current.deviation),
    ...(unknownWords === null ? [] : [`new words ${percent(unknownWords)}`]),
  ];
  return html`<div class="card"><h3>${foreign(column)} ${badge(tones[level], `${signs[level]} ${figure(value)}`)}</h3><small>${told.join(" · ")}</small><table class="top pairs"><thead><tr><th></th><th></th><th class="num">reference</th><th class="num">current</th></tr></thead><tbody>${lines}</tbody></table>${rest}</div>
`;
}
