/** @file The columns on a profile's page: a card each, with its distribution and its numbers. */
import { count } from "../../core/index.ts";
import type { ColumnProfile, NumberProfile } from "../profile/profile.ts";
import { percent, shortNumber, valueText, visible } from "../profile/words.ts";
import { barChart, shareBar } from "./charts.ts";
import { foreign, type Html, html, nothing } from "./html.ts";
import { badge, facts } from "./parts.ts";

/** Common values on a card. */
const listedValues = 6;
/** Numbers of no more different values than this are shown value by value too. */
const fewNumbers = 10;

/** A column: what it holds, how much is missing, and its picture. */
export function columnCard(column: ColumnProfile): Html {
  const { name, kind, count: rows, missing, missingShare, distinct, distinctExact } = column;
  const marks = [
    rows === 0 ? badge("warn", "all missing") : nothing,
    distinct === 1 && missing === 0 ? badge("warn", "constant") : nothing,
    isKeyLike(column) ? badge("plain", "all different") : nothing,
  ];
  const shown = `${distinctExact ? "" : "≈ "}${shortNumber(distinct)}`;
  const missingText = missing === 0 ? "none" : `${percent(missingShare)} (${shortNumber(missing)})`;
  return html`<div class="card"><h3>${foreign(name)}<small>${kind}</small> ${marks}</h3>
${column.number === null || distinct < 2 ? nothing : numberChart(column, column.number)}${facts([
  ["Missing", missingText],
  ["Different", shown],
  ...numberFacts(column),
  ...textFacts(column),
])}${form(column)}${commonValues(column)}</div>
`;
}

const isKeyLike = ({ count: rows, distinct, distinctExact, text, kind }: ColumnProfile): boolean =>
  distinctExact && rows > 1 && distinct === rows && (text !== null || kind === "int");

function numberChart({ kind, name }: ColumnProfile, number: NumberProfile): Html {
  const { histogram, min, max } = number;
  const high = Math.max(0, ...(histogram?.counts ?? []));
  const rows = high === 0 ? "" : `tallest bar ${shortNumber(high)}`;
  const ends = html`<div class="ends"><span>${valueText(kind, min)}</span><span>${rows}</span><span>${valueText(kind, max)}</span></div>`;
  if (histogram === null) return ends;
  const says = `${visible(name, 60)}: values in ${count(histogram.counts.length, "bin")} from ${valueText(kind, min)} to ${valueText(kind, max)}`;
  return html`<div class="chart">${barChart(histogram.counts, says)}</div>${ends}`;
}

function numberFacts({ kind, number }: ColumnProfile): readonly (readonly [string, string])[] {
  if (number === null) return [];
  const at = (p: number): string => {
    const found = number.quantiles.find((quantile) => quantile.p === p);
    return found === undefined ? "–" : valueText(kind, found.value);
  };
  const mean = number.mean === null ? "–" : valueText(kind, number.mean);
  const middle: readonly (readonly [string, string])[] = [
    ["Median", at(0.5)],
    ["Mean", mean],
  ];
  if (kind === "timestamp") return middle;
  const odd: readonly (readonly [string, number])[] = [
    ["Zero", number.zeros],
    ["Negative", number.negatives],
    ["Infinite", number.infinite],
  ];
  return [
    ...middle,
    ["Deviation", number.std === null ? "–" : shortNumber(number.std)],
    ["5 % to 95 %", `${at(0.05)} to ${at(0.95)}`],
    ...odd.filter(([, n]) => n > 0).map(([what, n]) => [what, shortNumber(n)] as const),
  ];
}

function textFacts({ text }: ColumnProfile): readonly (readonly [string, string])[] {
  if (text === null) return [];
  const { shortest, longest, empty, padded } = text;
  const lengths = shortest === longest ? `${shortest}` : `${shortest} to ${longest}`;
  const odd: readonly (readonly [string, number])[] = [
    ["Empty", empty],
    ["Space around", padded],
  ];
  return [
    ["Characters", lengths],
    ...odd.filter(([, n]) => n > 0).map(([what, n]) => [what, shortNumber(n)] as const),
  ];
}

/** The form of the texts, where they have one and are not listed. */
function form({ text, topHolds }: ColumnProfile): Html {
  if (text === null || text.pattern === null || topHolds === "all") return nothing;
  return html`<p class="form"><small>all like</small> <code>${foreign(text.pattern, 60)}</code></p>`;
}

function commonValues(column: ColumnProfile): Html {
  const { top, topHolds, count: rows, number, distinct } = column;
  const many = number !== null && topHolds !== "heavy" && distinct > fewNumbers;
  const single = top.every((value) => value.count <= 1) && rows > 1;
  if (top.length === 0 || many || single || column.kind === "timestamp") return nothing;
  const lines = top.slice(0, listedValues).map(({ value, count: n }) => {
    const text = value === "" ? html`<i>empty</i>` : foreign(value, 32);
    return html`<tr><th scope="row">${text}</th><td class="bar">${shareBar(n / rows, "fill")}</td><td class="num">${percent(n / rows)}</td></tr>`;
  });
  const others = topHolds === "heavy" ? 0 : distinct - lines.length;
  const rest = others > 0 ? html`<small>and ${shortNumber(others)} other values</small>` : nothing;
  return html`<table class="top"><tbody>${lines}</tbody></table>${rest}`;
}
