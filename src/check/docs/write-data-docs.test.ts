import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../flow.ts";
import { memoryBytes } from "../../store/index.ts";
import { type Engine, float, frame, int, openEngine, schema, text } from "../../table/index.ts";
import type { ColumnProfile, TableProfile } from "../profile/profile.ts";
import { profileTable } from "../profile/profile-table.ts";
import type { DataDocs, DocsFolder, DocsResult, DocsSuite } from "./docs-data.ts";
import { writeDataDocs } from "./write-data-docs.ts";

const limit = 2_000_000;
const day = 86_400_000;
const evil = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</style></title><svg onload=alert(1)>",
  "\u202Egnp.exe",
  "\u001b[31mred\u0000",
  "\ud800 half",
  "x".repeat(100_000),
  "&lt;b&gt;",
  "../../etc/passwd",
];
const hostile = (i: number): string => `${evil[i % evil.length]}${i}`;

const finding = (given: Partial<Finding> = {}): Finding => ({
  expectation: "id has a value",
  column: "id",
  severity: "critical",
  passed: true,
  failedRows: 0,
  rows: 10,
  sample: [],
  ...given,
});
const result = (
  atMs: number,
  findings: readonly Finding[] = [finding()],
  suite = "sound",
): DocsResult => ({
  atMs,
  report: {
    suite,
    table: "points",
    rows: 10,
    passed: findings.every((one) => one.passed),
    findings,
  },
});
const suite = (name: string, says = "id has a value"): DocsSuite => ({
  name,
  schema: { name: "points" },
  expectations: [
    {
      type: "expect_column_values_to_not_be_null",
      column: "id",
      says,
      severity: "warning",
      mostly: 0.9,
    },
  ],
});

let engine: Engine;
let profile: TableProfile;
beforeAll(async () => {
  engine = await openEngine();
  const nullable = { nullable: true };
  const target = schema("points", {
    id: text({ key: true }),
    x: float(nullable),
    y: float(nullable),
    n: int(),
  });
  const sql = `SELECT printf('id%03d', i) AS id, CASE WHEN i % 3 > 0 THEN i / 7 END AS x,
    CASE WHEN i % 3 > 0 THEN i * 2.0 END AS y, i % 5 AS n FROM range(300) t(i)`;
  const rows = frame({ engine, schema: target, sql });
  const previous = await profileTable(
    frame({ engine, schema: target, sql: `${sql} WHERE i < 100` }),
  );
  profile = await profileTable(rows, { previous });
});
afterAll(() => engine.close());

/** A folder, and what was asked of it. */
function watched(): DocsFolder & {
  readonly read: string[];
  readonly puts: string[];
  text(key: string): Promise<string>;
  keys(): Promise<readonly string[]>;
} {
  const bytes = memoryBytes();
  const read: string[] = [];
  const written: string[] = [];
  const walk = async (at: string): Promise<readonly string[]> => {
    const found = await Promise.all(
      (await bytes.list(at)).map(async (name) => {
        const key = at === "" ? name : `${at}/${name}`;
        return (await bytes.has(key)) ? [key] : walk(key);
      }),
    );
    return found.flat();
  };
  return {
    read,
    puts: written,
    has: (key) => bytes.has(key),
    get: (key) => {
      read.push(key);
      return bytes.get(key);
    },
    put: (key, content) => {
      written.push(key);
      return bytes.put(key, content);
    },
    text: async (key) => Buffer.from(await bytes.get(key)).toString(),
    keys: () => walk(""),
  };
}

/** Every page of a folder, by key. */
async function pagesOf(folder: ReturnType<typeof watched>): Promise<ReadonlyMap<string, string>> {
  const keys = (await folder.keys()).filter((key) => key.endsWith(".html"));
  return new Map(
    await Promise.all(keys.map(async (key) => [key, await folder.text(key)] as const)),
  );
}

