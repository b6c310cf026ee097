/** @file A folder of suites, validations, checkpoints and results, in the layout of Great Expectations. */
import { fail } from "../errors.ts";
import { documentOf, partOf, textOrNull } from "../json/read-json.ts";
import { readSuite, writeJson, writeSuite } from "../json/suite-json.ts";
import type { SuiteResult } from "../result.ts";
import type { ExpectationSuite } from "../suite.ts";
import type { CheckFiles } from "./check-files.ts";
import {
  type Checkpoint,
  readCheckpoint,
  readValidationDefinition,
  type ValidationDefinition,
  writeCheckpoint,
  writeValidationDefinition,
} from "./definition.ts";
import {
  type IdsInFiles,
  identifiedCheckpoint,
  identifiedDefinition,
  identifiedSuite,
} from "./identities.ts";

/** A kind of file: its folder, and what a missing one is called. */
interface Kind<T> {
  readonly folder: string;
  readonly what: string;
  readonly read: (text: string) => T;
  readonly write: (value: T) => string;
  /** The same with ids for what has none. */
  readonly identified: (value: T, inFiles: IdsInFiles) => Promise<T>;
}

/** Named files of one kind. */
export interface NamedFiles<T> {
  names(): Promise<readonly string[]>;
  /** Throws `check/missing-definition`, and what reading throws. */
  read(name: string): Promise<T>;
  all(): Promise<readonly T[]>;
  /**
   * Writes a file; what has no id gets the one it has in its file, or one made from its name. Throws
   * `check/conflict-name` when the file holds something of another name.
   */
  write(value: T): Promise<void>;
}

/** Suites, validations and checkpoints under version control, and results outside it. */
export interface CheckFolder {
  readonly suites: NamedFiles<ExpectationSuite>;
  readonly definitions: NamedFiles<ValidationDefinition>;
  readonly checkpoints: NamedFiles<Checkpoint>;
  /** The results of a suite, oldest first. */
  results(suite: string): Promise<readonly SuiteResult[]>;
  /** The suites that have results, by the names of their folders. */
  judged(): Promise<readonly string[]>;
  /** Keeps a result among the others, and gives its key: `uncommitted/validations/….json`. */
  keep(result: SuiteResult): Promise<string>;
}

/**
 * Opens the folder that Great Expectations calls `gx/`: `expectations/`, `validation_definitions/`,
 * `checkpoints/`, and `uncommitted/validations/` for results, which `.gitignore` keeps out of
 * version control.
 *
 * @param files - Where: `folderBytes("./gx")`, for one.
 * @example
 * ```ts
 * const folder = checkFolder(memoryBytes());
 * const points = schema("points", { x: int() });
 * await folder.suites.write(suite("sound", points, [expectations(points).notNull("x")]));
 * await folder.suites.names() // => ["sound"]
 * ```
 */
export function checkFolder(files: CheckFiles): CheckFolder {
  const folders = {
    suite: "expectations",
    definition: "validation_definitions",
    checkpoint: "checkpoints",
  };
  const inFiles: IdsInFiles = async (what, name) => {
    const found = await headOf(files, `${folders[what]}/${safe(name)}.json`);
    return found === undefined || isOther(found, name) ? null : found.id;
  };
  const namedFiles = <T extends { readonly name: string }>(kind: Kind<T>): NamedFiles<T> =>
    filesOf(files, inFiles, kind);
  return {
    suites: namedFiles({
      folder: folders.suite,
      what: "suite",
      read: readSuite,
      write: writeSuite,
      identified: identifiedSuite,
    }),
    definitions: namedFiles({
      folder: folders.definition,
      what: "validation definition",
      read: readValidationDefinition,
      write: writeValidationDefinition,
      identified: identifiedDefinition,
    }),
    checkpoints: namedFiles({
      folder: folders.checkpoint,
      what: "checkpoint",
      read: readCheckpoint,
      write: writeCheckpoint,
      identified: identifiedCheckpoint,
    }),
    results: async (suite) => {
      const keys = await below(files, `${resultsFolder}/${safe(suite)}`);
      const texts = await Promise.all(keys.map((key) => textAt(files, key)));
      const found = texts.map((text) => JSON.parse(text) as SuiteResult);
      const time = ({ meta }: SuiteResult): string => String(meta["validation_time"]);
      return found.sort((a, b) => (time(a) < time(b) ? -1 : 1));
    },
    judged: () => files.list(resultsFolder),
    keep: (result) => saveResult(files, keyOf(result), result),
  };
}

