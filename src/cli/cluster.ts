/** @file `millrace cluster`: which rows of a table or a file belong together, with a report and pictures. */
import { join, resolve } from "node:path";
import {
  agglomerative,
  type ClusterChoices,
  type Clusterer,
  type Clusters,
  chooseClusters,
  dbscan,
  type FittedClusters,
  gaussianMixture,
  kMeans,
  miniBatchKMeans,
} from "../cluster/index.ts";
import { count, invariant } from "../core/index.ts";
import { folderBytes } from "../store/index.ts";
import { int, schema } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { clusterFeatures } from "./cluster-features.ts";
import { clusterPictures } from "./cluster-pictures.ts";
import { type ClusterReport, reportOf } from "./cluster-report.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { fileForm, fileOptions } from "./file-options.ts";
import { namesOf } from "./options.ts";
import { type Source, sourceArgument, withSource } from "./source.ts";
import { atOptions, atVersion } from "./table-option.ts";
import { columns, number, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const methods = ["k-means", "mini-batch", "mixture", "agglomerative", "dbscan"] as const;

export const cluster = command({
  name: "cluster",
  summary: "Groups of rows that are alike, with a report and pictures.",
  about: [
    "Numbers are standardised, categories become a column a level; a missing number counts as the mean. Without",
    "--clusters several numbers are tried and each is judged by the bend of the inertia, silhouette, gap and BIC; the",
    "one that most of them prefer is taken, and the report shows all. dbscan finds the number by itself and leaves rows",
    "that are near no others out. --into keeps the rows with the number of their cluster as a table, --model what was",
    "learned with its features, --out the pictures: the rows along their first two principal components, and what decided the number.",
  ],
  arguments: { source: sourceArgument },
  options: {
    columns: {
      type: "string",
      many: true,
      value: "A,B",
      help: "the columns to compare rows by; all numbers but keys if not given",
    },
    method: {
      type: "string",
      choices: methods,
      default: "k-means",
      value: "METHOD",
      help: "how groups are found",
    },
    clusters: {
      type: "number",
      min: 1,
      max: 1000,
      whole: true,
      value: "N",
      help: "how many groups",
    },
    most: {
      type: "number",
      min: 2,
      max: 100,
      whole: true,
      value: "N",
      help: "without --clusters: the most that are tried; 10, or as many as there are distinct rows, if not given",
    },
    linkage: {
      type: "string",
      choices: ["ward", "complete", "average", "single"],
      default: "ward",
      value: "LINKAGE",
      help: "of agglomerative: how far two groups are apart",
    },
    distance: {
      type: "number",
      min: 0,
      value: "N",
      help: "of dbscan: how far a neighbour may be, in standard deviations",
    },
    neighbours: {
      type: "number",
      default: 5,
      min: 1,
      whole: true,
      value: "N",
      help: "of dbscan: rows within the distance that make a group",
    },
    seed: { type: "number", default: 0, whole: true, value: "N", help: "where chance starts" },
    into: {
      type: "string",
      value: "TABLE",
      help: "write the rows with a column `cluster` into this table, in place of what it has",
    },
    model: {
      type: "string",
      value: "FILE.json",
      help: "write the model, with its features, as loadClusters reads it",
    },
    out: { type: "string", value: "FOLDER", help: "write the pictures, as SVG" },
    ...atOptions,
    ...fileOptions,
    dir,
  },
  examples: [
    "cluster telco.silver --columns tenure,monthly_charges --out pictures",
    "cluster orders.csv --method mixture --clusters 4 --into shop.segments",
    "cluster places.csv --columns x,y --method dbscan --distance 0.2 --json",
  ],
  run: async (values, around) => {
    const { source: from, dir } = values;
    const task = { from, dir, at: atVersion("cluster", values), form: fileForm(values) };
    const found = await around.reporter.stage(
      `cluster ${from}`,
      () =>
        withSource({ ...task, command: "cluster" }, around, (source) =>
          grouped(source, values, around.signal),
        ),
      () => null,
    );
    const { into, model, out } = values;
    if (into !== undefined) await keep(dir, into, found);
    if (model !== undefined) await write(model, modelBytes(found.model));
    const pictures = out === undefined ? [] : await clusterPictures(found);
    for (const { name, svg } of pictures) await write(join(out ?? ".", name), Buffer.from(svg));
    const { report, choices } = found;
    return {
      report,
      choices,
      into: into ?? null,
      model: model === undefined ? null : resolve(model),
      pictures: pictures.map(({ name }) => resolve(out ?? ".", name)),
    };
  },
  render: ({ report, choices, into, model, pictures }, { width }) => [
    ...(choices === null ? [] : [...choiceLines(choices, width), ""]),
    ...reportLines(report, Math.min(width, 140)),
    ...(into === null ? [] : [`table: ${into}`]),
    ...(model === null ? [] : [`model: ${model}`]),
    ...pictures.map((path) => `picture: ${path}`),
  ],
});

interface ClusterValues {
  readonly columns: readonly string[];
  readonly method: (typeof methods)[number];
  readonly clusters: number | undefined;
  readonly most: number | undefined;
  readonly linkage: "ward" | "complete" | "average" | "single";
  readonly distance: number | undefined;
  readonly neighbours: number;
  readonly seed: number;
}

/** Fits features, chooses the number if it is not given, and finds the groups. */
async function grouped({ name, rows }: Source, values: ClusterValues, signal: AbortSignal) {
  const { seed, most, method, distance } = values;
  if (distance !== undefined && method !== "dbscan")
    fail("cli/mismatch-option", {
      command: "cluster",
      option: "distance",
      expected: "--method dbscan beside it, which alone looks for neighbours within a distance",
      got: `${distance} with ${method}`,
    });
  const { definition, features, x } = await clusterFeatures(rows, namesOf(values.columns));
  const data = { x, names: features.names };
  const tried = most === undefined ? { seed } : { seed, to: Math.min(most, x.rows) };
  const isAsked = values.clusters !== undefined || method === "dbscan";
  const choices = isAsked ? null : await chooseClusters(data, tried, { signal });
  const clusters = values.clusters ?? choices?.suggested ?? 1;
  const model = await clustererOf({ ...values, clusters }).fit(
    rows,
    { features: definition },
    { signal },
  );
  const { learned } = model;
  const labels = learned.assign(x);
  const whole = await rows.rows();
  const report = reportOf({
    name,
    method,
    learned,
    labels,
    x,
    seed,
    rows: whole,
    schema: rows.schema,
  });
  return { ...data, model, learned, labels, choices, report, whole, columns: rows.schema.columns };
}

function clustererOf(values: ClusterValues & { readonly clusters: number }): Clusterer<Clusters> {
  const { method, clusters, seed, linkage, distance, neighbours } = values;
  switch (method) {
    case "k-means":
      return kMeans({ clusters, starts: 10, seed });
    case "mini-batch":
      return miniBatchKMeans({ clusters, seed });
    case "mixture":
      return gaussianMixture({ clusters, starts: 3, seed });
    case "agglomerative":
      return agglomerative({ clusters, linkage });
    case "dbscan":
      return dbscan({ distance: distance ?? missingDistance(), neighbours });
  }
}

function missingDistance(): never {
  return fail("cli/missing-option", {
    command: "cluster",
    option: "distance",
    value: "N",
    help: "dbscan needs to know how far a neighbour may be",
  });
}

/** Writes the rows with the numbers of their clusters, in place of what the table has. */
async function keep(
  dir: string,
  name: string,
  found: Awaited<ReturnType<typeof grouped>>,
): Promise<void> {
  if ("cluster" in found.columns)
    fail("cli/mismatch-option", {
      command: "cluster",
      option: "into",
      expected: "rows without a column `cluster`",
      got: name,
    });
  await using workspace = await openWorkspace(dir);
  const columns = { ...found.columns, cluster: int({ min: -1 }) };
  const rows = found.whole.map((row, i) => ({ ...row, cluster: found.labels[i] ?? -1 }));
  await workspace.lake.table(name, schema(name, columns)).overwrite(rows);
}

/** The one file of a model. */
function modelBytes(model: FittedClusters): Uint8Array {
  const [bytes] = Object.values(model.files());
  invariant(bytes !== undefined, "a model has a file");
  return bytes;
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  const path = resolve(file);
  await folderBytes(resolve(path, "..")).put(path.slice(resolve(path, "..").length + 1), bytes);
}

const short = (value: number | null): string =>
  value === null ? "–" : `${Number(value.toPrecision(4))}`;

function choiceLines(
  { choices, best, suggested }: ClusterChoices,
  width: number,
): readonly string[] {
  const marks = (clusters: number): string =>
    Object.entries(best)
      .filter(([, k]) => k === clusters)
      .map(([way]) => way)
      .join(", ");
  const lines = choices.map((choice) => [
    `${choice.clusters}`,
    short(choice.inertia),
    short(choice.silhouette),
    short(choice.gap),
    short(choice.bic),
    marks(choice.clusters),
  ]);
  return [
    ...columns([["clusters", "inertia", "silhouette", "gap", "bic", "preferred by"], ...lines], {
      right: [0, 1, 2, 3, 4],
      width,
    }),
    `taken: ${count(suggested, "cluster")}`,
  ];
}

/** How many columns of the groups' means are shown. */
const mostShown = 8;

function reportLines(report: ClusterReport, width: number): readonly string[] {
  const { groups, noise, rows, name, method, silhouette, warnings } = report;
  const shown = report.columns.slice(0, mostShown);
  const lines = groups.map(({ cluster, rows: size, share, means }) => [
    `${cluster}`,
    number(size),
    `${(100 * share).toFixed(1)} %`,
    ...shown.map((column) => short(means[column] ?? null)),
  ]);
  const more = report.columns.length - shown.length;
  return [
    ...columns(
      [["cluster", "rows", "share", ...shown.map((column) => `mean ${column}`)], ...lines],
      { right: [0, 1, 2, ...shown.map((_, i) => i + 3)], width },
    ),
    ...(more > 0 ? [`… and the means of ${count(more, "column")} more with --json`] : []),
    ...(noise > 0 ? [`${count(noise, "row")} in no cluster`] : []),
    ...warnings.flatMap((warning) => wrap(`⚠ ${warning}`, width)),
    `${name}: ${count(rows, "row")} in ${count(groups.length, "cluster")} by ${method}${silhouette === null ? "" : `; silhouette ${short(silhouette)}, of −1 to 1`}`,
  ];
}
