import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isMillraceError, random } from "../../src/core/index.ts";
import { type Lake, openLake } from "../../src/table/index.ts";
import { commits, ledger, rowsPerCommit, type Said, tableNames } from "./catalog-child.ts";

/** A fifth of those of writers of tables: each is a process that starts and a lake that is opened. */
const kills = Math.ceil(Number(process.env["MILLRACE_KILLS"] ?? 60) / 5);

/** A process at work, and what it says. */
function start(folder: string, args: readonly string[]) {
  const script = join(import.meta.dirname, "catalog-child.ts");
  const child: ChildProcess = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, folder, ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let [text, errors] = ["", ""];
  const waiting: { readonly words: number; readonly tell: () => void }[] = [];
  child.stderr?.on("data", (data) => {
    errors += String(data);
  });
  child.stdout?.on("data", (data) => {
    text += String(data);
    const words = text.split("\n").length - 1;
    for (const one of waiting) if (one.words <= words) one.tell();
  });
  const ended = once(child, "close").then(() => {
    expect(errors).toBe("");
    const lines = text.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Said);
  });
  /** Waits until it has said so much, or has ended. */
  const said = async (words: number): Promise<void> => {
    const spoke = new Promise<void>((tell) => void waiting.push({ words, tell }));
    await Promise.race([spoke, ended]);
  };
  return { child, ended, said };
}

async function inLake(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-catalog-"));
  await work(folder);
  await rm(folder, { recursive: true });
}

/** When a process is killed: some time after it has said so much, so that a slow one gets as far as a fast one. */
interface Moment {
  readonly words: number;
  readonly afterMs: number;
}

/** Runs a process and kills it. */
async function runAndKill(
  folder: string,
  args: readonly string[],
  { words, afterMs }: Moment,
): Promise<readonly Said[]> {
  const { child, ended, said } = start(folder, args);
  await said(words);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill("SIGKILL");
  return ended;
}

/** What the audit trail says of each principal, in its order. */
async function trailOf(lake: Lake): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = await lake.audit();
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i));
  const trail = new Map<string, readonly string[]>();
  for (const entry of entries)
    if (entry.action === "grant" || entry.action === "revoke")
      trail.set(entry.to, [...(trail.get(entry.to) ?? []), entry.action]);
  return trail;
}

/** What was acknowledged is there, each once, and what is granted now is what the trail says. */
async function checkGrants(lake: Lake, said: readonly Said[]): Promise<void> {
  const trail = await trailOf(lake);
  for (const { what, name } of said)
    expect(trail.get(name)).toEqual(
      expect.arrayContaining([what === "granted" ? "grant" : "revoke"]),
    );
  for (const actions of trail.values())
    expect([["grant"], ["grant", "revoke"]]).toContainEqual(actions);
  const granted = [...trail].filter(([, actions]) => actions.length === 1).map(([name]) => name);
  expect((await lake.grants()).map(({ to }) => to).sort()).toEqual(granted.sort());
}

describe("grants", () => {
  test("of 4 processes at once are all there, each once, in one order", async () => {
    await inLake(async (folder) => {
      const writers = [0, 1, 2, 3].map((i) => start(folder, ["grant", `w${i}`, "25"]));
      const said = (await Promise.all(writers.map(({ ended }) => ended))).flat();
      expect(said.filter(({ what }) => what === "granted")).toHaveLength(100);
      await using lake = await openLake(folder);
      await checkGrants(lake, said);
      expect((await lake.audit()).filter(({ actor }) => actor === "w2")).toHaveLength(34);
    });
  });

  test(`killed at ${kills} random moments lose nothing and double nothing`, async () => {
    await inLake(async (folder) => {
      const chance = random(2026).stream("grants");
      const said: Said[] = [];
      for (let kill = 0; kill < kills; kill++) {
        const moment = { words: 1 + (kill % 6), afterMs: chance.next() * 100 };
        said.push(...(await runAndKill(folder, ["grant", `k${kill}`], moment)));
      }
      await using lake = await openLake(folder);
      await checkGrants(lake, said);
      expect(said.length).toBeGreaterThan(kills * 2);
    });
  });
});

