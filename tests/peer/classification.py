"""Makes classification.json: the numbers of scikit-learn and XGBoost that our tests compare with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn xgboost
    /tmp/peer/bin/python tests/peer/classification.py

Larger data comes from integer arithmetic that tests/peer/classification.ts repeats, so it is not
stored: Mulberry32 gives uniform numbers, `dataset` makes features and labels of them.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import sklearn
import sklearn.metrics as m
import xgboost as xgb
from sklearn.linear_model import LogisticRegression

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


def dataset(n, d, salt, missing):
    """Uniform features in (-1, 1), every fifth column of three levels; a label with interactions."""
    u = np.array(fractions(n * (d + 2), salt)).reshape(n, d + 2)
    x = 2 * u[:, :d] - 1
    x[:, 4::5] = np.floor(x[:, 4::5] + 0.5)
    z = 1.5 * x[:, 0] - x[:, 1] + 2 * x[:, 2] * x[:, 3] + x[:, 4] - 0.5
    y = (u[:, d] < 1 / (1 + np.exp(-z))).astype(float)
    if missing > 0:
        x[u[:, d + 1] < missing, 0] = np.nan
    return x, y


def metric_case(n, salt, levels, threshold):
    u = fractions(2 * n, salt)
    p = [math.floor(v * levels) / levels if levels else v for v in u[:n]]
    y = [1 if v < q else 0 for v, q in zip(u[n:], p)]
    hat = [int(q >= threshold) for q in p]
    tn, fp, fn, tp = m.confusion_matrix(y, hat, labels=[0, 1]).ravel().tolist()
    fpr, tpr, _ = m.roc_curve(y, p)
    return {
        "y": y,
        "p": p,
        "threshold": threshold,
        "scores": {
            "accuracy": m.accuracy_score(y, hat),
            "precision": m.precision_score(y, hat),
            "recall": m.recall_score(y, hat),
            "f1": m.f1_score(y, hat),
            "auc": m.roc_auc_score(y, p),
            "prAuc": m.average_precision_score(y, p),
            "logLoss": m.log_loss(y, p),
            "brier": m.brier_score_loss(y, p),
        },
        "confusion": {
            "trueNegatives": tn,
            "falsePositives": fp,
            "falseNegatives": fn,
            "truePositives": tp,
        },
        "roc": {"fpr": fpr.tolist(), "tpr": tpr.tolist()},
    }


def logistic_case(n, d, salt, l2):
    x, y = dataset(n, d, salt, 0)
    model = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    model.fit(x, y)
    return {
        **{"rows": n, "features": d, "salt": salt, "l2": l2},
        "weights": model.coef_[0].tolist(),
        "bias": float(model.intercept_[0]),
        "probability": model.predict_proba(x[:5])[:, 1].tolist(),
    }


def boost_case(n, d, salt, missing, options):
    x, y = dataset(2 * n, d, salt, missing)
    share = y[:n].mean()
    model = xgb.train(
        {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "max_bin": 255,
            "max_depth": options["depth"],
            "eta": options["learningRate"],
            "lambda": options["l2"],
            "min_child_weight": options["minChildWeight"],
            "base_score": float(share),
            "nthread": 1,
        },
        xgb.DMatrix(x[:n], label=y[:n]),
        options["trees"],
    )
    p = model.predict(xgb.DMatrix(x[n:]))
    gains = model.get_score(importance_type="total_gain")
    total = sum(gains.values())
    return {
        **{"rows": n, "features": d, "salt": salt, "missing": missing, "options": options},
        "rocAuc": m.roc_auc_score(y[n:], p),
        "logLoss": m.log_loss(y[n:], p.astype(float)),
        "importances": [gains.get(f"f{j}", 0) / total for j in range(d)],
    }


common = {"trees": 100, "depth": 4, "learningRate": 0.1, "l2": 1, "minChildWeight": 1}
peer = {
    "peers": {"scikit-learn": sklearn.__version__, "xgboost": xgb.__version__},
    "script": "tests/peer/classification.py",
    "metrics": [
        metric_case(200, 1, 0, 0.5),
        metric_case(200, 2, 8, 0.5),
        metric_case(150, 3, 5, 0.4),
        metric_case(40, 4, 2, 0.5),
    ],
    "logistic": [logistic_case(400, 6, 11, 1), logistic_case(400, 6, 12, 0.01), logistic_case(300, 10, 13, 50)],
    "boost": [
        boost_case(4000, 10, 21, 0, common),
        boost_case(4000, 10, 22, 0.3, common),
        boost_case(4000, 6, 23, 0.1, {**common, "depth": 6, "l2": 5, "minChildWeight": 10}),
    ],
}
target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(peer) + "\n")
print(target, target.stat().st_size, "bytes")
