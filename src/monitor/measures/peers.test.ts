import { describe, expect, test } from "vitest";
import { peerSample, readDriftPeers } from "../../../tests/peer/drift.ts";
import { populationStability } from "../psi.ts";
import { chiSquareTest, homogeneityTest, proportionTest } from "./chi-square.ts";
import { hellinger, jensenShannon, klDivergence } from "./divergences.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { normedWasserstein, wasserstein } from "./wasserstein.ts";

const peers = await readDriftPeers();
const sharesOf = (counts: readonly number[]): number[] => {
  const rows = counts.reduce((sum, n) => sum + n, 0);
  return counts.map((n) => n / rows);
};
// Both sides sum in other orders; tails of tests are computed by other series.
const loose = { rtol: 1e-7, atol: 1e-12 };

describe("measures", () => {
  test.each(peers.shares)("divergences of $reference and $current are SciPy's", (peer) => {
    const { reference, current } = peer;
    if (peer.kl !== null) expect(klDivergence(reference, current)).toBeClose(peer.kl);
    expect(jensenShannon(reference, current).distance).toBeClose(peer.distance);
  });

  test.each(peers.numbers)(
    "KS and Wasserstein of $rows and $rowsNow rows, seed $salt, are SciPy's and Evidently's",
    (peer) => {
      const [a, b] = [
        peerSample(peer.rows, { ...peer, shift: 0 }),
        peerSample(peer.rowsNow, { ...peer, salt: peer.salt + 100 }),
      ];
      const { statistic, p } = kolmogorovSmirnov(a, b);
      expect(statistic).toBeClose(peer.ks);
      expect(p).toBeClose(peer.p, loose);
      expect(p).toBeClose(peer.evidently.ks, loose);
      expect(wasserstein(a, b)).toBeClose(peer.wasserstein);
      expect(normedWasserstein(a, b)).toBeClose(peer.evidently.wasserstein);
    },
  );

  test.each(peers.counts)(
    "tests of $reference and $current are SciPy's and Evidently's",
    (peer) => {
      const { reference, current, evidently } = peer;
      const fit = chiSquareTest(reference, current);
      expect(fit.statistic).toBeClose(peer.statistic);
      expect(fit.p).toBeClose(peer.p, loose);
      expect(fit.p).toBeClose(evidently.chiSquare, loose);
      const pooled = homogeneityTest(reference, current);
      expect(pooled.statistic).toBeClose(peer.pooled);
      expect(pooled.p).toBeClose(peer.pooledP, loose);
      const [p, q] = [sharesOf(reference), sharesOf(current)];
      expect(jensenShannon(p, q).distance).toBeClose(evidently.jensenShannon);
      expect(hellinger(p, q)).toBeClose(evidently.hellinger);
      expect(populationStability(p, q)).toBeClose(evidently.psi);
      expect(klDivergence(q, p)).toBeClose(evidently.kl); // Evidently's is of the reference from the current
      const yes = (counts: readonly number[]) => ({
        yes: counts[0] ?? 0,
        rows: counts.reduce((sum, n) => sum + n, 0),
      });
      if (evidently.z !== null)
        expect(proportionTest(yes(reference), yes(current)).p).toBeClose(evidently.z, loose);
    },
  );
});