/** What no page may have in it: a script, a handler, an element that data made. */
function checkHarmless(page: string): void {
  expect(page).not.toMatch(/<(script|img|iframe|object|embed|form|base)\b/i);
  for (const [tag] of page.matchAll(/<[a-z][^>]*>/gi))
    expect(tag.replace(/"[^"]*"/g, "")).not.toMatch(/\son/i);
  expect(page).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
  expect(page).not.toMatch(/(src|href)="(?!data:,"|#|[a-z0-9./_-]+\.html")/i);
}

describe("writeDataDocs", () => {
  test("writes a page for each suite, result and profile, and an index that links them", async () => {
    const folder = watched();
    const docs: DataDocs = {
      title: "Lake",
      suites: [suite("sound")],
      results: [result(0)],
      profiles: [{ profile, atMs: 0 }],
    };
    const { pages } = await writeDataDocs(folder, docs);
    expect(pages.map((page) => page.split("/")[0])).toEqual(["suites", "results", "profiles"]);
    const index = await folder.text("index.html");
    for (const page of pages) expect(index).toContain(`href="${page}"`);
    expect(index).toContain("1 suite judged, none is failing.");
  });

  test("every link leads to a page", async () => {
    const folder = watched();
    for (let i = 0; i < 70; i++) await writeDataDocs(folder, { results: [result(i * day)] });
    await writeDataDocs(folder, {
      suites: [suite("sound")],
      results: [result(71 * day)],
      profiles: [1, 2].map((at) => ({ profile, atMs: at })),
    });
    const pages = await pagesOf(folder);
    expect(pages.size).toBe(75);
    const reached = new Set<string>();
    for (const [key, page] of pages)
      for (const [, href = ""] of page.matchAll(/href="([^"#]+\.html)"/g)) {
        const at = new URL(href, `http://docs/${key}`).pathname.slice(1);
        expect([...pages.keys()]).toContain(at);
        reached.add(at);
      }
    // What the index has forgotten is reached from the page after it.
    expect([...pages.keys()].filter((key) => key !== "index.html" && !reached.has(key))).toEqual(
      [],
    );
  });

  test("a new result writes its page, its suite's history and the index, and reads the small two only", async () => {
    const folder = watched();
    await writeDataDocs(folder, { suites: [suite("sound")], results: [result(0)] });
    folder.read.length = 0;
    folder.puts.length = 0;
    const { pages } = await writeDataDocs(folder, { results: [result(day)] });
    const history = "results/sound/history.json";
    expect(folder.read).toEqual(["index.json", history]);
    expect(folder.puts).toEqual([...pages, history, "index.json", "index.html"]);
    expect(pages).toHaveLength(1);
  });

  test("a result shows what each expectation came to in the results up to it, and in none after", async () => {
    const folder = watched();
    const broken = (rows: number, passed = false) =>
      finding({ expectation: "x is ≥ 0", passed, failedRows: rows });
    const pageOf = async (day: number, ...findings: readonly Finding[]) =>
      folder.text(
        (await writeDataDocs(folder, { results: [result(day * 86_400_000, findings)] })).pages[0] ??
          "",
      );
    expect(await pageOf(0, broken(1), finding())).not.toContain('class="fails"');
    await pageOf(1, broken(5));
    await pageOf(9, broken(9));
    const page = await pageOf(2, broken(2, true), finding({ expectation: "new" }));
    expect(page.match(/class="fails"/g)).toHaveLength(1);
    expect(page).toContain("Failed rows in the last 3 results, at most 50 %");
    expect(page).toContain("<span>1970-01-01</span><span>at most 50 %</span>");
    const [bars] = /<svg class="fails".*?<\/svg>/.exec(page) ?? [];
    expect(bars?.match(/fill-(good|bad)/g)).toEqual(["fill-good", "fill-bad"]);
    for (let day = 10; day < 90; day++) await pageOf(day, broken(1));
    const { results } = JSON.parse(await folder.text("results/sound/history.json"));
    expect([results.length, results.at(-1).atMs]).toEqual([60, 89 * 86_400_000]);
  });

  test("what was measured of a whole table stands in place of failed rows", async () => {
    const folder = watched();
    const mean = finding({
      expectation: "the mean of x is ≤ 5",
      passed: false,
      failedRows: 10,
      observed: 66.66666,
    });
    const [page = ""] = (
      await writeDataDocs(folder, { results: [result(0, [mean, finding({ observed: 3 })])] })
    ).pages;
    const text = await folder.text(page);
    expect(text).toContain('the whole table<small class="own">observed <bdi>66.67</bdi></small>');
    expect(text).toContain('<small class="own">observed <bdi>3</bdi></small>');
    expect(text).not.toContain("10 of 10");
  });

  test("the same again gives the same bytes, and late news take their place by time", async () => {
    const one = watched();
    const two = watched();
    for (const atMs of [0, day, 2 * day]) await writeDataDocs(one, { results: [result(atMs)] });
    for (const atMs of [2 * day, 0, day, 0]) await writeDataDocs(two, { results: [result(atMs)] });
    expect(await two.text("index.html")).toBe(await one.text("index.html"));
    expect(await two.text("index.json")).toBe(await one.text("index.json"));
    const history = "results/sound/history.json";
    expect(await two.text(history)).toBe(await one.text(history));
  });

  test("the index shows the newest verdict, failing suites first, and the trend of all", async () => {
    const folder = watched();
    const bad = finding({ passed: false, failedRows: 3 });
    const odd = finding({ passed: false, failedRows: 1, severity: "warning" });
    const warned = { ...result(0, [odd], "b-warned") };
    await writeDataDocs(folder, {
      results: [
        result(0, [bad], "a-good"),
        result(day, [finding()], "a-good"),
        { ...warned, report: { ...warned.report, passed: true } },
        result(0, [finding(), bad], "z-bad"),
      ],
    });
    const index = await folder.text("index.html");
    expect(index).toContain("3 suites judged, 1 failing.");
    expect(index.indexOf("z-bad")).toBeLessThan(index.indexOf("a-good"));
    expect(index).toContain("● failed");
    expect(index).toContain("◐ warnings");
    expect(index).toContain("The last 2 results, 1 of them failed");
    expect(index).toContain("1 of 2 passed");
    // Two bars: the failed one is a little green below its red, the other is all green.
    expect(index).toMatch(
      /2 results, 1 of them failed"><path class="fill-good" d="M[^"]*"\/><path class="fill-bad"/,
    );
  });

  test("a result shows each finding with severity, counts and samples", async () => {
    const folder = watched();
    const bad = finding({
      expectation: "x is ≥ 0",
      passed: false,
      failedRows: 3,
      sample: ["a1", -1, null, "", "a1"],
    });
    const [page = ""] = (
      await writeDataDocs(folder, { results: [{ ...result(0, [bad, finding()]), version: 7 }] })
    ).pages;
    const text = await folder.text(page);
    expect(text).toContain("1 failed expectation");
    expect(text).toContain("1 passed expectation");
    expect(text).toContain("3 of 10 <small>30 %</small>");
    for (const shown of ["a1", "-1", "null", "(empty text)"])
      expect(text.split(`<code><bdi>${shown}</bdi></code>`)).toHaveLength(2);
    expect(text).toContain("<dt>Version</dt><dd>7</dd>");
  });

  test("a suite is told in words, with what each expectation asks of how many rows", async () => {
    const folder = watched();
    await writeDataDocs(folder, {
      suites: [suite("sound"), { ...suite("empty"), expectations: [] }],
    });
    const text = await folder.text("suites/sound.html");
    expect(text).toContain("id has a value");
    expect(text).toContain("at least 90 %");
    expect(await folder.text("suites/empty.html")).toContain("This suite expects nothing.");
    expect(await folder.text("index.html")).toContain("not judged yet");
  });

  test("a profile shows distributions, missing cells, correlations and drift", async () => {
    const folder = watched();
    const [page = ""] = (await writeDataDocs(folder, { profiles: [{ profile, atMs: 0 }] })).pages;
    const text = await folder.text(page);
    for (const shown of [
      "Drift since the profile before",
      "Columns",
      "Missing cells",
      "Correlations",
    ])
      expect(text).toContain(`<h2>${shown}</h2>`);
    expect(text).toContain('x</bdi> and <bdi>y</bdi></th><td class="num">100</td>');
    expect(text).toContain('x</bdi> and <bdi>y</bdi></th><td class="num">1.00</td>');
    expect(text.match(/<svg /g)?.length).toBeGreaterThan(8);
    expect(text).toContain("tallest bar ");
    // x and y hold more now: each bucket of the earlier tenths, before and now.
    expect(text.match(/<table class="top pairs">/g)?.length).toBeGreaterThan(0);
    expect(text).toMatch(
      /<th scope="row"><bdi>above [\d.,]+<\/bdi><\/th><td class="bar">.*?<td class="num">6\.\d %<\/td><td class="num">4\d/,
    );
    expect(text).toContain('<div class="labels"><span>none missing</span>');
  });

  test("hostile names and values are shown, not obeyed, and stay in their folder", async () => {
    const folder = watched();
    for (const [i, name] of evil.entries()) {
      const bad = finding({
        expectation: name,
        column: name,
        passed: false,
        failedRows: 1,
        sample: [name],
      });
      const columns = profile.columns.map(
        (column): ColumnProfile => ({
          ...column,
          name: hostile(i),
          top: [{ value: name, count: 3 }],
          topHolds: "most",
        }),
      );
      await writeDataDocs(folder, {
        title: name,
        suites: [suite(name, name)],
        results: [
          { ...result(i, [bad], name), report: { ...result(i, [bad], name).report, table: name } },
        ],
        profiles: [
          { profile: { ...profile, table: name, columns, constantColumns: [name] }, atMs: i },
        ],
      });
    }
    const pages = await pagesOf(folder);
    expect(pages.size).toBe(3 * evil.length + 1);
    for (const [key, page] of pages) {
      expect(key).toMatch(/^(index|(suites|results|profiles)\/[a-z0-9./TZ-]+)\.html$/);
      expect(Buffer.byteLength(page)).toBeLessThan(limit);
      checkHarmless(page);
    }
  });

  test("pages stay below two megabytes for 5,000 columns and findings, and 1,000 suites", async () => {
    const folder = watched();
    const many = Array.from({ length: 5000 }, (_, i) => i);
    const [first, second] = profile.columns;
    const columns = many.map(
      (i): ColumnProfile => ({
        ...((i % 2 ? first : second) as ColumnProfile),
        name: hostile(i),
        missing: 1 + i,
      }),
    );
    const findings = many.map((i) =>
      finding({
        expectation: hostile(i),
        passed: i % 2 === 0,
        failedRows: i,
        sample: many.slice(0, 50).map((j) => hostile(i + j)),
      }),
    );
    const big = suite("big");
    const expectations = many.flatMap((i) =>
      big.expectations.map((one) => ({ ...one, says: hostile(i) })),
    );
    await writeDataDocs(folder, {
      suites: [{ ...big, expectations }],
      results: [
        result(0, findings, "big"),
        ...many
          .slice(0, 1000)
          .map((i) => result(i, [finding()], `suite ${hostile(i).slice(0, 300)}`)),
      ],
      profiles: [{ profile: { ...profile, columns }, atMs: 0 }],
    });
    const pages = await pagesOf(folder);
    const sizes = [...pages.values()].map((page) => Buffer.byteLength(page));
    expect(Math.max(...sizes)).toBeLessThan(limit);
    const left = [...pages.values()].filter((page) =>
      page.includes("left out to keep the page small"),
    );
    expect(left.length).toBe(3);
  });

  test("docs of a newer Millrace, and a damaged index, are refused before anything is written", async () => {
    const folder = watched();
    await folder.put("index.json", Buffer.from('{"format":2}'));
    await expect(writeDataDocs(folder, { results: [result(0)] })).rejects.toMatchObject({
      code: "check/unsupported-docs",
    });
    await folder.put("index.json", Buffer.from('{"format":'));
    await expect(writeDataDocs(folder, { results: [result(0)] })).rejects.toMatchObject({
      code: "json/corrupt-text",
    });
    expect(await folder.keys()).toEqual(["index.json"]);
    await expect(writeDataDocs(folder, { suite: [] } as DataDocs)).rejects.toMatchObject({
      code: "option/unknown-name",
    });
  });
});
