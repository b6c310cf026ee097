/** @file The lesson of regression: what homes are worth, by least squares. */
import { count } from "../../core/index.ts";
import {
  type CaliforniaBlock,
  californiaSchema,
  californiaTwin,
  split,
} from "../../dataset/index.ts";
import { features, numeric } from "../../feature/index.ts";
import { evaluate, leastSquares } from "../../model/index.ts";
import { figuresOf } from "../../plot/index.ts";
import { readCaliforniaFile } from "./california-file.ts";
import type { Lesson, LessonTask } from "./lesson.ts";
import { exampleOf, measuredOf } from "./measured.ts";

/** All columns but the key and the value, as they are: least squares needs no scaling. */
const definition = features(californiaSchema, (c) => ({
  MedInc: numeric(c.MedInc),
  HouseAge: numeric(c.HouseAge),
  AveRooms: numeric(c.AveRooms),
  AveBedrms: numeric(c.AveBedrms),
  Population: numeric(c.Population),
  AveOccup: numeric(c.AveOccup),
  Latitude: numeric(c.Latitude),
  Longitude: numeric(c.Longitude),
}));

export const california: Lesson = {
  title: "California housing: a number, by least squares",
  run: "california_linear_regression",
  program: "examples/01-california.ts",
  baseline: "the mean of the values",
  teach: async (task) => {
    const { data, blocks } = await blocksOf(task);
    const table = task.workspace.lake.table("learn.california_housing", californiaSchema);
    await table.overwrite(blocks);
    const { train, test } = await split(await table.read(), { test: 0.2, by: "block", seed: 42 });
    const model = await leastSquares().fit(
      train,
      { features: definition, label: "MedHouseVal" },
      task,
    );
    const judged = await evaluate(model, test, { metrics: ["mse", "rmse", "mae", "r2"] });
    const { importances } = model;
    const axes = { label: "MedHouseVal", unit: "100,000 USD" };
    return {
      data,
      steps: [
        `learned from ${count(await train.count(), "block")}, judged by ${count(judged.rows, "other")}`,
        "least squares on 8 columns as they are",
      ],
      params: { algorithm: "leastSquares", seed: 42, test: 0.2 },
      metrics: measuredOf(judged.metrics),
      baseline: measuredOf(judged.baseline),
      warnings: judged.warnings,
      figures: figuresOf(judged.judged, { ...axes, importances }),
      learned: { model, example: await exampleOf(model, train) },
    };
  },
};

async function blocksOf({
  csv,
  signal,
}: LessonTask): Promise<{ readonly data: string; readonly blocks: readonly CaliforniaBlock[] }> {
  if (csv !== undefined)
    return { data: `your file ${csv}`, blocks: await readCaliforniaFile(csv, signal) };
  const data = "a seeded twin of the California housing data: 20,640 blocks that never were";
  return { data, blocks: californiaTwin() };
}
