import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";
import { bronze, fileRows, rowsPerFile, silver } from "./child.ts";

/** What the killed writers said was done. */
interface Acknowledged {
  ingested: number;
  merged: number;
  readonly runs: Map<string, number>;
  readonly versions: Map<number, string>;
}

function hear(said: Acknowledged, line: string): void {
  const [what, a = "", b = ""] = line.split(" ");
  if (what === "ingested") said.ingested = Number(a);
  if (what === "merged") said.merged = Number(a);
  if (what === "logged") said.runs.set(a, Number(b));
  if (what === "registered") said.versions.set(Number(a), b);
}

/** Runs a writer and kills it: some time after its first word, or before it. */
async function runAndKill(folder: string, afterMs: number, said: Acknowledged): Promise<void> {
  const files = await readdir(join(folder, "landing"));
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "child.ts"),
      folder,
      String(Math.max(files.length - 1, 0)),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let text = "";
  let errors = "";
  let killing: NodeJS.Timeout | undefined;
  child.stderr.on("data", (data) => {
    errors += String(data);
  });
  child.stdout.on("data", (data) => {
    text += String(data);
    killing ??= setTimeout(() => child.kill("SIGKILL"), afterMs);
  });
  await once(child, "close");
  clearTimeout(killing);
  expect(errors).toBe("");
  for (const line of text.split("\n").slice(0, -1)) hear(said, line);
}

describe("kill -9", () => {
  test("of ingest, merge, logging and registering at 50 or more random moments loses and doubles nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-faults-"));
    await mkdir(join(folder, "landing"));
    const said: Acknowledged = { ingested: -1, merged: -1, runs: new Map(), versions: new Map() };
    const chance = random(2026).stream("kill");
    const little = (): boolean => said.merged <= 10 || said.versions.size <= 10; // on a slow machine
    for (let kill = 0; kill < 50 || (little() && kill < 500); kill++) {
      await runAndKill(folder, chance.next() * 500, said);
      await verify(folder, said);
    }
    expect(said.merged).toBeGreaterThan(10);
    expect(said.versions.size).toBeGreaterThan(10);
    await rm(folder, { recursive: true });
  });
});

async function verify(folder: string, said: Acknowledged): Promise<void> {
  await using workspace = await openWorkspace(join(folder, "work"));
  const { lake, tracking, registry } = workspace;
  if (said.ingested >= 0) {
    const rows = await (await lake.table("t.bronze", bronze).read()).rows();
    const files = Map.groupBy(rows, (row) => row._source_file);
    for (let number = 0; number <= said.ingested; number++)
      expect(files.get(`${number}.csv`)).toHaveLength(rowsPerFile);
    for (const each of files.values()) expect(each).toHaveLength(rowsPerFile);
  }
  if (said.merged >= 0) {
    const rows = await (await lake.table("t.silver", silver).read()).rows();
    const ids = new Set(rows.map((row) => row.id));
    expect(ids.size).toBe(rows.length);
    for (let number = 0; number <= said.merged; number++)
      for (const { id } of fileRows(number)) expect(ids).toContain(id);
  }
  for (const [id, number] of said.runs) {
    const run = await tracking.run(id);
    expect(run).toMatchObject({ status: "finished", metrics: { number, half: number / 2 } });
  }
  const versions = (await registry.names()).includes("m") ? await registry.versions("m") : [];
  expect(new Set(versions.map((version) => version.number)).size).toBe(versions.length);
  for (const [number, runId] of said.versions)
    expect(versions.find((version) => version.number === number)?.runId).toBe(runId);
  if (said.versions.size > 0) await registry.load("m", "champion");
}
