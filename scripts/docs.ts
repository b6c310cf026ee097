/**
 * @file Generates `docs/errors.md` from the catalogue of every room. `node scripts/docs.ts` writes
 * it; `--check` fails when the committed page is not what the catalogues say.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Catalogue,
  caller,
  type ErrorEntry,
  errorKinds,
  MillraceError,
} from "../src/core/index.ts";
import { statusOf } from "../src/server/errors.ts";

/** The rooms in the order data flows through them; the command line, above them all, is last. */
export const flowOrder: readonly string[] = [
  ...["core", "tensor", "store", "table", "check", "feature", "dataset", "metric", "model"],
  ...["nn", "cluster", "forecast", "tune"],
  ...["run", "registry", "pipeline", "serve", "monitor", "plot", "workspace", "server", "cli"],
];

const root = new URL("../", import.meta.url);
const page = new URL("docs/errors.md", root);

/** One room of `src/`, and everything its door exports. */
export interface Room {
  readonly name: string;
  /** Whether the room has an `index.ts`; the command line has none. */
  readonly door: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** One error as the page shows it. */
export interface PageEntry {
  readonly code: string;
  readonly entry: ErrorEntry<never>;
}

/** The two errors that no catalogue holds, because they wrap what somebody else threw. */
const bareErrors: Catalogue = {
  "internal/failed": {
    kind: "internal",
    say: (d: { promise: string }) => `internal: ${d.promise}`,
  },
  "user/failed": caller((d: { what: string; reason: string }) => `${d.what} failed: ${d.reason}`),
};

/** Where a name stands in the flow; a name that is not in it stands last. */
export function placeInFlow(name: string): number {
  const place = flowOrder.indexOf(name);
  return place === -1 ? flowOrder.length : place;
}

/** The names of the folders of `src/` that have an `index.ts`, in flow order. */
export function doors(): readonly string[] {
  return readdirSync(new URL("src/", root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => existsSync(new URL(`src/${name}/index.ts`, root)))
    .sort((a, b) => placeInFlow(a) - placeInFlow(b) || (a < b ? -1 : 1));
}

/** Imports every room, in flow order. A room that cannot be imported is an error, never left out. */
export async function rooms(): Promise<readonly Room[]> {
  const names = doors();
  const found: Room[] = [];
  for (const name of names)
    found.push({ name, door: true, exports: await load(`src/${name}/index.ts`) });
  found.push({ name: "cli", door: false, exports: await load("src/cli/errors.ts") }); // nothing imports it
  return found.sort((a, b) => placeInFlow(a.name) - placeInFlow(b.name));
}

/** The errors of a room, in the order of its catalogues. */
export function errorsOf({ name, exports }: Room): readonly PageEntry[] {
  const catalogues = Object.entries(exports)
    .filter(([word]) => word.endsWith("Errors"))
    .map(([, value]) => value)
    .filter(isCatalogue);
  const all = name === "core" ? [bareErrors, ...catalogues] : catalogues;
  return all.flatMap((catalogue) =>
    Object.entries(catalogue).map(([code, entry]) => ({ code, entry })),
  );
}

/** The text of `docs/errors.md`. */
export function errorsPage(all: readonly Room[]): string {
  const withErrors = all.filter((room) => errorsOf(room).length > 0);
  const kinds = Object.entries(errorKinds).map(
    ([kind, { exit, status }]) =>
      `| ${kind} | ${people[kind as keyof typeof people]} | ${exit} | ${status} |`,
  );
  const lines = [
    "# Errors",
    "",
    "<!-- Generated from the catalogues in src/ by `node scripts/docs.ts`. Do not edit. -->",
    "",
    "Every error of Millrace is a `MillraceError` with a `code`, the values behind it in `details`,",
    "and, where there is one, its `cause`. Branch on the code; sentences may be improved at any time.",
    "A word in braces stands for a value. What follows the slash begins with one of ten words:",
    "unknown, missing, duplicate, mismatch, out-of-range, unsupported, conflict, corrupt, timed-out,",
    "failed.",
    "",
    "| kind | who can put it right | exit code | HTTP status |",
    "|---|---|---|---|",
    ...kinds,
    "",
    `Rooms: ${withErrors.map(({ name }) => `[${name}](#${name})`).join(" · ")}`,
    ...withErrors.flatMap((room) => ["", `## ${room.name}`, ...errorsOf(room).flatMap(section)]),
  ];
  return `${lines.join("\n")}\n`;
}

const people = {
  caller: "you: the call, the options or the data",
  "not-found": "you: name something that is there",
  conflict: "you: somebody else was first; look again and decide again",
  environment: "whoever keeps the machine: the disk, the network, the files",
  internal: "us: it is a bug in Millrace, please report it",
} as const;

/** One section: the code, who can put it right, and the sentence with its values in braces. */
function section({ code, entry }: PageEntry): readonly string[] {
  const { kind, say } = entry;
  const message = tidy(say(placeholder("") as never));
  const status = statusOf(new MillraceError({ code, kind, message, details: {} }));
  const blame = `${kind} · exit ${errorKinds[kind].exit} · HTTP ${status}`;
  return ["", `### ${code}`, "", blame, "", `> ${message}`];
}

const listMethods = ["map", "slice", "filter", "flatMap", "join"];
const textMethods = [
  ...["toJSON", "toString", "toLocaleString", "toISOString", "toFixed", "toLowerCase"],
  ...["toUpperCase", "trim", "replace", "padStart", "padEnd"],
];

/**
 * Stands for a value that is not known: `{path}` as text, as JSON and in a list, whatever is asked
 * of it; its fields are placeholders too, so that it can be the details of any error.
 */
function placeholder(path: string): unknown {
  const label = `{${path}}`;
  return new Proxy(() => label, {
    get(_, key) {
      if (typeof key === "symbol") return key === Symbol.toPrimitive ? () => label : undefined;
      if (textMethods.includes(key)) return () => label;
      if (key === "length") return placeholder(path);
      const list: readonly unknown[] = [placeholder(`${path.replace(", …", "")}, …`)];
      if (listMethods.includes(key)) return Reflect.get(list, key).bind(list);
      return placeholder(path === "" ? key : `${path.replace(", …", "")}.${key}`);
    },
  });
}

/** Takes the quotes off placeholders, leaves out suggestions, and keeps Markdown from reading along. */
function tidy(sentence: string): string {
  return sentence
    .replace(/ Did you mean "[^"]*"\?/g, "")
    .replace(/"(\{[^{}"]*\})"/g, "$1")
    .replace(/[\\*_<>|`[\]]/g, "\\$&");
}

function isCatalogue(value: unknown): value is Catalogue {
  if (typeof value !== "object" || value === null) return false;
  const entries = Object.values(value);
  return (
    entries.length > 0 &&
    entries.every(
      (entry: unknown) =>
        typeof entry === "object" && entry !== null && "kind" in entry && "say" in entry,
    )
  );
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(new URL(path, root).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new Error(`docs: ${path} cannot be imported (${String(cause)})`, { cause });
  }
}

/** Writes the page, or says that it is stale. */
async function main(check: boolean): Promise<number> {
  const text = errorsPage(await rooms());
  const before = existsSync(page) ? readFileSync(page, "utf8") : "";
  if (before === text) return 0;
  if (check) {
    console.error(
      "docs: docs/errors.md is not what the catalogues say; run `npm run docs` and commit the page",
    );
    return 1;
  }
  writeFileSync(page, text);
  console.log("docs: wrote docs/errors.md");
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.includes("--check"));
