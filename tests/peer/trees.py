"""Makes trees.json: scikit-learn's single trees, partial dependence and permutation importances.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn==1.9.1
    /tmp/peer/bin/python tests/peer/trees.py

The data is that of classic.py, which tests/peer/classic.ts repeats. A feature has at most 200 values, so that trees of bins
are exact; the rows that were learned from are asked, because thresholds may lie elsewhere between two of their values. Leaves
of at least five rows, and data in which no two splits are equally good, leave nothing to the order of features.
Permutations are drawn by each side: means are compared within their own deviation.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

asked = 20


def fractions(count, salt):
    """Mulberry32 from the seed `salt`: 32-bit integer arithmetic, the same in every language."""
    a, out = salt, []
    for _ in range(count):
        a = (a + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((a ^ (a >> 15)) * (a | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        out.append((t ^ (t >> 14)) / 4294967296)
    return np.array(out)


def sample(rows, features, salt, task):
    """Uniform features in (-1, 1); a label that leans on three of them; weights."""
    n = rows + asked
    u = fractions(n * (features + 2), salt).reshape(n, features + 2)
    x = 2 * u[:, :features] - 1
    z = x[:, 0] - x[:, 1] + x[:, 2] * x[:, 2] + 1.5 * u[:, features] - 1
    kinds = {
        "regression": z,
        "binary": (z > 0).astype(float),
        "multiclass": (z > -0.4).astype(float) + (z > 0.5),
    }
    return x[:rows], kinds[task][:rows], 0.5 + u[:rows, features + 1]


def tree(task, salt, weighed, ours, **theirs):
    x, y, weights = sample(200, 4, salt, task)
    make = DecisionTreeRegressor if task == "regression" else DecisionTreeClassifier
    model = make(**theirs, min_samples_leaf=5, random_state=0)
    model.fit(x, y, sample_weight=weights if weighed else None)
    told = model.predict(x) if task == "regression" else model.predict_proba(x)
    return {
        **dict(rows=200, features=4, salt=salt, task=task, counts=False, weighed=weighed),
        "options": {**ours, "minSamplesLeaf": 5},
        "told": (told[:, 1] if task == "binary" else told.ravel()).tolist(),
        "leaves": int(model.get_n_leaves()),
        "importances": model.feature_importances_.tolist(),
    }


trees = [
    tree("binary", 11, False, {"maxDepth": 4}, max_depth=4),
    tree("binary", 2, True, {"maxDepth": 5, "criterion": "entropy"}, max_depth=5, criterion="entropy"),
    tree("binary", 3, False, {"maxDepth": 4, "classWeights": "balanced"}, max_depth=4, class_weight="balanced"),
    tree("binary", 4, False, {"pruning": 0.01}, ccp_alpha=0.01),
    tree("multiclass", 5, False, {"maxDepth": 4}, max_depth=4),
    tree("multiclass", 6, True, {"maxDepth": 5, "criterion": "entropy"}, max_depth=5, criterion="entropy"),
    tree("regression", 7, False, {"maxDepth": 5}, max_depth=5),
    tree("regression", 8, True, {"pruning": 0.005}, ccp_alpha=0.005),
]

x, y, _ = sample(200, 4, 9, "binary")
bayes = GaussianNB().fit(x, y)
values = [-0.9, -0.3, 0.1, 0.45, 0.8]
found = partial_dependence(
    bayes, x, [1], custom_values={1: np.array(values)}, method="brute",
    response_method="predict_proba", kind="both",
)
permuted = permutation_importance(bayes, x, y, scoring="accuracy", n_repeats=1000, random_state=0)
case = dict(rows=200, features=4, salt=9, task="binary", counts=False, weighed=False)
told = {
    "scikit-learn": sklearn.__version__,
    "trees": trees,
    "dependence": {
        **case,
        "feature": 1,
        "values": values,
        "means": np.ravel(found["average"]).tolist(),
        "first": found["individual"][0][0].tolist(),
    },
    "permuted": {
        **case,
        "means": permuted.importances_mean.tolist(),
        "deviations": permuted.importances_std.tolist(),
    },
}
Path(__file__).with_name("trees.json").write_text(json.dumps(told, indent=1) + "\n")
