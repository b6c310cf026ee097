import { describe, expect, test } from "vitest";
import { escapeHtml, html } from "./html.ts";
import { pageHtml } from "./page.ts";
import type { PageData, PageRun } from "./page-data.ts";
import { duration, number } from "./words.ts";

const empty: PageData = {
  title: "Millrace",
  runs: [],
  model: null,
  endpoints: [],
  drift: null,
  retrain: null,
  charts: [],
};
const run = (name: string, change: Partial<PageRun> = {}): PageRun => ({
  id: `${name}-0123456789`,
  name,
  status: "finished",
  startedAtMs: 0,
  endedAtMs: 1500,
  metrics: { auc: 0.84321 },
  ...change,
});
const full = (evil: string): PageData => ({
  title: evil,
  runs: [run(evil, { id: evil, metrics: { [evil]: 1, auc: 0.5 } })],
  best: { metric: evil },
  model: {
    name: evil,
    number: 1,
    aliases: [evil],
    modelHash: "sha256:0123456789abcdef",
    createdAtMs: 0,
    kind: evil,
    signature: {
      inputs: { [evil]: { kind: "category", nullable: false, levels: [evil], unit: evil } },
      output: { name: evil, kind: "bool" },
    },
    lookups: {
      request: { [evil]: { kind: "text", nullable: false } },
      tables: [{ table: evil, columns: [evil] }],
    },
  },
  endpoints: [
    { name: evil, version: 1, sinceMs: 0, requests: 8, failures: 2, rows: 8, latencyMs: null },
  ],
  drift: {
    atMs: 0,
    reference: evil,
    current: evil,
    columns: [{ column: evil, psi: 0.3, level: "severe", noise: 0.01 }],
    thresholds: { moderate: 0.1, severe: 0.2 },
  },
  retrain: { due: true, reasons: [evil] },
  charts: [{ title: evil, alt: evil, svg: `<svg>${evil}</svg>` }],
});

describe("pageHtml", () => {
  test("says what would fill it while there is nothing", () => {
    const page = pageHtml(empty, 0);
    for (const words of ["No run yet", "No model is", "No endpoint yet", "Nothing compared yet"])
      expect(page).toContain(words);
    expect(page).toContain("1970-01-01 00:00");
  });

  test("escapes every text, wherever it stands", () => {
    const evil = `<script>alert("1")</script>'&`;
    const page = pageHtml(full(evil), 0);
    expect(page).not.toContain("<script");
    expect(page).not.toContain('alert("1")');
    const tags = (text: string): readonly string[] => text.match(/<\/?[a-z0-9]+[\s>]/g) ?? [];
    expect(tags(page)).toEqual(tags(pageHtml(full("0plain"), 0)));
    expect(page.split("&lt;script&gt;").length).toBeGreaterThan(15);
  });

  test("has no script, no inline style and nothing from elsewhere", () => {
    const page = pageHtml(full("plain"), 0);
    expect(page).not.toMatch(/<script| style=| on[a-z]+=|https?:|javascript:/);
  });

  test("marks the best finished run by its metric, in words", () => {
    const runs = [
      run("low", { metrics: { auc: 0.7 } }),
      run("high", { metrics: { auc: 0.9 } }),
      run("none", { metrics: {} }),
      run("broken", { status: "failed", metrics: { auc: 0.99 } }),
    ];
    const bestOf = (best: PageData["best"]): string | undefined => {
      const page = pageHtml({ ...empty, runs, ...(best === undefined ? {} : { best }) }, 0);
      const rows = page.split("<tr>").filter((row) => row.includes("★ best"));
      return rows.length === 1 ? /<bdi>(\w+)/.exec(rows[0] ?? "")?.[1] : `${rows.length} rows`;
    };
    expect(bestOf({ metric: "auc" })).toBe("high");
    expect(bestOf({ metric: "auc", lowest: true })).toBe("low");
    expect(bestOf({ metric: "other" })).toBe("0 rows");
    expect(bestOf(undefined)).toBe("0 rows");
  });

  test("says by what a model is asked that looks features up, and where", () => {
    const page = pageHtml(full("plain"), 0);
    expect(page).toContain("<dt>Asked by</dt><dd><bdi>plain<wbr></bdi>");
    expect(page).toContain("<dt>Looks up</dt><dd><bdi>plain<wbr></bdi> <small>1 feature</small>");
    expect(pageHtml(empty, 0)).not.toContain("Asked by");
  });

  test("names the level of drift in words, not by colour alone", () => {
    const page = pageHtml(full("plain"), 0);
    expect(page).toContain("● severe");
    expect(page).toContain('aria-label="plain: PSI 0.3, severe"');
    expect(page).toContain("● due");
    const calm = { due: false, reasons: [] };
    expect(pageHtml({ ...empty, retrain: calm }, 0)).toContain("○ not due");
  });

  test("shows running runs, failures and latencies", () => {
    const [endpoint] = full("churn").endpoints;
    const data: PageData = {
      ...empty,
      runs: [run("now", { status: "running", endedAtMs: null })],
      endpoints: endpoint ? [{ ...endpoint, latencyMs: { p50: 0.5, p95: 12 } }] : [],
    };
    const page = pageHtml(data, 0);
    for (const words of ["still running", "25 %", "0.50 ms", "12 ms"])
      expect(page).toContain(words);
  });
});

describe("html", () => {
  test("escapes values and keeps what is HTML already", () => {
    const inner = html`<i>${"<&>\"'"}</i>`;
    expect(html`<b>${inner}${[inner]}${1}</b>`.text).toBe(`<b>${inner.text}${inner.text}1</b>`);
    expect(inner.text).toBe(`<i>${escapeHtml("<&>\"'")}</i>`);
    expect(escapeHtml("<&>\"'")).toBe("&lt;&amp;&gt;&quot;&#39;");
  });
});

describe("number", () => {
  test.each([
    [0.84321, "0.8432"],
    [12840, "12,840"],
    [0.5, "0.5"],
    [-1.23456, "-1.235"],
    [0.0000123, "1.23e-5"],
    [1234567.8, "1.23e+6"],
    [Number.NaN, "–"],
  ])("writes %d as %s", (value, words) => {
    expect(number(value)).toBe(words);
  });
});

describe("duration", () => {
  test.each([
    [0.412, "0.41 ms"],
    [250, "250 ms"],
    [4200, "4.2 s"],
    [600_000, "10 min"],
  ])("writes %d ms as %s", (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });
});
