/** @file A number, by least squares: what homes are worth. `./mill learn california` holds it against stored metrics. */
import { writeFile } from "node:fs/promises";
import * as m from "millrace";

// A seeded twin of the California housing data: 20,640 blocks that never were, with a law of our own.
await using lake = await m.openLake("./california");
const table = lake.table("learn.california_housing", m.californiaSchema);
await table.overwrite(m.californiaTwin());
const { train, test } = await m.split(await table.read(), { test: 0.2, by: "block", seed: 42 });

// Least squares takes the columns as they are. Try m.standardize, or leave one out.
const features = m.features(m.californiaSchema, (c) => ({
  MedInc: m.numeric(c.MedInc),
  HouseAge: m.numeric(c.HouseAge),
  AveRooms: m.numeric(c.AveRooms),
  AveBedrms: m.numeric(c.AveBedrms),
  Population: m.numeric(c.Population),
  AveOccup: m.numeric(c.AveOccup),
  Latitude: m.numeric(c.Latitude),
  Longitude: m.numeric(c.Longitude),
}));
const how = { features, label: "MedHouseVal" } as const;
const model = await m.leastSquares().fit(train, how);

// Judged by blocks it has not seen, beside the mean, which is the most trivial answer.
const { metrics, baseline, judged } = await m.evaluate(model, test, { metrics: ["mse", "r2"] });
console.log("mse", metrics.mse?.toFixed(3), "the mean alone", baseline.mse?.toFixed(3));
console.log("r2 ", metrics.r2?.toFixed(3), "the mean alone", baseline.r2?.toFixed(3));

// What each feature adds, and how sure that is.
const data = await m.dataset({ ...how, features: model.features, rows: train });
const line = await m.leastSquares().learn(data);
for (const { name, estimate, low, high } of line.coefficients().slice(0, -1))
  console.log(
    name.padEnd(10),
    ...[estimate, low, high].map((each) => each.toPrecision(3).padStart(10)),
  );

// Pictures: predictions beside values, what is left over, and how much each feature matters.
const axes = { label: "MedHouseVal", unit: "100,000 USD" };
const figures = m.figuresOf(judged, { ...axes, importances: model.importances });
for (const [name, spec] of Object.entries(figures))
  await writeFile(`${name}.svg`, await m.renderSvg(spec));
console.log("pictures:", ...Object.keys(figures));
