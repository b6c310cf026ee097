/** @file Groups without labels, by k-means: which irises belong together. `./mill learn iris` holds it against stored metrics. */
import * as m from "millrace";

// Fisher's 150 irises. Four lengths in centimetres are compared as they are: with other units, scale them first.
await using lake = await m.openLake("./iris");
const table = lake.table("learn.iris", m.irisSchema);
await table.overwrite(m.iris());
const rows = await table.read();
const features = m.features(m.irisSchema, (c) => ({
  sepal_length: m.numeric(c.sepal_length),
  sepal_width: m.numeric(c.sepal_width),
  petal_length: m.numeric(c.petal_length),
  petal_width: m.numeric(c.petal_width),
}));

// How many? The silhouette, −1 to 1, prefers two: it cannot know that there are three species.
for (const clusters of [2, 3, 4, 5, 6]) {
  const { learned, features: fitted } = await m
    .kMeans({ clusters, starts: 100, seed: 42 })
    .fit(rows, { features });
  const x = await fitted.matrix(rows);
  console.log(clusters, "clusters: silhouette", m.silhouette(x, learned.assign(x)).toFixed(3));
}

// Three, and how they agree with the species, which k-means never saw.
const model = await m.kMeans({ clusters: 3, starts: 100, seed: 42 }).fit(rows, { features });
const found = await model.withClusters(rows, "cluster");
for (const species of ["setosa", "versicolor", "virginica"]) {
  const own = found.filter((flower) => flower.species === species);
  console.log(species, ...[0, 1, 2].map((k) => own.filter((one) => one.cluster === k).length));
}
console.log("inertia", model.learned.inertia.toFixed(2));

// Two components carry nearly all of the four lengths: a plane is enough to look at them.
const x = await model.features.matrix(rows);
const { shares } = await m.pca({ components: 2 }).learn({ x, names: model.features.names });
console.log("two components:", ...Array.from(shares, (share) => `${(100 * share).toFixed(1)} %`));
