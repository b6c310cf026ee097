import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openRecords, type Records } from "../store/index.ts";
import { pipelineRuns } from "./history.ts";
import { pipeline } from "./pipeline.ts";
import { runPipeline } from "./run.ts";
import { step } from "./step.ts";

let folder: string;
let records: Records;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-pipeline-"));
  records = await openRecords(join(folder, "records.db"));
});
afterEach(async () => {
  await records.close();
  await rm(folder, { recursive: true });
});

const pipelineDoor = new URL("index.ts", import.meta.url).href;
const storeDoor = new URL("../store/index.ts", import.meta.url).href;

/** A process that runs steps a, b and c, says so in b, and stays there until it is ended. */
const childScript = `
  const { pipeline, runPipeline, step } = await import(${JSON.stringify(pipelineDoor)});
  const { openRecords } = await import(${JSON.stringify(storeDoor)});
  const records = await openRecords(process.argv[1]);
  const stay = () => {
    process.stdout.write("in b\\n");
    setInterval(() => undefined, 1000);
    return new Promise(() => undefined);
  };
  const steps = [
    step({ name: "a", run: async () => ({ rows: 3 }) }),
    step({ name: "b", needs: ["a"], run: stay }),
    step({ name: "c", needs: ["b"], run: async () => null }),
  ];
  await runPipeline(pipeline("churn", steps), { records });
`;

async function childInB() {
  const path = join(folder, "records.db");
  const child = spawn(process.execPath, ["--input-type=module", "-e", childScript, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

const abc = () =>
  pipeline("churn", [
    step({ name: "a", run: async () => ({ rows: 3 }) }),
    step({ name: "b", needs: ["a"], run: async ({ output }) => output("a") }),
    step({ name: "c", needs: ["b"], run: async ({ output }) => output("b") }),
  ]);

describe("runPipeline", () => {
  test("goes on where a killed process stopped, and keeps out while it lives", async () => {
    const child = await childInB();
    const [live] = await pipelineRuns(records, "churn");
    expect(live).toMatchObject({ state: "running", running: "b", ran: ["a"] });
    await expect(runPipeline(abc(), { records })).rejects.toMatchObject({
      code: "pipeline/conflict-run",
      kind: "conflict",
      details: { runId: live?.id, pid: child.pid },
    });

    const ended = once(child, "exit");
    process.kill(child.pid ?? 0, "SIGKILL");
    await ended;
    const run = await runPipeline(abc(), { records });
    expect([run.number, run.skipped, run.ran]).toEqual([2, ["a"], ["b", "c"]]);
    expect(run.steps[2]?.output).toEqual({ rows: 3 });
    const [, dead] = await pipelineRuns(records, "churn");
    expect(dead).toMatchObject({ state: "failed", running: null, ran: ["a"] });
    expect(dead?.steps[1]).toMatchObject({ step: "b", state: "failed" });
    expect(dead?.error).toContain("interrupted");
  });

  test("keeps out a second run in the same process, and lets another pipeline run", async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const started = Promise.withResolvers<void>();
    const wait = step({
      name: "wait",
      run: () => {
        started.resolve();
        return promise;
      },
    });
    const first = runPipeline(pipeline("p", [wait]), { records });
    await started.promise;
    const second = runPipeline(pipeline("p", [wait]), { records });
    await expect(second).rejects.toMatchObject({ code: "pipeline/conflict-run" });
    expect(await pipelineRuns(records, "p")).toHaveLength(1);
    expect((await runPipeline(abc(), { records })).state).toBe("finished");
    resolve(null);
    expect((await first).state).toBe("finished");
    expect((await runPipeline(pipeline("p", [wait]), { records })).skipped).toEqual(["wait"]);
  });

  test("takes over from another host after 30 s without a heartbeat, not before", async () => {
    await leaseElsewhere(100_000);
    const at = (now: number) => runPipeline(abc(), { records, clock: () => now });
    await expect(at(130_000)).rejects.toMatchObject({ code: "pipeline/conflict-run" });
    expect((await at(130_001)).state).toBe("finished");
    const [, lost] = await pipelineRuns(records, "churn");
    expect(lost).toMatchObject({ id: "old", state: "failed", endedAtMs: 130_001 });
  });

  test("stops, and writes nothing more, when another run took its lease", async () => {
    const robbed = step({
      name: "a",
      run: async () => {
        await records.db.deleteFrom("pipeline_lease").execute();
        await leaseElsewhere(Date.now());
        return "done";
      },
    });
    await expect(runPipeline(pipeline("churn", [robbed]), { records })).rejects.toMatchObject({
      code: "pipeline/conflict-lease",
    });
    const [, lost] = await pipelineRuns(records, "churn");
    expect(lost).toMatchObject({ state: "running", running: "a", ran: [] });
    expect(await records.db.selectFrom("pipeline_success").selectAll().execute()).toEqual([]);
  });
});

describe("keepLease", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    return () => vi.useRealTimers();
  });

  const heartbeat = () =>
    records.db.selectFrom("pipeline_lease").select("heartbeat_at_ms").executeTakeFirst();

  test("renews the lease while a step runs", async () => {
    let now = 1000;
    const long = step({
      name: "long",
      run: async () => {
        now = 21_000;
        vi.advanceTimersByTime(5000);
        return (await heartbeat())?.heartbeat_at_ms ?? 0; // waits its turn after the beat
      },
    });
    const run = await runPipeline(pipeline("p", [long]), { records, clock: () => now });
    expect(run.steps[0]?.output).toBe(21_000);
    expect(await heartbeat()).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("stops a step in the middle when the lease is lost", async () => {
    const stuck = step({
      name: "stuck",
      retries: 9,
      run: async ({ signal }) => {
        await records.db.deleteFrom("pipeline_lease").execute();
        vi.advanceTimersByTime(5000);
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      },
    });
    const run = runPipeline(pipeline("p", [stuck]), { records });
    await expect(run).rejects.toMatchObject({ code: "pipeline/conflict-lease" });
  });
});

/** A run on another host, heard of at a time. */
async function leaseElsewhere(heartbeat_at_ms: number): Promise<void> {
  const run = { id: "old", pipeline: "churn", number: 77, state: "running", error: null };
  const row = { ...run, started_at_ms: 1, ended_at_ms: null };
  await records.db.insertInto("pipeline_run").values(row).execute();
  const lease = { pipeline: "churn", run_id: "old", host: "elsewhere", pid: 1, heartbeat_at_ms };
  await records.db.insertInto("pipeline_lease").values(lease).execute();
}
