import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashOf, random } from "../core/index.ts";
import type { Hash, Model } from "../flow.ts";
import { openTracking } from "../run/index.ts";
import { folderBytes, openRecords } from "../store/index.ts";
import { openRegistry } from "./index.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "millrace-crash-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const door = (noun: string): string =>
  JSON.stringify(new URL(`../${noun}/index.ts`, import.meta.url).href);

/** Starts runs, logs and registers without end, and says what was acknowledged, line by line. */
const program = (name: string): string => `
  import { folderBytes, openRecords } from ${door("store")};
  import { openTracking } from ${door("run")};
  import { openRegistry } from ${door("registry")};
  import { hashOf } from ${door("core")};
  import { writeSync } from "node:fs";
  const root = ${JSON.stringify(root)};
  const records = await openRecords(root + "/records.db");
  const bytes = folderBytes(root + "/bytes");
  const tracking = openTracking({ records, bytes });
  const registry = openRegistry({ records, bytes, loadModel: () => { throw new Error(); } });
  const say = (...words) => writeSync(1, JSON.stringify(words) + "\\n");
  say("open");
  for (let i = 0; ; i++) {
    const run = await tracking.startRun({ experiment: "crash", name: ${JSON.stringify(name)} + "-" + i });
    say("run", run.id);
    await run.logMetrics({ loss: i, auc: i + 0.5 }, i);
    say("metric", run.id, i);
    await run.logArtifact("notes.txt", new TextEncoder().encode(run.id));
    say("artifact", run.id);
    const text = run.id.repeat(2000);
    const predict = () => ({ value: true, probability: 1 });
    const signature = { inputs: { x: { kind: "int", nullable: false } }, output: { name: "y", kind: "bool" } };
    const model = {
      kind: "text", signature, hash: hashOf(text), importances: [], predict, predictAll: () => [],
      files: () => ({ "a.txt": new TextEncoder().encode(text), "b.txt": new TextEncoder().encode(run.id) }),
    };
    const version = await registry.register("model", { model, runId: run.id, alias: { name: "champion" } });
    say("version", version.number, run.id, version.modelHash);
    await run.end();
    say("end", run.id);
  }
`;

/** Reads what the child says until it is killed, some acknowledgements after its first. */
async function linesUntilKilled(child: ChildProcess, after: number): Promise<unknown[][]> {
  const lines: unknown[][] = [];
  const { stdout } = child;
  if (stdout === null) throw new Error("the child has no output");
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: stdout })) {
    lines.push(JSON.parse(line) as unknown[]);
    if (lines.length === after) child.kill("SIGKILL");
  }
  await exited;
  return lines;
}

describe("a process that is killed at any moment", () => {
  test("has every acknowledged run, metric, artifact and version once, and nothing by half", async () => {
    const draws = random(7).stream("kills");
    const said: unknown[][] = [];
    for (let round = 0; round < 10; round++) {
      const args = ["--input-type=module", "--eval", program(`round ${round}`)];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      said.push(...(await linesUntilKilled(child, 2 + draws.below(60))));
    }
    const of = (what: string): unknown[][] => said.filter(([first]) => first === what);
    expect(of("open")).toHaveLength(10);
    expect(of("version").length).toBeGreaterThan(10);

    await using records = await openRecords(join(root, "records.db"));
    const bytes = folderBytes(join(root, "bytes"));
    const tracking = openTracking({ records, bytes });
    const runs = await tracking.runs({ experiment: "crash" });
    const byId = new Map(runs.map((run) => [run.id, run]));
    expect(byId.size).toBe(runs.length);
    expect(new Set(runs.map(({ name }) => name)).size).toBe(runs.length);
    for (const [, id] of of("run")) expect(byId.has(String(id))).toBe(true);
    for (const [, id, i] of of("metric")) {
      expect(byId.get(String(id))?.metrics).toEqual({ auc: Number(i) + 0.5, loss: i });
      expect(await tracking.metricHistory(String(id), "loss")).toHaveLength(1);
    }
    for (const [, id] of of("artifact"))
      expect(await tracking.artifact(String(id), "notes.txt")).toEqual(
        new TextEncoder().encode(String(id)),
      );
    for (const [, id] of of("end")) expect(byId.get(String(id))?.status).toBe("finished");

    const registry = openRegistry({ records, bytes, loadModel: loadText });
    const versions = await registry.versions("model");
    expect(versions.map(({ number }) => number)).toEqual(versions.map((_, i) => i + 1));
    for (const [, number, id, hash] of of("version"))
      expect(versions[Number(number) - 1]).toMatchObject({ runId: id, modelHash: hash });
    for (const { number } of versions) await registry.load("model", number);
    expect((await registry.version("model", "champion")).number).toBe(versions.length);
    const audit = await registry.audit("model");
    expect(audit.filter(({ action }) => action === "register")).toHaveLength(versions.length);
    expect(audit.filter(({ action }) => action === "set-alias")).toHaveLength(versions.length);
    expect(audit.map(({ sequence }) => sequence)).toEqual(audit.map((_, i) => i + 1));
  });
});

/** Reads the child's model back: its hash is that of its text. */
function loadText(files: Readonly<Record<string, Uint8Array>>): Model {
  const hash: Hash = hashOf(files["a.txt"] ?? new Uint8Array());
  const predict = () => ({ value: true, probability: 1 });
  const output = { name: "y", kind: "bool" } as const;
  const signature = { inputs: { x: { kind: "int", nullable: false } }, output } as const;
  return {
    kind: "text",
    signature,
    hash,
    importances: [],
    predict,
    predictAll: () => [],
    files: () => files,
  };
}
