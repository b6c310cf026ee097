"""Makes cleaning.json: what scikit-learn, numpy and scipy say about a small table with holes.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn
    /tmp/peer/bin/python tests/peer/cleaning.py > tests/peer/cleaning.json
"""

import json

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(7)
n = 60
a = rng.normal(50, 12, n)
b = rng.normal(0, 3, n)
c = rng.exponential(5, n)
y = 3 + 0.5 * a - 2 * b + 0.1 * c + rng.normal(0, 1, n)
table = np.round(np.column_stack([a, b, c, y]), 6)
for column in range(4):
    table[rng.choice(n, 9, replace=False), column] = np.nan

known = ~np.isnan(table[:, 3])
x_filled = SimpleImputer().fit(table[known, :3]).transform(table[:, :3])
line = LinearRegression().fit(x_filled[known], table[known, 3])
scales = np.array([np.nanstd(table[:, j]) for j in range(3)] + [1.0])
# Asked with a hole for the target, which therefore does not take part in the distance.
knn = KNNImputer(n_neighbors=4).fit(table[known] / scales)
nearest = knn.transform(np.column_stack([table[:, :3], np.full(n, np.nan)]) / scales)[:, 3]
plain = KNNImputer(n_neighbors=4).fit(table[known])
unscaled = plain.transform(np.column_stack([table[:, :3], np.full(n, np.nan)]))[:, 3]
ys = table[known, 3]


def cells(values):
    return [None if np.isnan(v) else float(v) for v in values]


print(
    json.dumps(
        {
            "peer": {
                "scikit-learn": sklearn.__version__,
                "numpy": np.__version__,
                "scipy": scipy.__version__,
            },
            "table": [cells(row) for row in table],
            "mean": float(np.mean(ys)),
            "median": float(np.median(ys)),
            "quartiles": [float(q) for q in np.percentile(ys, [25, 75])],
            "deviation": float(np.std(ys)),
            "mad": float(stats.median_abs_deviation(ys)),
            "regression": {
                "bias": float(line.intercept_),
                "weights": [float(w) for w in line.coef_],
                "means": [float(m) for m in np.nanmean(table[known, :3], axis=0)],
            },
            "nearest": [float(v) for v in nearest[~known]],
            "nearestUnscaled": [float(v) for v in unscaled[~known]],
        },
        indent=1,
    )
)
