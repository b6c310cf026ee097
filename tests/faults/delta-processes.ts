/** @file Writers of one table in processes of their own: started, listened to, killed, and held to what they said. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect } from "vitest";
import { random } from "../../src/core/index.ts";
import { applied, kindsAt, type Ledger, type Said, type State, stateOf } from "./delta-child.ts";

/** Where a lake is, and the variables that another process opens it by. */
export interface LakeAt {
  readonly place: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a writer, and tells what it says. */
function startWriter({ place, env }: LakeAt, args: readonly string[]) {
  const script = join(import.meta.dirname, "delta-child.ts");
  const child: ChildProcess = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, place, ...args],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
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

/** Runs writers at once; what they committed, one after the other, must be what the table holds. */
export async function checkSerial(
  at: LakeAt,
  table: Ledger,
  { writers, operations }: { readonly writers: number; readonly operations: number },
): Promise<void> {
  const stop = readWhile(table);
  const started = Array.from({ length: writers }, (_, i) =>
    startWriter(at, [`${i}`, `${operations}`]),
  );
  const said = (await Promise.all(started.map(({ ended }) => ended))).flat();
  const reads = await stop();
  const commits = said
    .filter(({ what, skipped }) => what === "done" && !skipped)
    .sort((a, b) => a.version - b.version);
  expect(commits.map(({ version }) => version)).toEqual(commits.map((_, i) => i));
  expect(await table.version()).toBe(commits.length - 1);
  const states: State[] = [];
  for (const commit of commits) states.push(applied(states.at(-1) ?? new Map(), commit, states));
  expect(new Map([...(await stateOf(table))].sort())).toEqual(
    new Map([...(states.at(-1) ?? [])].sort()),
  );
  expect(reads).toBeGreaterThan(3);
  const failed = said.filter(({ what }) => what === "failed").length;
  expect(failed).toBeLessThan(said.length / 10);
}

/**
 * Kills one writer after the other, a moment after one of its words, while a reader reads the table.
 * Each begins with another kind of operation, and half of them are killed in their first.
 */
export async function checkKills(
  at: LakeAt,
  table: Ledger,
  { name, times }: { readonly name: string; readonly times: number },
): Promise<void> {
  const chance = random(Number(process.env["MILLRACE_SEED"] ?? 2026)).stream(name);
  const kinds = kindsAt(at.place);
  const killed = new Set<string>();
  const states: State[] = [];
  const stop = readWhile(table);
  for (let kill = 0; kill < times; kill++) {
    const first = kinds[kill % kinds.length] ?? "append";
    const writer = startWriter(at, [`${name}-${kill}`, "endless", first]);
    const { child, ended } = writer;
    await writer.said(chance.next() < 0.5 ? 1 : 2 + chance.below(9)); // in its first operation, or after it
    await new Promise((resolve) => setTimeout(resolve, chance.next() * 150));
    child.kill("SIGKILL");
    const said = await ended;
    const last = said.at(-1);
    if (last?.what === "begin") killed.add(last.kind);
    await follow(table, states, said);
  }
  expect(await stop()).toBeGreaterThan(3);
  expect(states.length).toBeGreaterThan(0);
  if (times < 5 * kinds.length) return; // too few for what chance does to many
  expect(states.length).toBeGreaterThan(times / 4);
  expect([...killed].sort()).toEqual([...kinds].sort());
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
