/** @file Our clusters, components and their metrics beside scikit-learn's and SciPy's numbers. */
import { describe, expect, test } from "vitest";
import { renamed } from "../../tests/conform/clusterer.ts";
import { peerRows, readClusterPeers } from "../../tests/peer/cluster.ts";
import type { Matrix } from "../flow.ts";
import {
  adjustedRand,
  calinskiHarabasz,
  clusterInertia,
  daviesBouldin,
  mutualInformation,
  silhouette,
} from "../metric/index.ts";
import { denseGroups, linkRows } from "../tensor/index.ts";
import { agglomerative } from "./agglomerative.ts";
import { dbscan } from "./dbscan.ts";
import { gaussianMixture } from "./gaussian-mixture.ts";
import { kMeans } from "./k-means.ts";
import { pca } from "./pca.ts";

const peers = await readClusterPeers();

const rowOf = ({ data, cols }: Matrix, i: number): number[] =>
  Array.from(data.subarray(i * cols, (i + 1) * cols));

describe("kMeans beside scikit-learn", () => {
  for (const peer of peers.kMeans)
    test(`from the same centres: ${peer.rows} × ${peer.features}, ${peer.clusters} clusters`, async () => {
      const { x, names } = peerRows(peer);
      const centres = Array.from({ length: peer.clusters }, (_, k) => rowOf(x, k));
      const found = await kMeans({ clusters: peer.clusters, centres }).learn({ x, names });
      expect(found.centres.data).toBeClose(peer.centres.flat(), { rtol: 1e-9, atol: 1e-9 });
      expect(found.inertia).toBeClose(peer.inertia);
      expect(found.iterations).toBe(peer.iterations);
      expect([...found.assign(x)]).toEqual(peer.labels);
      expect(clusterInertia(x, peer.labels)).toBeClose(peer.inertia, { rtol: 1e-3 }); // about means, not centres short of them
    });

  for (const peer of peers.bestInertia)
    test(`finds the best of fifty starts, or a better one: ${peer.rows} × ${peer.features}`, async () => {
      const { x, names } = peerRows(peer);
      const how = { clusters: peer.groups, starts: 50, tolerance: 0 };
      const found = await kMeans(how).learn({ x, names });
      expect(found.inertia).toBeLessThanOrEqual(peer.inertia * (1 + 1e-9));
    });
});

describe("agglomerative beside SciPy", () => {
  for (const peer of peers.joins)
    test(`heights, sizes and clusters: ${peer.linkage}`, async () => {
      const { x, names } = peerRows(peer);
      const { heights, sizes } = linkRows(x, peer.linkage);
      expect(heights).toBeClose(peer.heights);
      expect([...sizes]).toEqual(peer.sizes);
      const { groups: clusters, linkage } = peer;
      const found = await agglomerative({ clusters, linkage }).learn({ x, names });
      expect(renamed(found.labels)).toEqual(renamed(peer.labels));
    });
});

describe("dbscan beside scikit-learn", () => {
  for (const peer of peers.dense)
    test(`core rows, clusters and noise: distance ${peer.distance}`, async () => {
      const { x, names } = peerRows(peer);
      const { distance, neighbours } = peer;
      const { cores } = denseGroups(x, { distance, neighbours });
      expect([...cores]).toEqual(peer.cores);
      const labels = (await dbscan({ distance, neighbours }).learn({ x, names })).assign(x);
      const core = (values: ArrayLike<number>): number[] =>
        Array.from(values).filter((_, i) => cores[i] === 1);
      expect(renamed(core(labels))).toEqual(renamed(core(peer.labels)));
      expect(labels.map((label) => Math.min(label, 0))).toEqual(
        Int32Array.from(peer.labels, (label) => Math.min(label, 0)),
      );
    });
});

describe("gaussianMixture beside scikit-learn", () => {
  // both end where a step gains less than 1e-12 nats, which leaves the parameters some 1e-6 apart
  for (const peer of peers.mixture)
    test(`likelihood, weights, means and covariances: ${peer.form}`, async () => {
      const { x, names } = peerRows(peer);
      const how = {
        clusters: peer.groups,
        covariance: peer.form,
        tolerance: 1e-12,
        maxIterations: 5000,
        starts: 10,
      };
      const found = await gaussianMixture(how).learn({ x, names });
      expect(found.logLikelihood).toBeClose(peer.score, { rtol: 1e-8 });
      expect(found.bic).toBeClose(peer.bic, { rtol: 1e-8 });
      expect(found.aic).toBeClose(peer.aic, { rtol: 1e-8 });
      const { weights, means, covariances } = found.mixture;
      const order = Array.from(weights.keys()).sort(
        (a, b) => (means.data[a * x.cols] ?? 0) - (means.data[b * x.cols] ?? 0),
      );
      const loose = { rtol: 1e-5, atol: 1e-5 };
      expect(order.map((k) => weights[k])).toBeClose(peer.weights, loose);
      expect(order.flatMap((k) => rowOf(means, k))).toBeClose(peer.means.flat(), loose);
      const size = covariances.data.length / peer.groups;
      expect(order.flatMap((k) => [...covariances.data.slice(k * size, (k + 1) * size)])).toBeClose(
        peer.covariances,
        loose,
      );
      expect(found.logDensity(x).slice(0, 5)).toBeClose(peer.density, loose);
    });
});

describe("pca beside scikit-learn", () => {
  for (const peer of peers.components)
    test(`directions with their signs, variances and components: ${peer.rows} × ${peer.features}`, async () => {
      const { x, names } = peerRows(peer);
      const scaled = { ...x, data: x.data.map((value, at) => value * (1 + (at % x.cols))) };
      const how = { components: peer.variances.length, whiten: peer.whiten };
      const found = await pca(how).learn({ x: scaled, names });
      const close = { rtol: 1e-8, atol: 1e-9 };
      expect(found.variances).toBeClose(peer.variances, close);
      expect(found.shares).toBeClose(peer.shares, close);
      expect(found.singularValues).toBeClose(peer.singular, close);
      expect(found.means).toBeClose(peer.means, close);
      expect(found.directions.data).toBeClose(peer.directions.flat(), close);
      expect(found.apply(scaled).data.slice(0, 3 * found.components)).toBeClose(
        peer.applied.flat(),
        close,
      );
    });
});

describe("metrics of clusters beside scikit-learn", () => {
  for (const peer of peers.metrics)
    test(`of ${peer.rows} × ${peer.features}`, () => {
      const { x, group } = peerRows(peer);
      expect(silhouette(x, peer.labels)).toBeClose(peer.silhouette);
      expect(daviesBouldin(x, peer.labels)).toBeClose(peer.daviesBouldin);
      expect(calinskiHarabasz(x, peer.labels)).toBeClose(peer.calinskiHarabasz);
      expect(adjustedRand(group, peer.labels)).toBeClose(peer.adjustedRand);
      expect(mutualInformation(group, peer.labels)).toBeClose(peer.mutualInformation);
    });
});
