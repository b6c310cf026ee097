"""Makes drift.json: the numbers of SciPy and Evidently that our tests compare with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scipy evidently "pandas<3"
    /tmp/peer/bin/python tests/peer/drift.py

Samples come from Mulberry32, which tests/peer/drift.ts repeats, so they are not stored.
"""

import json
import warnings
from pathlib import Path

import evidently
import numpy as np
import pandas as pd
import scipy
from evidently.legacy.core import ColumnType
from evidently.legacy.calculations.stattests import (
    chi_stat_test,
    hellinger_stat_test,
    jensenshannon_stat_test,
    kl_div_stat_test,
    ks_stat_test,
    psi_stat_test,
    wasserstein_stat_test,
    z_stat_test,
)
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, chisquare, entropy, ks_2samp, wasserstein_distance

warnings.simplefilter("ignore")


def fractions(count, salt):
    """Mulberry32 from the seed `salt`: 32-bit integer arithmetic, the same in every language."""
    a, out = salt, []
    for _ in range(count):
        a = (a + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((a ^ (a >> 15)) * (a | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        out.append((t ^ (t >> 14)) / 4294967296)
    return out


def sample(rows, salt, shift, levels):
    """Uniform numbers in [shift, 1 + shift), or whole numbers below `levels` where it is not 0."""
    u = fractions(rows, salt)
    return [float(np.floor(levels * v ** (1 + shift))) if levels else v + shift for v in u]


def value(test, a, b, kind):
    result = test(pd.Series(a), pd.Series(b), kind, None)
    return float(result.drift_score)


shares = [
    ([0.5, 0.5], [0.25, 0.75]),
    ([0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]),
    ([0.7, 0.2, 0.1], [0.7, 0.3, 0.0]),
    ([1.0, 0.0], [0.0, 1.0]),
]
numbers = []
for n, m, salt, shift, levels in [
    (5, 7, 1, 0.3, 0), (40, 40, 2, 0.1, 0), (200, 300, 3, 0.2, 0), (1000, 1000, 4, 0.05, 0),
    (1000, 800, 5, 0.1, 12), (3000, 2000, 6, 0.01, 0), (12000, 20000, 7, 0.004, 0),
    (12000, 20000, 8, 0.01, 0), (12000, 20000, 9, 0.03, 0), (30000, 15000, 10, 0.2, 40),
    (3000, 2000, 11, 0.4, 5), (3000, 2500, 12, 0.3, 20),
]:  # fmt: skip
    a, b = sample(n, salt, 0, levels), sample(m, salt + 100, shift, levels)
    ks = ks_2samp(a, b)
    num = ColumnType.Numerical
    # of at most 20 values Evidently counts each; of more it has bins of equal width, and we quantiles
    counted = 0 < levels <= 20
    numbers.append(
        {
            **{"rows": n, "rowsNow": m, "salt": salt, "shift": shift, "levels": levels},
            **{"ks": float(ks.statistic), "p": float(ks.pvalue)},
            "wasserstein": float(wasserstein_distance(a, b)),
            "evidently": {
                "ks": value(ks_stat_test, a, b, num),
                "wasserstein": value(wasserstein_stat_test, a, b, num),
                "psi": value(psi_stat_test, a, b, num) if counted else None,
                "jensenShannon": value(jensenshannon_stat_test, a, b, num) if counted else None,
            },
        }
    )
counts = []
for a, b in [
    ([50, 50], [60, 40]), ([10, 20, 30], [12, 18, 33]), ([500, 300, 200], [450, 330, 220]),
    ([400, 100], [150, 350]), ([90, 8, 2], [85, 10, 5]), ([900, 60, 40], [700, 200, 100]),
]:  # fmt: skip
    expected = np.array(a) / sum(a) * sum(b)
    fit = chisquare(b, expected)
    pooled = chi2_contingency([a, b], correction=False)
    cat = ColumnType.Categorical
    columns = [np.repeat([f"level {i}" for i in range(len(x))], x) for x in (a, b)]
    two = [np.repeat([1, 0], x) for x in (a, b)] if len(a) == 2 else None
    counts.append(
        {
            **{"reference": a, "current": b},
            **{"statistic": float(fit.statistic), "p": float(fit.pvalue)},
            **{"pooled": float(pooled.statistic), "pooledP": float(pooled.pvalue)},
            "evidently": {
                "chiSquare": value(chi_stat_test, *columns, cat),
                "jensenShannon": value(jensenshannon_stat_test, *columns, cat),
                "hellinger": value(hellinger_stat_test, *columns, cat),
                "psi": value(psi_stat_test, *columns, cat),
                "kl": value(kl_div_stat_test, *columns, cat),
                "z": None if two is None else value(z_stat_test, *two, cat),
            },
        }
    )
out = {
    "versions": {"scipy": scipy.__version__, "evidently": evidently.__version__},
    "shares": [
        {
            **{"reference": p, "current": q},
            "kl": None if 0 in p else float(entropy(q, p)),
            "distance": float(jensenshannon(p, q)),
        }
        for p, q in shares
    ],
    "numbers": numbers,
    "counts": counts,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")
