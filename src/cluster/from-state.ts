/** @file What was learned back from plain data, without changing a bit of what it gives. */
import type { Cells, ModelFiles } from "../flow.ts";
import { readAgglomerative } from "./agglomerative.ts";
import type { Clusters } from "./clusters.ts";
import type { Components } from "./components.ts";
import { readDbscan } from "./dbscan.ts";
import { fail } from "./errors.ts";
import { type FittedClusters, fittedClusters } from "./fitted-clusters.ts";
import { type FittedComponents, fittedComponents } from "./fitted-components.ts";
import { readGaussianMixture } from "./gaussian-mixture.ts";
import { readKMeans } from "./k-means.ts";
import { readFile } from "./model-file.ts";
import { readPca } from "./pca.ts";
import { clusterFormat, type Fields, fieldsOf } from "./state-fields.ts";

const clusterReaders: Readonly<Record<string, (fields: Fields) => Clusters>> = {
  kMeans: readKMeans("kMeans"),
  miniBatchKMeans: readKMeans("miniBatchKMeans"),
  agglomerative: readAgglomerative,
  dbscan: readDbscan,
  gaussianMixture: readGaussianMixture,
};

const componentReaders: Readonly<Record<string, (fields: Fields) => Components>> = {
  pca: readPca,
};

/**
 * The clusters of a state; they assign as those that were stored.
 *
 * @param value - What `parseJson` read of a {@link clusterState}.
 * @returns The clusters.
 * @throws `cluster/unsupported-format` for a newer format, `cluster/unknown-kind`,
 *   `cluster/corrupt-state`
 */
export function clusterFromState(value: unknown): Clusters {
  return readBy("clusterFromState", clusterReaders, value);
}

/** The components of a state; they give the same bits as those that were stored. @throws as {@link clusterFromState} */
export function componentsFromState(value: unknown): Components {
  return readBy("componentsFromState", componentReaders, value);
}

/**
 * The model of clusters of some files; it assigns as the one that wrote them, and has its hash.
 *
 * @param files - What a model's `files()` gave.
 * @returns A model that asks for the columns of its signature.
 * @throws `cluster/unsupported-format` for a model that a newer Millrace wrote,
 *   `cluster/corrupt-files`
 */
export function loadClusters(files: ModelFiles): FittedClusters {
  return fittedClusters<Cells, Clusters>(readFile(files, clusterFromState));
}

/** The same of a model of components. @throws as {@link loadClusters} */
export function loadComponents(files: ModelFiles): FittedComponents {
  return fittedComponents<Cells, Components>(readFile(files, componentsFromState));
}

function readBy<M>(
  at: string,
  readers: Readonly<Record<string, (fields: Fields) => M>>,
  value: unknown,
): M {
  const fields = fieldsOf(value, "the state");
  const [kind, written] = [fields.text("kind"), fields.number("format")];
  if (written > clusterFormat)
    fail("cluster/unsupported-format", { kind, got: written, known: clusterFormat });
  const read = Object.entries(readers).find(([name]) => name === kind)?.[1];
  if (read === undefined)
    return fail("cluster/unknown-kind", { at, got: kind, known: Object.keys(readers) });
  return read(fields);
}
