"""Makes metrics.json: the numbers of scikit-learn that src/metric/peers.test.ts compares with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn scipy
    /tmp/peer/bin/python tests/peer/metrics.py

Tolerance 1e-9, relative: both sides work in doubles and differ by the order of sums. Degenerate cases are
those where scikit-learn warns; null stands for its NaN.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import sklearn
import sklearn.metrics as m
from sklearn.calibration import calibration_curve

warnings.simplefilter("ignore")
chance = np.random.default_rng(7)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    value = float(value)
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def regression(y, p, w):
    return {
        "mse": m.mean_squared_error(y, p, sample_weight=w),
        "rmse": m.root_mean_squared_error(y, p, sample_weight=w),
        "mae": m.mean_absolute_error(y, p, sample_weight=w),
        "medianAe": m.median_absolute_error(y, p, sample_weight=w),
        "mape": m.mean_absolute_percentage_error(y, p, sample_weight=w),
        "maxError": m.max_error(y, p),
        "r2": m.r2_score(y, p, sample_weight=w),
        "explainedVariance": m.explained_variance_score(y, p, sample_weight=w),
        "pinball": {
            str(q): m.mean_pinball_loss(y, p, sample_weight=w, alpha=q) for q in (0.1, 0.5, 0.9)
        },
        "d2": {
            "absolute": m.d2_absolute_error_score(y, p, sample_weight=w),
            "pinball": m.d2_pinball_score(y, p, sample_weight=w, alpha=0.8),
            "tweedie": m.d2_tweedie_score(y, p, sample_weight=w, power=1.3),
        },
        "tweedie": {
            str(q): m.mean_tweedie_deviance(y, p, sample_weight=w, power=q)
            for q in (-1, 0, 1, 1.5, 2, 3)
        },
    }


def labelled(y, p, w, k):
    out = {
        "accuracy": m.accuracy_score(y, p, sample_weight=w),
        "balancedAccuracy": m.balanced_accuracy_score(y, p, sample_weight=w),
        "matthews": m.matthews_corrcoef(y, p, sample_weight=w),
        "matrix": m.confusion_matrix(y, p, sample_weight=w, labels=range(k)),
        "kappa": {
            name: m.cohen_kappa_score(y, p, sample_weight=w, weights=weights)
            for name, weights in [("equal", None), ("linear", "linear"), ("quadratic", "quadratic")]
        },
    }
    for average in ["macro", "micro", "weighted"] + (["binary"] if k == 2 else []):
        more = {"average": average, "sample_weight": w}
        out[average] = {
            "precision": m.precision_score(y, p, **more),
            "recall": m.recall_score(y, p, **more),
            "f1": m.f1_score(y, p, **more),
            "fBeta": m.fbeta_score(y, p, beta=2, **more),
        }
    return out


def binary(y, p, w):
    precision, recall, thresholds = m.precision_recall_curve(y, p, sample_weight=w)
    fpr, tpr, _ = m.roc_curve(y, p, sample_weight=w)
    return {
        "auc": m.roc_auc_score(y, p, sample_weight=w),
        "prAuc": m.average_precision_score(y, p, sample_weight=w),
        "logLoss": m.log_loss(y, p, sample_weight=w),
        "brier": m.brier_score_loss(y, p, sample_weight=w),
        "prCurve": {"precision": precision, "recall": recall, "thresholds": thresholds},
        "rocCurve": {"fpr": fpr, "tpr": tpr},
    }


def multiclass(y, p, w, k):
    one = np.eye(k)[y.astype(int)]
    out = {
        "logLoss": m.log_loss(y, p, sample_weight=w, labels=range(k)),
        "brier": m.brier_score_loss(y, p, sample_weight=w, labels=range(k)),
        "top": {
            str(t): m.top_k_accuracy_score(y, p, k=t, sample_weight=w, labels=range(k)) for t in (1, 2)
        },
        "rest": {
            average: m.roc_auc_score(
                y, p, multi_class="ovr", average=average, sample_weight=w, labels=range(k)
            )
            for average in ("macro", "weighted")
        },
        "prAuc": {
            average: m.average_precision_score(one, p, average=average, sample_weight=w)
            for average in ("macro", "weighted")
        },
    }
    if w is None:
        out["each"] = {
            average: m.roc_auc_score(y, p, multi_class="ovo", average=average, labels=range(k))
            for average in ("macro", "weighted")
        }
    return out


def queries(sizes, levels):
    """Scores with ties; NDCG of each query, and the mean."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    r = chance.integers(0, levels, len(groups)).astype(float)
    r[groups == 1] = 0
    s = np.round(chance.normal(size=len(groups)) + r / 2, 1)

    def ndcg(of, top=None):
        return np.mean([m.ndcg_score([of[groups == g]], [s[groups == g]], k=top) for g in np.unique(groups)])

    untied = s + np.arange(len(s)) * 1e-6
    hit = (r > 1).astype(int)
    maps, ranks = [], []
    for g in np.unique(groups):
        h = hit[groups == g]
        maps.append(m.average_precision_score(h, untied[groups == g]) if h.any() else 0.0)
        order = np.argsort(-untied[groups == g])
        ranks.append(1 / (1 + np.argmax(h[order])) if h.any() else 0.0)
    return {
        **{"groups": groups, "relevance": r, "score": s, "untied": untied, "hit": hit},
        "ndcg": ndcg(r),
        "ndcgTop3": ndcg(r, 3),
        "ndcgExponential": ndcg(2**r - 1),
        "map": np.mean(maps),
        "mrr": np.mean(ranks),
    }


