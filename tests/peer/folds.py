"""Makes folds.json: the folds of scikit-learn that src/dataset/folds.test.ts compares with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn
    /tmp/peer/bin/python tests/peer/folds.py

Compared exactly: these are indices. Nothing is shuffled, because chance differs. Group sizes differ
from each other, because which of two equal groups comes first is not defined by scikit-learn.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
)


def tests(splitter, n, labels=None, groups=None):
    return [b.tolist() for _, b in splitter.split(np.zeros((n, 1)), labels, groups)]


labels = [0, 1, 1, 2, 0, 0, 1, 2, 2, 2, 0, 1, 1, 0, 2, 2, 0, 0, 1, 2, 2, 0, 0]
sizes = [7, 1, 5, 4, 2, 3, 6, 9]
groups = [g for g, size in enumerate(sizes) for _ in range(size)]
order = np.random.default_rng(3).permutation(len(groups))
groups = [groups[i] for i in order]
# groups named by first appearance, so that numbering is the same
seen = {}
groups = [seen.setdefault(g, len(seen)) for g in groups]
group_labels = [int(v) for v in np.random.default_rng(4).integers(0, 3, len(groups))]
windows = [
    {"n": 20, "folds": 4},
    {"n": 23, "folds": 3, "gap": 2},
    {"n": 30, "folds": 3, "gap": 1, "testMoments": 4, "trainMoments": 6},
]
peer = {
    "peers": {"scikit-learn": sklearn.__version__},
    "script": "tests/peer/folds.py",
    "kFold": [{"n": n, "folds": k, "tests": tests(KFold(k), n)} for n, k in [(10, 3), (7, 7), (11, 2)]],
    "stratified": [
        {"labels": labels, "folds": k, "tests": tests(StratifiedKFold(k), len(labels), labels)}
        for k in (2, 3, 5)
    ],
    "group": [
        {"groups": groups, "folds": k, "tests": tests(GroupKFold(k), len(groups), None, groups)}
        for k in (2, 3, 5)
    ],
    "stratifiedGroup": [
        {
            "groups": groups,
            "labels": group_labels,
            "folds": k,
            "tests": tests(StratifiedGroupKFold(k), len(groups), group_labels, groups),
        }
        for k in (2, 3)
    ],
    "time": [
        {
            **w,
            "pairs": [
                [a.tolist(), b.tolist()]
                for a, b in TimeSeriesSplit(
                    w["folds"],
                    gap=w.get("gap", 0),
                    test_size=w.get("testMoments"),
                    max_train_size=w.get("trainMoments"),
                ).split(np.zeros((w["n"], 1)))
            ],
        }
        for w in windows
    ],
}
target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(peer) + "\n")
print(target, target.stat().st_size, "bytes")
