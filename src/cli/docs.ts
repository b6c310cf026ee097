/** @file `millrace docs`: the pages of all suites and results of a folder, and profiles of tables. */
import { join, resolve } from "node:path";
import {
  checkFolder,
  type DocsProfile,
  type DocsResult,
  profileTable,
  toDocsResult,
  writeDataDocs,
} from "../check/index.ts";
import { count, systemClock } from "../core/index.ts";
import { folderBytes } from "../store/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { docsOf, folderOption } from "./gx-folder.ts";
import { namesOf } from "./options.ts";
import { withSource } from "./source.ts";
import { dir } from "./workspace-folder.ts";

export const docs = command({
  name: "docs",
  summary: "Write the data docs of a folder: its suites, all results, and profiles.",
  about: [
    "Reads what check --keep and checkpoint, or Great Expectations itself, kept. The pages are static",
    "HTML without a script. check --docs and a checkpoint's action write only what is new; this writes",
    "all of it, for a folder that came from elsewhere or whose pages were removed.",
  ],
  arguments: {},
  options: {
    folder: folderOption,
    out: {
      type: "string",
      value: "FOLDER",
      help: "where the pages go; uncommitted/data_docs/local_site of the folder if not given",
    },
    title: { type: "string", value: "TEXT", help: "the heading of the first page" },
    profile: { type: "string", many: true, value: "TABLE", help: "profile this table too" },
    dir,
  },
  examples: ["docs", "docs --folder gx --title Telco --profile telco.silver"],
  run: async ({ folder: at, out = docsOf(at), title, profile, dir }, around) => {
    const folder = checkFolder(folderBytes(at));
    const suites = await folder.suites.all();
    const results: DocsResult[] = [];
    for (const suite of await folder.judged())
      results.push(...(await folder.results(suite)).map(toDocsResult));
    const tables = namesOf(profile);
    if (suites.length + results.length + tables.length === 0)
      return fail("cli/missing-docs", { folder: at });
    const profiles: DocsProfile[] = [];
    for (const table of tables) profiles.push(await profiled(table, dir, around));
    const heading = title === undefined ? {} : { title };
    const written = await around.reporter.stage(
      "docs",
      () => writeDataDocs(folderBytes(out), { ...heading, suites, results, profiles }),
      () => null,
    );
    const page = join(resolve(out), written.index);
    const [n, m] = [suites.length, results.length];
    return { page, suites: n, results: m, profiles: profiles.length, pages: written.pages.length };
  },
  render: ({ page, suites, results, profiles }) => [
    `${count(suites, "suite")}, ${count(results, "result")}, ${count(profiles, "profile")}`,
    `page: ${page}`,
  ],
});

function profiled(
  from: string,
  dir: string,
  around: Parameters<typeof withSource>[1],
): Promise<DocsProfile> {
  const form = { encoding: "utf-8" } as const;
  return around.reporter.stage(
    `profile ${from}`,
    () =>
      withSource({ from, dir, at: {}, form, command: "docs" }, around, async (source) => ({
        profile: await profileTable(source.rows),
        atMs: systemClock(),
        ...(source.version === null ? {} : { version: source.version }),
      })),
    () => null,
  );
}
