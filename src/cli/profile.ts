/** @file `millrace profile`: what the columns of a table or a file hold, and the suite they would pass. */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  type ProposedSuite,
  profileTable,
  profileText,
  proposeSuite,
  type TableProfile,
  writeDataDocs,
  writeSuite,
} from "../check/index.ts";
import { count, systemClock } from "../core/index.ts";
import { folderBytes } from "../store/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { fileForm, fileOptions } from "./file-options.ts";
import { type Source, sourceArgument, withSource } from "./source.ts";
import { atOptions, atVersion } from "./table-option.ts";
import { wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const profile = command({
  name: "profile",
  summary: "What the columns of a table or a file hold, what is missing, what moved.",
  about: [
    "Two scans, however many columns: counts, different values, bounds, quantiles and bars of each",
    "column, duplicates, cells missing together, correlations. Technical columns, such as _loaded_at,",
    "are left out unless --technical asks for them. With --against also how far each column",
    "has moved since an earlier version; with --out a page with pictures; with --suite a first draft of",
    "a Great Expectations suite that these rows pass, to be read and edited.",
  ],
  arguments: { source: sourceArgument },
  options: {
    ...atOptions,
    against: { type: "number", min: 0, whole: true, value: "N", help: "compare with this version" },
    technical: {
      type: "boolean",
      default: false,
      help: "count the columns that say how a row came too: _loaded_at, _row_id, _rescued …",
    },
    sample: {
      type: "number",
      min: 1,
      whole: true,
      value: "ROWS",
      help: "look at about so many rows only",
    },
    out: { type: "string", value: "FOLDER", help: "write the page into this folder of data docs" },
    suite: { type: "string", value: "FILE.json", help: "write a proposed suite" },
    overwrite: { type: "boolean", default: false, help: "replace a suite that is there" },
    mostly: {
      type: "number",
      default: 1,
      min: 0,
      max: 1,
      value: "SHARE",
      help: "with --suite: the share of rows that must pass",
    },
    margin: {
      type: "number",
      default: 0.1,
      min: 0,
      value: "SHARE",
      help: "with --suite: bounds are wider by this share of their range",
    },
    ...fileOptions,
    dir,
  },
  examples: [
    "profile telco.bronze",
    "profile orders.csv --out docs",
    "profile telco.silver --against 0",
    "profile telco.silver --suite gx/expectations/silver_suite.json",
  ],
  run: async (values, around) => {
    const { source: from, dir, out, suite: file, overwrite, mostly, margin } = values;
    if (file !== undefined) await checkNew(file, overwrite);
    const at = atVersion("profile", values);
    const form = fileForm(values);
    const made = await around.reporter.stage(
      `profile ${from}`,
      () =>
        withSource({ from, dir, at, form, command: "profile" }, around, (source) =>
          profileSource(source, values),
        ),
      () => null,
    );
    const proposed = file === undefined ? null : proposeSuite(made.profile, { mostly, margin });
    const page = out === undefined ? null : await writePage(out, made);
    const suite = file === undefined || proposed === null ? null : await writeDraft(file, proposed);
    return { ...made, page, suite };
  },
  render: ({ profile, page, suite }, { width }) => [
    ...profileText(profile, Number.isFinite(width) ? { width } : {}),
    ...(page === null ? [] : ["", `page: ${page}`]),
    ...(suite === null ? [] : ["", ...suiteLines(suite, Math.min(width, 100))]),
  ],
});

interface Profiled {
  readonly profile: TableProfile;
  readonly version: number | null;
}

/** What of the options is about what is looked at. */
interface ProfileValues {
  readonly sample: number | undefined;
  readonly against: number | undefined;
  readonly technical: boolean;
}

async function profileSource(
  source: Source,
  { sample, against, technical }: ProfileValues,
): Promise<Profiled> {
  const how = { technical, ...(sample === undefined ? {} : { sample }) };
  const previous =
    against === undefined ? undefined : await profileTable(await source.earlier(against), how);
  const profile = await profileTable(source.rows, {
    ...how,
    ...(previous === undefined ? {} : { previous }),
  });
  return { profile, version: source.version };
}

/** Writes the page of a profile and gives its path. */
async function writePage(out: string, { profile, version }: Profiled): Promise<string> {
  const made = { profile, atMs: systemClock(), ...(version === null ? {} : { version }) };
  const { pages } = await writeDataDocs(folderBytes(out), { profiles: [made] });
  return join(resolve(out), pages[0] ?? "");
}

/** Refuses to write over a suite that somebody may have edited. */
async function checkNew(file: string, overwrite: boolean): Promise<void> {
  if (!/\.json$/i.test(file))
    fail("cli/mismatch-option", {
      command: "profile",
      option: "suite",
      expected: "a file that ends in .json",
      got: file,
    });
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && !overwrite)
    fail("cli/conflict-file", {
      path: file,
      reason: "it is there already; --overwrite replaces it",
    });
}

/** A proposed suite as it was written: named for its file, each line with its reason in its notes. */
interface Draft {
  readonly file: string;
  readonly name: string;
  readonly proposals: readonly { readonly says: string; readonly reason: string }[];
}

async function writeDraft(file: string, { suite, proposals }: ProposedSuite): Promise<Draft> {
  const path = resolve(file);
  const name = basename(path).replace(/\.json$/i, "");
  const expectations = proposals.map(({ expectation, reason }) => ({
    ...expectation,
    notes: reason,
  }));
  const text = writeSuite({ ...suite, name, expectations });
  await folderBytes(dirname(path)).put(basename(path), Buffer.from(text));
  const told = proposals.map(({ expectation, reason }) => ({ says: expectation.says, reason }));
  return { file: path, name, proposals: told };
}

function suiteLines({ file, name, proposals }: Draft, width: number): readonly string[] {
  const lines = proposals.flatMap(({ says }) =>
    wrap(says, width - 6).map((line, i) => (i === 0 ? `  ${line}` : `      ${line}`)),
  );
  return [
    `proposed suite ${name}: ${count(proposals.length, "expectation")}`,
    ...lines,
    `in ${file}; the notes there say what speaks for each. Read it before you rely on it.`,
  ];
}
