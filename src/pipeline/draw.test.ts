import { describe, expect, test } from "vitest";
import { drawPipeline } from "./draw.ts";
import { pipeline } from "./pipeline.ts";
import { step } from "./step.ts";

describe("drawPipeline", () => {
  test("draws one step a line with what it needs and its limits", () => {
    const run = async () => null;
    const text = drawPipeline(
      pipeline("churn", [
        step({ name: "ingest", retries: 1, run }),
        step({ name: "clean", needs: ["ingest"], version: 3, run }),
        step({ name: "train", needs: ["clean", "ingest"], retries: 2, timeoutMs: 90_000, run }),
      ]),
    );
    expect(text.split("\n")).toEqual([
      "churn",
      "  1  ingest  1 retry",
      "  2  clean   after ingest · version 3",
      "  3  train   after clean, ingest · 2 retries · at most 90 s",
      "",
    ]);
  });
});