const resultsFolder = "uncommitted/validations";

/** A name as a part of a path. */
const safe = (name: string): string => name.replaceAll(/[/\\:]/g, "_");

/** The key of a result by what it says of its run. */
function keyOf({ suite_name: suite, meta, results }: SuiteResult): string {
  const { run_name: runName = null, run_time = 0 } = Object(meta["run_id"]) as {
    readonly run_name?: string | null;
    readonly run_time?: string | number;
  };
  const { batch_id = "rows" } = Object(results[0]?.expectation_config["kwargs"]) as {
    readonly batch_id?: string;
  };
  const runMs = new Date(run_time).getTime();
  return resultKey({ suite, runName, runMs, batch: String(meta["batch_id"] ?? batch_id) });
}

/** Where a result is kept below `uncommitted/validations`, without its ending. */
export function resultKey(parts: {
  readonly suite: string;
  readonly runName: string | null;
  readonly runMs: number;
  readonly batch: string;
}): string {
  const time = new Date(parts.runMs).toISOString().replaceAll(/[-:]/g, "").replace(/Z$/, "000Z");
  return [safe(parts.suite), safe(parts.runName ?? "__none__"), time, safe(parts.batch)].join("/");
}

/** Keeps a result and gives its key; the first one also keeps results out of version control. */
export async function saveResult(
  files: CheckFiles,
  key: string,
  result: SuiteResult,
): Promise<string> {
  if (!(await files.has(".gitignore"))) await files.put(".gitignore", bytesOf("uncommitted/\n"));
  const json = JSON.parse(JSON.stringify(result));
  const path = `${resultsFolder}/${key}.json`;
  await files.put(path, bytesOf(writeJson(json)));
  return path;
}

/** What a file says that it holds. */
interface Head {
  readonly name: string | null;
  readonly id: string | null;
}

/** The name and the id in a file; undefined when there is no file. */
async function headOf(files: CheckFiles, key: string): Promise<Head | undefined> {
  if (!(await files.has(key))) return undefined;
  const document = documentOf(key, await textAt(files, key));
  return { name: textOrNull(partOf(document, "name")), id: textOrNull(partOf(document, "id")) };
}

/** Whether a file holds something else than its name asks for: names that differ may have one file. */
const isOther = (head: Head | undefined, name: string): head is Head & { readonly name: string } =>
  head !== undefined && head.name !== null && head.name !== name;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textAt = async (files: CheckFiles, key: string): Promise<string> =>
  new TextDecoder().decode(await files.get(key));

async function below(files: CheckFiles, folder: string): Promise<readonly string[]> {
  const names = await files.list(folder);
  const found = names.map((name) =>
    name.endsWith(".json") ? [`${folder}/${name}`] : below(files, `${folder}/${name}`),
  );
  return (await Promise.all(found)).flat();
}

function filesOf<T extends { readonly name: string }>(
  files: CheckFiles,
  inFiles: IdsInFiles,
  { folder, what, read, write, identified }: Kind<T>,
): NamedFiles<T> {
  const names = async (): Promise<readonly string[]> => {
    const found = await files.list(folder);
    return found.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
  };
  const keyOf = (name: string): string => `${folder}/${safe(name)}.json`;
  const readOne = async (name: string): Promise<T> => {
    const head = await headOf(files, keyOf(name));
    // a name that is the file's is what `names` gives, whatever the file says
    if (head === undefined || (safe(name) !== name && isOther(head, name)))
      return fail("check/missing-definition", { what, name, known: await names() });
    return read(await textAt(files, keyOf(name)));
  };
  return {
    names,
    read: readOne,
    all: async () => Promise.all((await names()).map(readOne)),
    write: async (value) => {
      const { name } = value;
      const file = keyOf(name);
      const head = await headOf(files, file);
      if (isOther(head, name)) fail("check/conflict-name", { what, name, file, holds: head.name });
      await files.put(file, bytesOf(write(await identified(value, inFiles))));
    },
  };
}
