/** @file The sections of the first page, in the order of the flow: runs, model, endpoint, charts. */
import { count } from "../../core/index.ts";
import type { ColumnSpec } from "../../flow.ts";
import { type Html, html, nothing } from "./html.ts";
import type { PageChart, PageData, PageEndpoint, PageModel, PageRun } from "./page-data.ts";
import { badge, duration, metricText, moment, name, number } from "./words.ts";

const tones = { finished: "good", failed: "bad", running: "plain" } as const;

/** The runs: what was measured, the best marked. */
export function runsSection({ runs, best }: PageData): Html {
  if (runs.length === 0)
    return section("runs", "Runs", empty("No run yet. A run appears here when a model is fitted."));
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
  const winner = bestRun(runs, best);
  const rows = runs.map(
    (run) => html`<tr>
<th scope="row">${name(run.name)}<small>${run.id.slice(0, 8)}</small></th>
${metrics.map((metric) => metricCell(run, metric, run === winner && metric === best?.metric))}
<td>${badge(tones[run.status], run.status)}</td>
<td>${moment(run.startedAtMs)}<small>${took(run)}</small></td>
</tr>`,
  );
  const heads = metrics.map((metric) => html`<th scope="col" class="num">${metric}</th>`);
  return section(
    "runs",
    "Runs",
    scroll(
      "Runs and their metrics",
      html`<table><thead><tr><th scope="col">Run</th>${heads}<th scope="col">Status</th><th scope="col">Started (UTC)</th></tr></thead><tbody>${rows}</tbody></table>`,
    ),
  );
}

/** The model: which version answers, and what it takes. */
export function modelSection({ model }: PageData): Html {
  if (model === null)
    return section("model", "Model", empty("No model is registered yet. Register a run's model."));
  return section("model", "Model", html`${modelFacts(model)}${signatureTable(model)}`);
}

/** The endpoints: what they have answered, and how fast. */
export function endpointsSection({ endpoints }: PageData): Html {
  if (endpoints.length === 0)
    return section("endpoints", "Endpoint", empty("No endpoint yet. Serve a version of a model."));
  return section("endpoints", "Endpoint", html`${endpoints.map(endpointFacts)}`);
}

/** Pictures, as images: nothing in them can act. */
export function chartsSection({ charts }: PageData): Html {
  if (charts.length === 0) return nothing;
  const figures = charts.map(
    (chart: PageChart) => html`<figure><figcaption>${chart.title}</figcaption>
<img alt="${chart.alt}" src="data:image/svg+xml;base64,${Buffer.from(chart.svg).toString("base64")}"></figure>`,
  );
  return section("charts", "Charts", html`<div class="charts">${figures}</div>`);
}

/** A part of the page with a heading. */
export function section(id: string, title: string, content: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>`;
}

/** What a section says when it has nothing to show. */
export function empty(sentence: string): Html {
  return html`<p class="empty">${sentence}</p>`;
}

/** Wide content that scrolls by itself on a narrow screen, also by keyboard. */
export function scroll(label: string, content: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
}

/** Facts as term and value. */
export function facts(entries: readonly (readonly [string, Html])[]): Html {
  return html`<dl>${entries.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function metricCell(run: PageRun, metric: string, isBest: boolean): Html {
  const value = run.metrics[metric];
  const shown = value === undefined ? "–" : metricText(value);
  const mark = isBest ? html` ${badge("good", "★ best")}` : nothing;
  return html`<td class="num">${shown}${mark}</td>`;
}

function took({ startedAtMs, endedAtMs }: PageRun): string {
  return endedAtMs === null ? "still running" : `took ${duration(endedAtMs - startedAtMs)}`;
}

function bestRun(runs: readonly PageRun[], best: PageData["best"]): PageRun | undefined {
  if (best === undefined) return undefined;
  const sign = best.lowest === true ? -1 : 1;
  const scoreOf = (run: PageRun): number => sign * (run.metrics[best.metric] ?? Number.NaN);
  const measured = runs.filter((run) => run.status === "finished" && Number.isFinite(scoreOf(run)));
  return measured.sort((a, b) => scoreOf(b) - scoreOf(a))[0];
}

function modelFacts(model: PageModel): Html {
  const aliases = model.aliases.map((alias) => html`${badge("good", alias)} `);
  return facts([
    ["Name", name(model.name)],
    ["Version", html`${model.number} ${aliases}`],
    ["Algorithm", html`${model.kind}`],
    ["Registered (UTC)", moment(model.createdAtMs)],
    ["Hash", html`<code title="${model.modelHash}">${model.modelHash.slice(7, 19)}</code>`],
    [
      "Answers",
      html`${name(model.signature.output.name)} <small>${model.signature.output.kind}</small>`,
    ],
    ...lookupFacts(model),
  ]);
}

function lookupFacts({ lookups }: PageModel): readonly (readonly [string, Html])[] {
  if (lookups === undefined) return [];
  const tables = lookups.tables.map(
    ({ table, columns }) =>
      html`${name(table)} <small>${count(columns.length, "feature")}</small> `,
  );
  return [
    ["Asked by", html`${Object.keys(lookups.request).map((column) => html`${name(column)} `)}`],
    ["Looks up", html`${tables}`],
  ];
}

function signatureTable({ signature }: PageModel): Html {
  const rows = Object.entries(signature.inputs).map(
    ([column, spec]) => html`<tr><th scope="row">${name(column)}</th><td>${spec.kind}</td>
<td>${spec.nullable ? "may be missing" : "required"}</td><td>${limits(spec)}</td></tr>`,
  );
  return html`<details><summary>Signature: ${rows.length} inputs</summary>${scroll(
    "Inputs of the model",
    html`<table><thead><tr><th scope="col">Input</th><th scope="col">Kind</th><th scope="col">Presence</th><th scope="col">Values</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}</details>`;
}

function limits({ levels, min, max, unit, pattern }: ColumnSpec): string {
  const parts = [
    levels?.join(", "),
    min === undefined ? undefined : `≥ ${min}`,
    max === undefined ? undefined : `≤ ${max}`,
    pattern === undefined ? undefined : `matches ${pattern}`,
    unit,
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

function endpointFacts(endpoint: PageEndpoint): Html {
  const { requests, failures, latencyMs } = endpoint;
  const share = requests === 0 ? 0 : (100 * failures) / requests;
  const failed =
    failures === 0
      ? html`0 ${badge("good", "none")}`
      : html`${number(failures)} ${badge(share >= 5 ? "bad" : "warn", `${number(Number(share.toPrecision(2)))} %`)}`;
  return html`<h3>${name(endpoint.name)} <small>version ${endpoint.version}</small></h3>${facts([
    ["Requests", html`${number(requests)}`],
    ["Rows answered", html`${number(endpoint.rows)}`],
    ["Failures", failed],
    ["Latency p50", html`${latencyMs === null ? "–" : duration(latencyMs.p50)}`],
    ["Latency p95", html`${latencyMs === null ? "–" : duration(latencyMs.p95)}`],
    ["Since (UTC)", moment(endpoint.sinceMs)],
  ])}`;
}
