/** @file The lesson of clusters: which irises belong together, by k-means. */
import { kMeans, pca } from "../../cluster/index.ts";
import { iris as flowers, irisSchema } from "../../dataset/index.ts";
import { features, numeric } from "../../feature/index.ts";
import type { Matrix } from "../../flow.ts";
import {
  adjustedRand,
  clusterInertia,
  daviesBouldin,
  silhouette,
  silhouettes,
} from "../../metric/index.ts";
import { type ChartSpec, elbowChart, scatterChart, silhouetteChart } from "../../plot/index.ts";
import { fail } from "../errors.ts";
import type { Lesson, Measured } from "./lesson.ts";

/** All four are lengths in centimetres, so they are compared as they are. */
const definition = features(irisSchema, (c) => ({
  sepal_length: numeric(c.sepal_length),
  sepal_width: numeric(c.sepal_width),
  petal_length: numeric(c.petal_length),
  petal_width: numeric(c.petal_width),
}));

const tried = [2, 3, 4, 5, 6] as const;

export const iris: Lesson = {
  title: "Iris: groups without labels, by k-means",
  run: "kmeans_clustering",
  program: "examples/04-iris.ts",
  baseline: "flowers dealt to three groups in turn",
  teach: async ({ workspace, csv, ...work }) => {
    if (csv !== undefined)
      fail("cli/mismatch-option", {
        command: "learn",
        option: "csv",
        expected: "the lesson california beside it; `cluster FILE` groups the rows of any file",
        got: csv,
      });
    const table = workspace.lake.table("learn.iris", irisSchema);
    await table.overwrite(flowers());
    const rows = await table.read();
    const fitted = tried.map((clusters) =>
      kMeans({ clusters, starts: 100, seed: 42 }).fit(rows, { features: definition }, work),
    );
    const models = await Promise.all(fitted);
    const [, model] = models;
    if (model === undefined) throw new RangeError("three clusters are among those tried");
    const x = await model.features.matrix(rows);
    const labels = model.learned.assign(x);
    const named = (await rows.rows()).map((row) => row.species);
    const species = named.map((name) => named.indexOf(name)); // a number for each
    const byCount = models.map(({ learned }) => silhouette(x, learned.assign(x)));
    const counts = tried.map((clusters, i) => ({ clusters, value: byCount[i] ?? 0 }));
    const sizes = sizesOf(labels);
    return {
      data: "Fisher's 150 irises, as he printed them in 1936",
      steps: [
        "k-means with 3 clusters, the best of 100 starts, on four lengths in centimetres",
        `groups of ${sizes.join(", ")} flowers; the species were not looked at`,
        `the silhouette prefers ${counts.toSorted((a, b) => b.value - a.value)[0]?.clusters} clusters: it cannot know that there are three species`,
      ],
      params: { algorithm: "kMeans", clusters: 3, starts: 100, seed: 42 },
      metrics: {
        ...geometryOf(x, labels, species),
        ...Object.fromEntries(
          counts
            .filter(({ clusters }) => clusters !== 3)
            .map(({ clusters, value }) => [`silhouetteOf${clusters}`, value]),
        ),
        largest: sizes[0] ?? 0,
        smallest: sizes.at(-1) ?? 0,
      },
      baseline: geometryOf(
        x,
        labels.map((_, i) => i % 3),
        species,
      ),
      warnings: model.learned.warnings,
      figures: await figures({ x, labels, names: model.features.names, counts }),
      learned: { files: model.files() },
    };
  },
};

const sizesOf = (labels: Int32Array): readonly number[] =>
  [...new Set(labels)]
    .map((cluster) => labels.filter((label) => label === cluster).length)
    .sort((a, b) => b - a);

const geometryOf = (x: Matrix, labels: Int32Array, species: readonly number[]): Measured => ({
  silhouette: silhouette(x, labels),
  inertia: clusterInertia(x, labels),
  daviesBouldin: daviesBouldin(x, labels),
  adjustedRand: adjustedRand(species, labels),
});

async function figures({
  x,
  labels,
  names,
  counts,
}: {
  readonly x: Matrix;
  readonly labels: Int32Array;
  readonly names: readonly string[];
  readonly counts: readonly { readonly clusters: number; readonly value: number }[];
}): Promise<Readonly<Record<string, ChartSpec>>> {
  const found = await pca({ components: 2 }).learn({ x, names });
  const column = (of: Matrix, j: number): Float64Array =>
    Float64Array.from({ length: of.rows }, (_, i) => of.data[i * of.cols + j] ?? 0);
  const share = (k: number): string =>
    `component ${k + 1}, ${(100 * (found.shares[k] ?? 0)).toFixed(1)} % of the variance`;
  const classes = Array.from(labels, (label) => `cluster ${label}`);
  const z = found.apply(x);
  const on = (of: Matrix) => ({ x: column(of, 0), y: column(of, 1), classes });
  return {
    sepals: scatterChart(on(x), {
      title: "Irises by their sepals",
      axes: ["sepal length, cm", "sepal width, cm"],
    }),
    components: scatterChart(on(z), {
      title: "Irises by two components",
      axes: [share(0), share(1)],
    }),
    silhouettes: silhouetteChart(silhouettes(x, labels), labels),
    elbow: elbowChart(counts, { measure: "silhouette", chosen: 3 }),
  };
}
