/** @file The first page: runs, model, endpoint, drift and retrain on one sheet, without scripts. */
import { driftSection, retrainSection } from "./drift-section.ts";
import { type Html, html, nothing } from "./html.ts";
import type { PageData } from "./page-data.ts";
import { chartsSection, endpointsSection, modelSection, runsSection } from "./sections.ts";
import { moment } from "./words.ts";

const places = ["Runs", "Model", "Endpoint", "Drift", "Retrain"];
const anchors = ["runs", "model", "endpoints", "drift", "retrain"];

/**
 * The first page as HTML. It is a function of its data: every text in it is escaped, it has no
 * script, and its style is a file of the server.
 *
 * @param data - What to show; empty parts say what would fill them.
 * @param atMs - When the page was made, in milliseconds.
 * @returns A whole document.
 * @example
 * ```ts
 * const nothing = { runs: [], model: null, endpoints: [], drift: null, retrain: null, charts: [] };
 * pageHtml({ title: "<churn>", ...nothing }, 0).includes("<h1>&lt;churn&gt;</h1>") // => true
 * ```
 */
export function pageHtml(data: PageData, atMs: number): string {
  const links: readonly Html[] = places.map(
    (place, i) => html`<li><a href="#${anchors[i] ?? ""}">${place}</a></li>`,
  );
  const alarm =
    data.retrain?.due === true ? html` · <a href="#retrain">a retrain is due</a>` : nothing;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${data.title} · Millrace</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
</head>
<body>
<a class="skip" href="#runs">Skip to the content</a>
<header><h1>${data.title}</h1><p>${moment(atMs)} UTC${alarm}</p>
<nav aria-label="Parts of this page"><ul>${links}</ul></nav></header>
<main>
${runsSection(data)}
${modelSection(data)}
${endpointsSection(data)}
${driftSection(data)}
${retrainSection(data)}
${chartsSection(data)}
</main>
<footer>Millrace</footer>
</body>
</html>
`.text;
}