/** The rows of a table, or undefined when it is missing; anything else is thrown. */
async function rowsOf(lake: Lake, name: string): Promise<number | undefined> {
  const gone = ["table/missing-table", "table/missing-data"]; // the latter for files read since
  try {
    const rows = await (await lake.table(name, ledger).read()).rows();
    for (const { id, n } of rows) expect(id.startsWith(`${n}-`)).toBe(true);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    return rows.length;
  } catch (error) {
    if (isMillraceError(error) && gone.includes(error.code)) return undefined;
    throw error;
  }
}

/** Reads all tables over and over until told to stop; half a table throws. */
function readWhile(folder: string) {
  let stopped = false;
  const seen = { whole: 0, missing: 0 };
  const loop = (async () => {
    await using lake = await openLake(folder);
    while (!stopped) {
      for (const name of tableNames) {
        const rows = await rowsOf(lake, name);
        if (rows === undefined) seen.missing += 1;
        else seen.whole += 1;
        expect((rows ?? 0) % rowsPerCommit).toBe(0);
      }
      await new Promise((resolve) => setTimeout(resolve, 10)); // leaves the writers the processor
    }
  })();
  return async () => {
    stopped = true;
    await loop;
    return seen;
  };
}

const filesIn = async (folder: string): Promise<readonly string[]> => {
  const all = await readdir(join(folder, "tables"), { recursive: true, withFileTypes: true });
  const files = all.filter((file) => file.isFile() && !file.name.endsWith(".tmp")); // not a key's
  return files.map(({ parentPath, name }) => join(parentPath, name));
};

/** After a kill each table is whole or missing, and dropping again leaves nothing of any. */
async function checkDrops(folder: string, said: readonly Said[]): Promise<void> {
  await using lake = await openLake(folder);
  const last = said.at(-1);
  for (const name of tableNames) {
    const rows = await rowsOf(lake, name);
    expect([undefined, ...[1, 2, 3].map((n) => n * rowsPerCommit)]).toContain(rows);
    expect((await lake.tables()).includes(name)).toBe(rows !== undefined);
    if (last?.what === "made" && last.name === name) expect(rows).toBe(commits * rowsPerCommit);
    if (last?.what === "dropped" && last.name === name) expect(rows).toBeUndefined();
  }
  await dropLeft(lake);
  expect(await filesIn(folder).catch(() => [])).toEqual([]);
  expect(await lake.schemas()).toEqual([]);
  expect(await lake.grants()).toEqual([]);
}

/** Drops what is left, tables first: an interrupted drop is ended by the name that it was begun with. */
async function dropLeft(lake: Lake): Promise<void> {
  const tables = tableNames.map((name) => `table:${name}`);
  for (const name of [...tables, "schema:faults", "schema:dev.faults"]) {
    const found = await lake.find(name).catch((error: unknown) => {
      expect(error).toMatchObject({ code: "table/missing-securable" });
    });
    if (found !== undefined) await lake.drop(found, { cascade: true });
  }
}

describe("drops", () => {
  test("and appends of 4 processes at once make no half table, and none that cannot be read or dropped", async () => {
    await inLake(async (folder) => {
      await using lake = await openLake(folder);
      const stop = readWhile(folder);
      const writers = [0, 1, 2, 3].map((i) => start(folder, ["mix", `m${i}`, "25"]));
      const said = (await Promise.all(writers.map(({ ended }) => ended))).flat();
      expect(said.length).toBeGreaterThan(10);
      const { whole, missing } = await stop();
      expect(whole + missing).toBeGreaterThan(9);
      for (const name of tableNames)
        expect(((await rowsOf(lake, name)) ?? 0) % rowsPerCommit).toBe(0);
      await dropLeft(lake);
      expect(await filesIn(folder).catch(() => [])).toEqual([]);
    });
  });

  test(`killed at ${kills} random moments leave each table whole or missing, and can be ended`, async () => {
    await inLake(async (folder) => {
      await using _ = await openLake(folder);
      const chance = random(2026).stream("drops");
      const stop = readWhile(folder);
      const whats = new Set<string>();
      for (let kill = 0; kill < kills; kill++) {
        const moment = { words: 1 + (kill % 4), afterMs: chance.next() * 200 };
        const said = await runAndKill(folder, ["drop", `d${kill}`], moment);
        whats.add(said.at(-1)?.what ?? "");
        await checkDrops(folder, said);
      }
      const { whole, missing } = await stop();
      expect(Math.min(whole, missing)).toBeGreaterThan(0);
      expect(whats.size).toBeGreaterThan(1);
    });
  });
});
