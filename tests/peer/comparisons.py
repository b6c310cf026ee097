"""Makes comparisons.json: numbers of SciPy and statsmodels that src/metric/uncertainty/*.test.ts compare with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn scipy statsmodels
    /tmp/peer/bin/python tests/peer/comparisons.py

Tolerance 1e-9, relative, but for intervals of resamples that each side draws for itself: there a tenth of the
interval's width. DeLong's test has no peer in Python: its numbers come from the definition, pair by pair,
below, and those of the tests over folds from their formulas with SciPy's distributions.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import scipy.stats as st
import statsmodels
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar

chance = np.random.default_rng(11)


def delong(y, a, b):
    """Placements pair by pair, then the sample covariances of them."""
    parts = []
    for s in (a, b):
        x, z = s[y == 1], s[y == 0]
        psi = (x[:, None] > z[None, :]) + 0.5 * (x[:, None] == z[None, :])
        parts.append((psi.mean(), psi.mean(axis=1), psi.mean(axis=0)))
    s10 = np.cov(np.array([p[1] for p in parts]))
    s01 = np.cov(np.array([p[2] for p in parts]))
    s = s10 / (y == 1).sum() + s01 / (y == 0).sum()
    difference = parts[0][0] - parts[1][0]
    error = np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    assert abs(parts[0][0] - roc_auc_score(y, a)) < 1e-12
    return {
        **{"y": y.tolist(), "a": a.tolist(), "b": b.tolist()},
        "areas": [parts[0][0], parts[1][0]],
        "errors": np.sqrt(np.diag(s)).tolist(),
        "difference": difference,
        "z": difference / error,
        "p": 2 * st.norm.sf(abs(difference / error)),
        "ends": [difference - st.norm.ppf(0.975) * error, difference + st.norm.ppf(0.975) * error],
    }


def delong_case(n, digits):
    y = (chance.uniform(size=n) < 0.4).astype(int)
    a = np.round(chance.normal(size=n) + y, digits)
    return delong(y, a, np.round(a + chance.normal(size=n), digits))


def table(only_a, only_b):
    rows = [[5, only_a], [only_b, 7]]
    exact, corrected = mcnemar(rows, exact=True), mcnemar(rows, exact=False, correction=True)
    return {
        **{"onlyA": only_a, "onlyB": only_b},
        "exact": [float(exact.statistic), float(exact.pvalue)],
        "corrected": [float(corrected.statistic), float(corrected.pvalue)],
    }


def signed(d):
    found = st.wilcoxon(d)
    return {"d": [float(v) for v in d], "statistic": float(found.statistic), "p": float(found.pvalue)}


def fold_case(k, ratio):
    d = np.round(chance.normal(0.02, 0.03, k), 4)
    error = np.sqrt((1 / k + ratio) * d.var(ddof=1))
    reach = st.t.ppf(0.975, k - 1) * error
    return {
        **{"d": d.tolist(), "ratio": ratio, "t": d.mean() / error},
        "p": 2 * st.t.sf(abs(d.mean() / error), k - 1),
        "ends": [d.mean() - reach, d.mean() + reach],
    }


def five_case():
    d = np.round(chance.normal(0.02, 0.02, (5, 2)), 4)
    s = ((d - d.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    t = d[0, 0] / np.sqrt(s.mean())
    f = (d**2).sum() / (2 * s.sum())
    return {"d": d.tolist(), "t": t, "p": 2 * st.t.sf(abs(t), 5), "f": f, "fP": st.f.sf(f, 10, 5)}


def bca_case(n, resamples):
    """One distribution of a skewed statistic, and the ends that SciPy makes of it."""
    x = np.round(chance.exponential(2, n), 3)

    def spread(v, axis=-1):
        return np.var(v, axis=axis)

    found = st.bootstrap((x,), spread, n_resamples=resamples, method="BCa", rng=np.random.default_rng(1))
    plain = st.bootstrap(
        (x,), spread, n_resamples=resamples, method="percentile", rng=np.random.default_rng(1)
    )
    left = [float(spread(np.delete(x, i))) for i in range(n)]
    return {
        "observed": float(spread(x)),
        "values": found.bootstrap_distribution.tolist(),
        "jackknife": left,
        "bca": list(map(float, found.confidence_interval)),
        "percentile": list(map(float, plain.confidence_interval)),
    }


def interval_case(n):
    """Absolute errors with a tail: both sides draw for themselves."""
    errors = np.round(chance.exponential(1, n), 3)
    out = {"errors": errors.tolist()}
    for method in ("BCa", "percentile"):
        found = st.bootstrap((errors,), np.mean, n_resamples=20000, method=method, rng=np.random.default_rng(2))
        out[method.lower()] = list(map(float, found.confidence_interval))
    return out


tied = np.round(chance.normal(0.3, 1, 40), 1)
peer = {
    "peers": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "script": "tests/peer/comparisons.py",
    "delong": [delong_case(60, 3), delong_case(80, 0), delong_case(25, 1)],
    "mcnemar": [table(10, 3), table(0, 6), table(40, 61), table(12, 13)],
    "wilcoxon": [
        signed(np.round(chance.normal(0.4, 1, 9), 4)),
        signed(np.round(chance.normal(0.1, 1, 50), 6)),
        signed(np.round(chance.normal(0.1, 1, 70), 6)),
        signed(tied),
        signed([0.0, 1.0, 1.0, -2.0, 3.0, 0.0, 2.0, 4.0]),
    ],
    "foldTest": [fold_case(10, 1 / 9), fold_case(30, 1 / 9), fold_case(2, 1)],
    "fiveByTwo": [five_case(), five_case()],
    "bca": [bca_case(25, 400), bca_case(12, 399)],
    "interval": interval_case(120),
}
target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(peer) + "\n")
print(target, target.stat().st_size, "bytes")