def calibration(y, p):
    out = {}
    for name, strategy in [("width", "uniform"), ("rows", "quantile")]:
        observed, given = calibration_curve(y, p, n_bins=8, strategy=strategy)
        out[name] = {"observed": observed, "given": given}
    edges = np.linspace(0, 1, 9)[1:-1]
    ids = np.searchsorted(edges, p)
    out["error"] = sum(
        np.mean(ids == b) * abs(np.mean(y[ids == b]) - np.mean(p[ids == b])) for b in np.unique(ids)
    )
    return out


n = 61
truth = np.round(chance.gamma(2, 3, n), 3) + 0.001
guess = np.round(truth * chance.uniform(0.6, 1.5, n), 3) + 0.001
weights = np.round(chance.exponential(1, n), 2)
weights[5] = 0
given = np.round(chance.uniform(0, 1, n), 2)
y2 = (chance.uniform(0, 1, n) < given).astype(float)
k = 4
raw = chance.gamma(1, 1, (n, k))
y4 = np.array([chance.choice(k, p=row / row.sum()) for row in raw]).astype(float)
p4 = np.round(raw / raw.sum(axis=1, keepdims=True), 3)
p4[:, 0] += 1 - p4.sum(axis=1)
p4 = np.clip(p4, 0, 1)

const, off = np.array([2.0, 2.0, 2.0]), np.array([2.0, 2.0, 3.0])
degenerate = {
    "r2OfConstant": [m.r2_score(const, off), m.r2_score(const, const)],
    "explainedOfConstant": [m.explained_variance_score(const, off), m.explained_variance_score(const, const + 1)],
    "r2OfOne": m.r2_score([1.0], [2.0]),
    "d2OfConstant": [m.d2_absolute_error_score(const, off), m.d2_absolute_error_score(const, const)],
    "d2OfOne": m.d2_absolute_error_score([1.0], [2.0]),
    "mapeOfZero": m.mean_absolute_percentage_error([0.0, 1.0], [1.0, 1.0]),
    "aucOfOneClass": m.roc_auc_score([1, 1], [0.2, 0.3]),
    "prAucOfOneClass": [m.average_precision_score([0, 0], [0.2, 0.3]), m.average_precision_score([1, 1], [0.2, 0.3])],
    "matthewsOfOneClass": m.matthews_corrcoef([1, 1], [1, 1]),
    "kappaOfOneClass": m.cohen_kappa_score([1, 1], [1, 1]),
    "macroOfMissing": m.f1_score([0, 0, 1], [0, 2, 2], average="macro"),
    "balancedOfMissing": m.balanced_accuracy_score([0, 0, 1], [0, 2, 2]),
    "precisionOfNone": m.precision_score([1, 1], [0, 0]),
    "recallOfNone": m.recall_score([0, 0], [1, 1]),
    "ndcgOfNone": m.ndcg_score([[0, 0]], [[1, 2]]),
}
peer = {
    "peers": {"scikit-learn": sklearn.__version__},
    "script": "tests/peer/metrics.py",
    "weights": plain(weights),
    "regression": plain(
        {
            "y": truth,
            "predicted": guess,
            "plain": regression(truth, guess, None),
            "weighted": regression(truth, guess, weights),
        }
    ),
    "binary": plain(
        {
            "y": y2,
            "probability": given,
            "plain": {**binary(y2, given, None), **labelled(y2, given >= 0.4, None, 2)},
            "weighted": {**binary(y2, given, weights), **labelled(y2, given >= 0.4, weights, 2)},
            "calibration": calibration(y2, given),
        }
    ),
    "multiclass": plain(
        {
            "classes": k,
            "y": y4,
            "probability": p4.ravel(),
            "plain": {**multiclass(y4, p4, None, k), **labelled(y4, p4.argmax(axis=1), None, k)},
            "weighted": {
                **multiclass(y4, p4, weights, k),
                **labelled(y4, p4.argmax(axis=1), weights, k),
            },
        }
    ),
    "queries": [plain(queries([5, 4, 7, 2, 12], 4)), plain(queries([30], 3)), plain(queries([2, 3, 9], 5))],
    "degenerate": plain(degenerate),
}
target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(peer) + "\n")
print(target, target.stat().st_size, "bytes")
