import { describe, expect, test } from "vitest";
import { openRecords } from "../store/index.ts";
import { pipeline } from "./pipeline.ts";
import { planPipeline } from "./plan.ts";
import { runPipeline } from "./run.ts";
import { step } from "./step.ts";

/** Three steps in a row and one aside; what the first gives and depends on can be changed. */
function made() {
  const world = { file: "a", rows: 3, fails: false, ran: [] as string[] };
  const does = (name: string, output: () => number) => async () => {
    world.ran.push(name);
    if (world.fails && name === "clean") throw new Error("no");
    return output();
  };
  const churn = pipeline("churn", [
    step({ name: "land", inputs: () => world.file, run: does("land", () => world.rows) }),
    step({ name: "clean", needs: ["land"], run: does("clean", () => 1) }),
    step({ name: "train", needs: ["clean"], run: does("train", () => 2) }),
    step({ name: "aside", run: does("aside", () => 4) }),
  ]);
  return { world, churn };
}

describe("planPipeline", () => {
  test("says that all steps would run where none has, and runs none", async () => {
    await using records = await openRecords(":memory:");
    const { world, churn } = made();
    const plan = await planPipeline(churn, { records });
    expect(plan.map(({ state }) => state)).toEqual(["runs", "runs", "runs", "runs"]);
    expect(plan[0]?.reason).toBe("it has not run to its end yet");
    expect(world.ran).toEqual([]);
  });

  test("says what a run then does: nothing, the changed step, and perhaps those after it", async () => {
    await using records = await openRecords(":memory:");
    const { world, churn } = made();
    await runPipeline(churn, { records });
    const before = await planPipeline(churn, { records });
    expect(new Set(before.map(({ state }) => state))).toEqual(new Set(["unchanged"]));
    expect(before[3]?.reason).toBe("unchanged since run 1");
    world.file = "b";
    expect(await planPipeline(churn, { records })).toEqual([
      { step: "land", state: "runs", reason: "its inputs or its code changed since run 1" },
      { step: "clean", state: "perhaps", reason: 'if "land" gives something else' },
      { step: "train", state: "perhaps", reason: 'if "clean" gives something else' },
      { step: "aside", state: "unchanged", reason: "unchanged since run 1" },
    ]);
    expect((await runPipeline(churn, { records })).ran).toEqual(["land"]);
    world.file = "c";
    world.rows = 4;
    await runPipeline(churn, { records });
    expect(world.ran.slice(-2)).toEqual(["land", "clean"]);
  });

  test("says that a step which failed would run again", async () => {
    await using records = await openRecords(":memory:");
    const { world, churn } = made();
    await runPipeline(churn, { records });
    world.file = "b";
    world.rows = 4;
    world.fails = true;
    await expect(runPipeline(churn, { records })).rejects.toThrow();
    const plan = await planPipeline(churn, { records });
    expect(plan.map(({ state }) => state)).toEqual(["unchanged", "runs", "perhaps", "unchanged"]);
  });

  test("wraps what reading the inputs throws", async () => {
    await using records = await openRecords(":memory:");
    const bad = step({
      name: "land",
      inputs: () => {
        throw new Error("no such folder");
      },
      run: async () => null,
    });
    const churn = pipeline("churn", [bad]);
    expect((await planPipeline(churn, { records }))[0]?.state).toBe("runs");
    const good = pipeline("churn", [step({ name: "land", run: async () => null })]);
    await runPipeline(good, { records });
    await expect(planPipeline(churn, { records })).rejects.toMatchObject({ code: "user/failed" });
  });
});
