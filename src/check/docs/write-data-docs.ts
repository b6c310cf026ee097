/** @file Data docs written: the pages of what is new, then the index; nothing old is read again. */
import { checkNames } from "../../core/index.ts";
import type { Finding } from "../../flow.ts";
import type { DataDocs, DocsFolder, DocsResult } from "./docs-data.ts";
import {
  before,
  type DocsIndex,
  indexBytes,
  indexKey,
  profileId,
  profilesOf,
  readIndex,
  resultId,
  suiteOf,
  withNews,
} from "./docs-index.ts";
import {
  pointsOf,
  putSuiteHistory,
  readSuiteHistory,
  type SuiteHistory,
  withResult,
} from "./history.ts";
import { indexPage } from "./index-page.ts";
import { profilePage } from "./profile-page.ts";
import { resultPage } from "./result-page.ts";
import { suitePage } from "./suite-page.ts";

/** What {@link writeDataDocs} wrote: keys of the folder. */
export interface WrittenDocs {
  /** The first page. */
  readonly index: "index.html";
  /** The pages written now, the index aside, in the order of what was given. */
  readonly pages: readonly string[];
}

/**
 * Writes data docs: a static site of suites, validation results and profiles. What was written
 * before stays: a new result writes its own page, `index.html` and `index.json`, which holds the
 * facts of the newest 60 results of each suite, and `history.json` beside its page, which holds what
 * each expectation came to in them and gives it a trend. Older results stay linked, each from the one
 * after it. Writing the same again gives the same bytes.
 *
 * A page is one HTML file without a script, below two megabytes whatever the data: long lists and
 * long texts are cut, and say so. Foreign texts are escaped, and control characters in them shown.
 * One writer at a time: of two at once, the index keeps what the last one knew.
 *
 * Time and bytes O(new things), O(suites) for the index, and O(expectations) for a suite's history.
 *
 * @param folder - Where to write, such as `folderBytes("docs")`.
 * @param docs - What is new. Suites, reports of `check`, and profiles of `profileTable`, with times
 * in milliseconds.
 * @returns The keys written.
 * @throws `check/unsupported-docs` when a newer Millrace wrote the folder; `json/corrupt-text`;
 * `option/unknown-name`; what the folder throws.
 * @example
 * ```ts
 * const folder = memoryBytes();
 * const report = { suite: "sound", table: "points", rows: 0, passed: true, findings: [] };
 * const written = await writeDataDocs(folder, { results: [{ report, atMs: 0 }] });
 * written.pages // => ["results/sound/19700101T000000000Z-40f2550b.html"]
 * await folder.list("") // => ["index.html", "index.json", "results"]
 * ```
 * @see Great Expectations' data docs, which are built anew from all results.
 */
export async function writeDataDocs(folder: DocsFolder, docs: DataDocs): Promise<WrittenDocs> {
  checkNames("writeDataDocs", docs, ["title", "suites", "results", "profiles"]);
  const { suites = [], results = [], profiles = [] } = docs;
  const index = withNews(await readIndex(folder), docs);
  const pages = new Map<string, () => string>();
  for (const suite of suites)
    pages.set(`suites/${suiteOf(index, suite.name).slug}.html`, () => suitePage(suite));
  const histories = await historiesOf(folder, index, results);
  for (const result of results) {
    const suite = suiteOf(index, result.report.suite);
    const id = resultId(result);
    const previous = before(suite.results, id);
    const history = (finding: Finding) => pointsOf(histories.get(suite.slug) ?? [], id, finding);
    const place = { suite, previous, history };
    pages.set(`results/${suite.slug}/${id}.html`, () => resultPage(result, place));
  }
  for (const made of profiles) {
    const { slug, profiles: list } = profilesOf(index, made.profile.table);
    const id = profileId(made);
    pages.set(`profiles/${slug}/${id}.html`, () => profilePage(made, slug, before(list, id)));
  }
  // Pages first: a crash leaves pages that nothing links to, never a link to no page.
  for (const [key, text] of pages) await folder.put(key, Buffer.from(text()));
  for (const [slug, history] of histories) await putSuiteHistory(folder, slug, history);
  await folder.put(indexKey, indexBytes(index));
  await folder.put("index.html", Buffer.from(indexPage(index)));
  return { index: "index.html", pages: [...pages.keys()] };
}

/** The histories of the suites that have news, with these in them, by slug. */
async function historiesOf(
  folder: DocsFolder,
  index: DocsIndex,
  results: readonly DocsResult[],
): Promise<ReadonlyMap<string, SuiteHistory>> {
  const histories = new Map<string, SuiteHistory>();
  for (const result of results) {
    const { slug } = suiteOf(index, result.report.suite);
    const history = histories.get(slug) ?? (await readSuiteHistory(folder, slug));
    histories.set(slug, withResult(history, resultId(result), result));
  }
  return histories;
}
