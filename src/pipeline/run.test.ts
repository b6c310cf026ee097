import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { MillraceError, seededIds, steppingClock } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { openRecords, type Records } from "../store/index.ts";
import { pipelineRuns } from "./history.ts";
import { pipeline } from "./pipeline.ts";
import { type RunPipelineOptions, runPipeline, type StepEvent } from "./run.ts";
import { type Step, type StepOptions, step } from "./step.ts";

let records: Records;
let options: RunPipelineOptions;
beforeEach(async () => {
  records = await openRecords(":memory:");
  options = { records, clock: steppingClock(1000, 10), ids: seededIds(1) };
  return () => records.close();
});

/** Steps that say when they run. */
function counted(): {
  log: string[];
  make: (given: Partial<StepOptions> & { name: string }) => Step;
} {
  const log: string[] = [];
  const make = (given: Partial<StepOptions> & { name: string }): Step =>
    step({
      backoffMs: 0,
      ...given,
      run: async (context) => {
        log.push(given.name);
        return given.run === undefined ? given.name : given.run(context);
      },
    });
  return { log, make };
}

const failure = (work: Promise<unknown>): Promise<MillraceError> =>
  work.then(
    () => expect.unreachable("it succeeded"),
    (error: MillraceError) => error,
  );

describe("runPipeline", () => {
  test("runs the steps in order, hands outputs on, and records the run", async () => {
    const { make } = counted();
    const clean = make({ name: "clean", run: async () => ({ rows: 7043 }) });
    const train = make({
      name: "train",
      needs: ["clean"],
      inputs: () => ({ trees: 100 }),
      run: async ({ output, inputs, attempt }) => ({ got: output("clean"), inputs, attempt }),
    });
    const run = await runPipeline(pipeline("churn", [train, clean]), options);
    expect(run).toMatchObject({ pipeline: "churn", number: 1, state: "finished", error: null });
    expect([run.ran, run.skipped, run.running]).toEqual([["clean", "train"], [], null]);
    expect(run.steps[1]).toMatchObject({
      step: "train",
      state: "ran",
      attempts: 1,
      reason: null,
      output: { got: { rows: 7043 }, inputs: { trees: 100 }, attempt: 1 },
    });
    expect(run.steps[0]?.milliseconds).toBeGreaterThan(0);
    expect(await pipelineRuns(records, "churn")).toEqual([run]);
  });

  test("gives the same record for the same clock and ids", async () => {
    const churn = pipeline("churn", [step({ name: "clean", run: async () => 1 })]);
    const once = async () => {
      await using own = await openRecords(":memory:");
      return await runPipeline(churn, {
        records: own,
        clock: steppingClock(0, 5),
        ids: seededIds(7),
      });
    };
    expect(await once()).toEqual(await once());
  });

  test("runs nothing when nothing has changed, and hands the stored outputs on", async () => {
    const { log, make } = counted();
    const steps = [make({ name: "a", run: async () => ({ z: -0, a: [1] }) })];
    await runPipeline(pipeline("p", steps), options);
    const seen: Json[] = [];
    const last = make({
      name: "b",
      needs: ["a"],
      run: async ({ output }) => seen.push(output("a")),
    });
    const second = await runPipeline(pipeline("p", [...steps, last]), options);
    expect([second.ran, second.skipped, seen]).toEqual([["b"], ["a"], [{ z: 0, a: [1] }]]);
    const third = await runPipeline(pipeline("p", [...steps, last]), options);
    expect(third.steps.map(({ reason }) => reason)).toEqual([
      "unchanged since run 1",
      "unchanged since run 2",
    ]);
    expect(log).toEqual(["a", "b"]);
  });

  test("reruns a step whose inputs changed, and stops where an output stays the same", async () => {
    const { log, make } = counted();
    let file = "v1";
    const steps = [
      make({ name: "read", inputs: () => file, run: async ({ inputs }) => inputs }),
      make({
        name: "clean",
        needs: ["read"],
        run: async ({ output }) => `${output("read")}`[0] ?? "",
      }),
      make({ name: "train", needs: ["clean"] }),
      make({ name: "other" }),
    ];
    const churn = pipeline("churn", steps);
    await runPipeline(churn, options);
    log.length = 0;
    file = "v2";
    expect((await runPipeline(churn, options)).ran).toEqual(["read", "clean"]);
    file = "w1";
    expect((await runPipeline(churn, options)).ran).toEqual(["read", "clean", "train"]);
    expect(log).toEqual(["read", "clean", "read", "clean", "train"]);
  });

  test("reruns a step of a new version, and forced steps", async () => {
    const { log, make } = counted();
    const b = make({ name: "b", needs: ["a"] });
    await runPipeline(pipeline("p", [make({ name: "a" }), b]), options);
    const changed = pipeline("p", [make({ name: "a", version: 2 }), b]);
    expect((await runPipeline(changed, options)).ran).toEqual(["a"]);
    expect((await runPipeline(changed, { ...options, force: ["b"] })).ran).toEqual(["b"]);
    expect((await runPipeline(changed, { ...options, force: true })).ran).toEqual(["a", "b"]);
    expect(log).toEqual(["a", "b", "a", "b", "a", "b"]);
    const unknown = await failure(runPipeline(changed, { ...options, force: ["c"] }));
    expect(unknown.code).toBe("pipeline/unknown-step");
  });

  test("fails with the step's error as cause, and does not run what needs it", async () => {
    const { log, make } = counted();
    const boom = new Error("boom");
    const bad = { run: async () => Promise.reject(boom) };
    const steps = [
      make({ name: "a", ...bad }),
      make({ name: "b", needs: ["a"] }),
      make({ name: "c", needs: ["b"] }),
      make({ name: "d" }),
    ];
    const error = await failure(runPipeline(pipeline("p", steps), options));
    expect(error).toMatchObject({ code: "pipeline/failed-step", details: { notRun: ["b", "c"] } });
    expect(error.message).toBe(
      'pipeline "p": step "a" failed: boom (2 steps that needed it did not run). Run it again when that is mended: what was done is not done again.',
    );
    expect(error.cause).toMatchObject({ code: "user/failed", cause: boom });
    const [run] = await pipelineRuns(records, "p");
    expect(run).toMatchObject({ state: "failed", error: error.message, ran: ["d"] });
    expect(run?.steps.map(({ state, reason }) => [state, reason])).toEqual([
      ["failed", "boom"],
      ["skipped", 'not run: step "a", which it needs, failed'],
      ["skipped", 'not run: step "a", which it needs, failed'],
      ["ran", null],
    ]);
    const mended = pipeline("p", [make({ name: "a" }), ...steps.slice(1)]);
    expect((await runPipeline(mended, options)).ran).toEqual(["a", "b", "c"]);
    expect(log).toEqual(["a", "d", "a", "b", "c"]);
  });

  test("keeps the code of a MillraceError reachable as cause", async () => {
    const details = { code: "table/unknown-column", kind: "caller" as const, details: {} };
    const inner = new MillraceError({ ...details, message: "no such column" });
    const bad = step({ name: "a", inputs: () => Promise.reject(inner), run: async () => null });
    const error = await failure(runPipeline(pipeline("p", [bad]), options));
    expect(error.cause).toBe(inner);
    expect(error.message).toContain("no such column");
  });

  test("fails a step whose output is not JSON, and one that reads what it does not need", async () => {
    const nothing = async () => undefined as unknown as Json;
    const first = step({ name: "a", run: nothing });
    const error = await failure(runPipeline(pipeline("p", [first]), options));
    expect(error.cause).toMatchObject({ code: "json/unsupported-value" });
    const greedy = step({ name: "b", run: async ({ output }) => output("a") });
    const other = await failure(runPipeline(pipeline("q", [greedy]), options));
    expect(other.cause).toMatchObject({ code: "pipeline/unknown-step" });
  });

  test("runs a step again whose last attempt failed, though its inputs are those of a success", async () => {
    const { make } = counted();
    let input = 1;
    const work = async ({ inputs }: { inputs: Json }): Promise<Json> => {
      if (inputs === 2) throw new Error("half written");
      return inputs;
    };
    const p = pipeline("p", [make({ name: "a", inputs: () => input, run: work })]);
    await runPipeline(p, options);
    input = 2;
    await failure(runPipeline(p, options));
    input = 1;
    expect((await runPipeline(p, options)).ran).toEqual(["a"]);
  });

  test("tries a step again as often as it may, and counts the attempts", async () => {
    const { log, make } = counted();
    const flaky = async ({ attempt }: { attempt: number }): Promise<Json> => {
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
      return attempt;
    };
    const run = await runPipeline(
      pipeline("p", [make({ name: "a", retries: 2, run: flaky })]),
      options,
    );
    expect(run.steps[0]).toMatchObject({ attempts: 3, output: 3 });
    const fewer = pipeline("q", [make({ name: "a", retries: 1, run: flaky })]);
    expect((await failure(runPipeline(fewer, options))).message).toContain("attempt 2");
    expect((await pipelineRuns(records, "q"))[0]?.steps[0]?.attempts).toBe(2);
    expect(log).toHaveLength(5);
  });

  test("ends an attempt whose time is up, also one that ignores its signal", async () => {
    const heard: unknown[] = [];
    const deaf = () => new Promise<Json>(() => undefined);
    const listening = ({ signal }: { signal: AbortSignal }) =>
      new Promise<Json>((_, reject) => {
        signal.addEventListener("abort", () => {
          heard.push(signal.reason);
          reject(signal.reason);
        });
      });
    for (const run of [deaf, listening]) {
      const slow = step({ name: "slow", timeoutMs: 5, retries: 1, backoffMs: 0, run });
      const error = await failure(runPipeline(pipeline("p", [slow]), options));
      expect(error.cause).toMatchObject({ code: "pipeline/timed-out-step" });
    }
    expect(heard).toHaveLength(2);
    expect(heard[0]).toMatchObject({ name: "TimeoutError" });
  });

  test("stops when it is cancelled, and goes on from there the next time", async () => {
    const { log, make } = counted();
    const stop = new AbortController();
    const reason = new Error("closing time");
    let hold = true;
    const held = async (): Promise<Json> => {
      if (!hold) return 1;
      stop.abort(reason);
      return new Promise(() => undefined);
    };
    const steps = [
      make({ name: "a" }),
      make({ name: "b", retries: 5, run: held }),
      make({ name: "c" }),
    ];
    const p = pipeline("p", steps);
    await expect(runPipeline(p, { ...options, signal: stop.signal })).rejects.toBe(reason);
    const [run] = await pipelineRuns(records, "p");
    expect(run).toMatchObject({ state: "failed", error: "closing time", ran: ["a"] });
    hold = false;
    expect((await runPipeline(p, options)).ran).toEqual(["b", "c"]);
    expect(log).toEqual(["a", "b", "b", "c"]);
    await expect(runPipeline(p, { ...options, signal: stop.signal })).rejects.toBe(reason);
    expect(await pipelineRuns(records, "p")).toHaveLength(2);
  });

  test("tells of every step when it starts and when it ends", async () => {
    const events: StepEvent[] = [];
    const { make } = counted();
    const p = pipeline("p", [make({ name: "a" }), make({ name: "b" })]);
    await runPipeline(p, { ...options, onStep: (event) => events.push(event) });
    expect(
      events.map(({ step, state, position, total }) => [step, state, position, total]),
    ).toEqual([
      ["a", "running", 1, 2],
      ["a", "ran", 1, 2],
      ["b", "running", 2, 2],
      ["b", "ran", 2, 2],
    ]);
    const rude = () => {
      throw new Error("no");
    };
    const error = await failure(runPipeline(p, { ...options, onStep: rude }));
    expect(error.code).toBe("user/failed");
    expect((await runPipeline(p, options)).skipped).toEqual(["a", "b"]);
  });

  test("refuses options that are not there", async () => {
    const p = pipeline("p", [step({ name: "a", run: async () => 1 })]);
    const wrong = { ...options, froce: true } as RunPipelineOptions;
    expect((await failure(runPipeline(p, wrong))).code).toBe("option/unknown-name");
  });

  test("law: a second run with nothing changed runs nothing, whatever the outputs", async () => {
    const values = fc.array(fc.jsonValue({ depthSize: "small" }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(values, async (outputs) => {
        await using own = await openRecords(":memory:");
        const steps = outputs.map((output, i) =>
          step({
            name: `s${i}`,
            needs: i === 0 ? [] : [`s${i - 1}`],
            run: async () => output as Json,
          }),
        );
        const p = pipeline("p", steps);
        const first = await runPipeline(p, { records: own });
        const second = await runPipeline(p, { records: own });
        expect(second.ran).toEqual([]);
        expect(second.steps.map(({ output }) => output)).toEqual(
          first.steps.map(({ output }) => output),
        );
      }),
      { numRuns: 30 },
    );
  });
});
