import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { openLake } from "../../src/table/index.ts";
import {
  applied,
  type Ledger,
  ledger,
  type Said,
  type State,
  stateOf,
  tableName,
} from "./delta-child.ts";

const kills = Number(process.env["MILLRACE_KILLS"] ?? 20);

/** A writer in a process of its own, and what it says. */
function start(folder: string, args: readonly string[]) {
  const script = join(import.meta.dirname, "delta-child.ts");
  const child: ChildProcess = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, folder, ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let [text, errors] = ["", ""];
  const heard: (() => void)[] = [];
  child.stderr?.on("data", (data) => {
    errors += String(data);
  });
  child.stdout?.on("data", (data) => {
    text += String(data);
    for (const tell of heard.splice(0)) tell();
  });
  const ended = once(child, "close").then(() => {
    expect(errors).toBe("");
    const lines = text.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Said);
  });
  const spoke = new Promise<void>((resolve) => heard.push(resolve));
  return { child, ended, spoke };
}

async function inFolder(work: (folder: string, table: Ledger) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-writers-"));
  const lake = await openLake(folder);
  await work(folder, lake.table(tableName, ledger));
  await lake.close();
  await rm(folder, { recursive: true });
}

/** Reads the table over and over until told to stop; a torn batch throws. */
function readWhile(table: Ledger) {
  let stopped = false;
  let reads = 0;
  const loop = (async () => {
    while (!stopped) {
      if (await table.exists()) {
        await stateOf(table);
        reads += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 20)); // leaves the writers the processor
    }
  })();
  return async (): Promise<number> => {
    stopped = true;
    await loop;
    return reads;
  };
}

describe("writers", () => {
  test("of 8 processes at once leave the table that their commits make one after the other", async () => {
    await inFolder(async (folder, table) => {
      const stop = readWhile(table);
      const writers = Array.from({ length: 8 }, (_, i) => start(folder, [`${i}`, "8"]));
      const said = (await Promise.all(writers.map(({ ended }) => ended))).flat();
      const reads = await stop();
      const commits = said
        .filter(({ what, skipped }) => what === "done" && !skipped)
        .sort((a, b) => a.version - b.version);
      expect(commits.map(({ version }) => version)).toEqual(commits.map((_, i) => i));
      expect(await table.version()).toBe(commits.length - 1);
      const states: State[] = [];
      for (const commit of commits)
        states.push(applied(states.at(-1) ?? new Map(), commit, states));
      expect(new Map([...(await stateOf(table))].sort())).toEqual(
        new Map([...(states.at(-1) ?? [])].sort()),
      );
      expect(reads).toBeGreaterThan(3);
      const failed = said.filter(({ what }) => what === "failed").length;
      expect(failed).toBeLessThan(said.length / 10);
    });
  });

  test(`killed at ${kills} random moments of every kind of commit lose nothing and double nothing`, async () => {
    const half = Math.ceil(kills / 2);
    await Promise.all([killSome("one", half), killSome("two", kills - half)]);
  });
});

/** Kills one writer after the other of a table of its own, while a reader reads it. */
async function killSome(name: string, times: number): Promise<void> {
  await inFolder(async (folder, table) => {
    const chance = random(2026).stream(name);
    const states: State[] = [];
    const stop = readWhile(table);
    for (let kill = 0; kill < times; kill++) {
      const { child, ended, spoke } = start(folder, [`${name}-${kill}`, "endless"]);
      await spoke;
      await new Promise((resolve) => setTimeout(resolve, chance.next() * 250));
      child.kill("SIGKILL");
      await follow(table, states, await ended);
    }
    expect(await stop()).toBeGreaterThan(3);
    expect(states.length).toBeGreaterThan(times);
  });
}

/** Takes over what was acknowledged, and what was begun last if the table says so; then they agree. */
async function follow(table: Ledger, states: State[], said: readonly Said[]): Promise<void> {
  for (const done of said.filter(({ what, skipped }) => what === "done" && !skipped)) {
    expect(done.version).toBe(states.length);
    states.push(applied(states.at(-1) ?? new Map(), done, states));
  }
  const last = said.at(-1);
  const latest = await table.version();
  if (latest === states.length && last?.what === "begin")
    states.push(applied(states.at(-1) ?? new Map(), last, states));
  expect(latest).toBe(states.length - 1);
  if (latest < 0) return;
  const now = await stateOf(table);
  expect(new Map([...now].sort())).toEqual(new Map([...(states.at(-1) ?? [])].sort()));
}
