/** @file Single trees, partial dependence and permutation importances with scikit-learn's numbers. */
import { describe, expect, test } from "vitest";
import { classicData } from "../../../tests/peer/classic.ts";
import { readTreePeers } from "../../../tests/peer/trees.ts";
import { gaussianBayes } from "../bayes/index.ts";
import { partialDependence, permutationImportance } from "../explain/index.ts";
import { decisionTree } from "./decision-tree.ts";

const peers = await readTreePeers();

describe("decisionTree", () => {
  for (const { options, told, leaves, importances, ...of } of peers.trees)
    test(`tells what scikit-learn's tree tells: ${of.task} ${JSON.stringify(options)}`, async () => {
      const { data } = classicData(of);
      const tree = await decisionTree(options).learn(data);
      expect(tree.predict(data.x)).toBeClose(told, { rtol: 1e-9, atol: 1e-12 });
      expect(tree.trees.features.filter((feature) => feature < 0).length).toBe(leaves);
      expect(tree.importances ?? []).toBeClose(importances, { rtol: 1e-7, atol: 1e-9 });
    });
});

describe("explanations", () => {
  test("partial dependence and the first row's own curve are scikit-learn's", async () => {
    const { feature, values, means, first, ...of } = peers.dependence;
    const { data } = classicData(of);
    const bayes = await gaussianBayes().learn(data);
    const found = partialDependence(bayes, data.x, { feature, values });
    expect(found.means).toBeClose(means, { rtol: 1e-6 });
    expect(found.rows.subarray(0, values.length)).toBeClose(first, { rtol: 1e-6 });
  });

  test("permutation importances are scikit-learn's within what chance allows", async () => {
    const { means, deviations, ...of } = peers.permuted;
    const { data } = classicData(of);
    const bayes = await gaussianBayes().learn(data);
    const repeats = 400;
    const found = await permutationImportance(bayes, data, { metric: "accuracy", repeats });
    for (const [i, name] of data.names.entries()) {
      const one = found.find((entry) => entry.name === name);
      const chance = (deviations[i] ?? 0) * Math.sqrt(1 / repeats + 1 / 1000);
      expect(Math.abs((one?.mean ?? Number.NaN) - (means[i] ?? 0))).toBeLessThan(4 * chance + 1e-9);
    }
  });
});
