/** @file Drift on the first page: a bar per column, its level in words, and whether a retrain is due. */
import type { DriftLevel } from "../../flow.ts";
import { type Html, html, nothing } from "./html.ts";
import type { PageData, PageDrift } from "./page-data.ts";
import { empty, facts, scroll, section } from "./sections.ts";
import { badge, moment, name, number } from "./words.ts";

const signs: Readonly<Record<DriftLevel, string>> = { none: "○", moderate: "◐", severe: "●" };
const tones = { none: "good", moderate: "warn", severe: "bad" } as const;

/** The drift of every column: bars with the thresholds as lines. */
export function driftSection({ drift }: PageData): Html {
  if (drift === null || drift.columns.length === 0)
    return section(
      "drift",
      "Drift",
      empty("Nothing compared yet. Drift is measured when the endpoint has answered enough rows."),
    );
  const { moderate, severe } = drift.thresholds;
  const top = Math.max(severe * 1.25, ...drift.columns.map(({ psi }) => psi));
  const rows = drift.columns.map(
    (column) => html`<tr><th scope="row">${name(column.column)}</th>
<td class="num">${column.psi.toFixed(3)}</td>
<td>${badge(tones[column.level], `${signs[column.level]} ${column.level}`)}</td>
<td class="bar">${bar(column, drift, top)}</td>
<td class="num">${column.noise === undefined ? "–" : column.noise.toFixed(3)}</td></tr>`,
  );
  return section(
    "drift",
    "Drift",
    html`${facts([
      ["Learned from", name(drift.reference)],
      ["Served", name(drift.current)],
      ["Compared (UTC)", moment(drift.atMs)],
    ])}${scroll(
      "Drift by column",
      html`<table><thead><tr><th scope="col">Column</th><th scope="col" class="num">PSI</th><th scope="col">Level</th><th scope="col">0 to ${top.toFixed(2)}</th><th scope="col" class="num">By chance</th></tr></thead><tbody>${rows}</tbody></table>`,
    )}<p class="note">PSI is the population stability index. From ${moderate} it is moderate, from ${severe} severe; the lines in the bars stand there. “By chance” is the PSI to expect when nothing has changed.</p>`,
  );
}

/** Whether a retrain is due, and why. */
export function retrainSection({ retrain }: PageData): Html {
  if (retrain === null)
    return section("retrain", "Retrain", empty("Not judged yet. A monitor report decides it."));
  const reasons = retrain.reasons.map((reason) => html`<li>${reason}</li>`);
  const state = retrain.due
    ? html`<p>${badge("bad", "● due")} The model should learn again.</p>`
    : html`<p>${badge("good", "○ not due")} Nothing asks for a new model.</p>`;
  return section(
    "retrain",
    "Retrain",
    html`${state}${reasons.length === 0 ? nothing : html`<ul>${reasons}</ul>`}`,
  );
}

/** One bar, 100 units wide; it stretches with its cell. */
function bar(
  { column, psi, level }: PageDrift["columns"][number],
  { thresholds }: PageDrift,
  top: number,
): Html {
  const at = (value: number): string => ((100 * value) / top).toFixed(2);
  const lines = [thresholds.moderate, thresholds.severe].map(
    (value) => html`<line x1="${at(value)}" x2="${at(value)}" y1="0" y2="12"/>`,
  );
  return html`<svg viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="${column}: PSI ${number(Number(psi.toFixed(3)))}, ${level}"><rect class="track" width="100" height="12"/><rect class="${level}" y="2" width="${at(psi)}" height="8"/>${lines}</svg>`;
}
