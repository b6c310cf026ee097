import { describe, expect, test } from "vitest";
import { openRecords } from "../store/index.ts";
import { pipelineRuns } from "./history.ts";
import { pipeline } from "./pipeline.ts";
import { runPipeline } from "./run.ts";
import { step } from "./step.ts";

describe("pipelineRuns", () => {
  test("lists the newest first, as many as asked for, of this pipeline only", async () => {
    await using records = await openRecords(":memory:");
    for (const name of ["p", "p", "q", "p"])
      await runPipeline(pipeline(name, [step({ name: "a", run: async () => 1 })]), { records });
    const runs = await pipelineRuns(records, "p");
    expect(runs.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(runs.map(({ ran }) => ran)).toEqual([[], [], ["a"]]);
    expect(await pipelineRuns(records, "p", { limit: 1 })).toEqual(runs.slice(0, 1));
    expect(await pipelineRuns(records, "none")).toEqual([]);
  });

  test("refuses limits that are none", async () => {
    await using records = await openRecords(":memory:");
    for (const limit of [0, 1.5, 10_001])
      await expect(pipelineRuns(records, "p", { limit })).rejects.toMatchObject({
        code: "option/out-of-range",
      });
  });
});
