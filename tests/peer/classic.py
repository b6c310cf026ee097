"""Makes classic.json: scikit-learn's numbers for neighbours, naive Bayes, discriminants and what combines estimators.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn==1.9.1
    /tmp/peer/bin/python tests/peer/classic.py

The data comes from integer arithmetic that tests/peer/classic.ts repeats, so it is not stored: Mulberry32 gives uniform
numbers, `sample` makes features and labels of them. The first `rows` rows are learned from, the next 20 are asked.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, LocalOutlierFactor
from sklearn.svm import LinearSVC

warnings.simplefilter("ignore")
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


def sample(rows, features, salt, task, counts):
    """Uniform features in (-1, 1), or counts 0 to 4; a label that leans on three of them."""
    n = rows + asked
    u = fractions(n * (features + 2), salt).reshape(n, features + 2)
    x = 2 * u[:, :features] - 1
    z = x[:, 0] - x[:, 1] + x[:, 2] * x[:, 2] + 1.5 * u[:, features] - 1
    if task == "regression":
        y = z
    elif task == "binary":
        y = (z > 0).astype(float)
    else:
        y = (z > -0.4).astype(float) + (z > 0.5)
    if counts:
        x = np.floor(2.5 * (x + 1))
    return x, y, 0.5 + u[:, features + 1]


def told(model, x, task):
    if task == "regression":
        return model.predict(x).tolist()
    p = model.predict_proba(x)
    return p[:, 1].tolist() if task == "binary" else p.ravel().tolist()


def case(make, rows, features, salt, task, counts=False, weighed=False):
    x, y, w = sample(rows, features, salt, task, counts)
    weights = {"sample_weight": w[:rows]} if weighed else {}
    model = make.fit(x[:rows], y[:rows], **weights)
    data = {"rows": rows, "features": features, "salt": salt, "task": task, "counts": counts}
    return {**data, "weighed": weighed, "told": told(model, x[rows:], task)}


neighbours = []
for salt, (ours, theirs) in enumerate(
    [
        ({}, {}),
        ({"neighbours": 1}, {"n_neighbors": 1}),
        ({"neighbours": 9, "weights": "distance"}, {"n_neighbors": 9, "weights": "distance"}),
        ({"distance": "manhattan"}, {"metric": "manhattan"}),
        ({"distance": "chebyshev", "weights": "distance"}, {"metric": "chebyshev", "weights": "distance"}),
        ({"distance": "cosine"}, {"metric": "cosine"}),
        ({"distance": "cosine", "weights": "distance"}, {"metric": "cosine", "weights": "distance"}),
        ({"distance": "minkowski", "power": 3}, {"metric": "minkowski", "p": 3}),
    ]
):
    for task in ["binary", "multiclass", "regression"]:
        for features in [4, 30]:
            kind = KNeighborsRegressor if task == "regression" else KNeighborsClassifier
            neighbours.append({"options": ours, **case(kind(**theirs), 300, features, salt + 1, task)})

bayes = []
for salt, (name, ours, make, counts) in enumerate(
    [
        ("gaussianBayes", {}, GaussianNB(), False),
        ("gaussianBayes", {"smoothing": 0.1, "priors": "uniform"}, GaussianNB(var_smoothing=0.1), False),
        ("multinomialBayes", {}, MultinomialNB(), True),
        ("multinomialBayes", {"smoothing": 0.3, "priors": "uniform"}, MultinomialNB(alpha=0.3, fit_prior=False), True),
        ("complementBayes", {}, ComplementNB(), True),
        ("complementBayes", {"smoothing": 2, "normalize": True}, ComplementNB(alpha=2, norm=True), True),
        ("bernoulliBayes", {}, BernoulliNB(), False),
        ("bernoulliBayes", {"smoothing": 0.5, "binarize": 0.25}, BernoulliNB(alpha=0.5, binarize=0.25), False),
        ("categoricalBayes", {}, CategoricalNB(), True),
        ("categoricalBayes", {"smoothing": 0.2, "priors": "uniform"}, CategoricalNB(alpha=0.2, fit_prior=False), True),
        ("linearDiscriminant", {}, LinearDiscriminantAnalysis(), False),
        ("linearDiscriminant", {"shrinkage": 0.3}, LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.3), False),
        ("quadraticDiscriminant", {}, QuadraticDiscriminantAnalysis(), False),
        ("quadraticDiscriminant", {"shrinkage": 0.2}, QuadraticDiscriminantAnalysis(reg_param=0.2), False),
    ]
):
    for task in ["binary", "multiclass"]:
        # Their discriminants take no weights, and their smoothing is a share of the variance without weights.
        alone = "Discriminant" in name or (name == "gaussianBayes" and "smoothing" in ours)
        for weighed in [False] if alone else [False, True]:
            if name == "gaussianBayes" and "priors" in ours:
                make.set_params(priors=[1 / 2] * 2 if task == "binary" else [1 / 3] * 3)
            shape = (200, 6, 20 + salt, task)
            bayes.append({"name": name, "options": ours, **case(make, *shape, counts, weighed)})



def calibration(base, method, salt, task, rows=400, features=4):
    """The base learns from the first half of the rows, the curve from the second, without and with weights."""
    x, y, w = sample(rows, features, salt, task, False)
    half = rows // 2
    fitted = FrozenEstimator(base.fit(x[:half], y[:half]))
    data = {"rows": rows, "features": features, "salt": salt, "task": task, "counts": False}
    cases = []
    for weighed in [False, True]:
        model = CalibratedClassifierCV(fitted, method=method)
        weights = {"sample_weight": w[half:rows]} if weighed else {}
        model.fit(x[half:rows], y[half:rows], **weights)
        cases.append({**data, "method": method, "weighed": weighed, "told": told(model, x[rows:], task)})
    return cases


# Sigmoid and temperature take decision values of logistic regression, which are our log-odds.
calibrated = [
    *calibration(LogisticRegression(C=1, solver="newton-cholesky", tol=1e-12), "sigmoid", 40, "binary"),
    *calibration(LogisticRegression(C=1, solver="newton-cholesky", tol=1e-12), "temperature", 41, "binary"),
    *calibration(GaussianNB(), "temperature", 42, "multiclass"),
    *calibration(GaussianNB(), "isotonic", 43, "binary"),
    *calibration(GaussianNB(), "isotonic", 44, "multiclass"),
]

lines = []
for salt in range(50, 54):
    u = fractions(120, salt).reshape(40, 3)
    at, y, w = np.round(10 * u[:, 0]) / 10 if salt % 2 else u[:, 0], u[:, 0] + u[:, 1], u[:, 2]
    asked_at = np.linspace(-0.2, 1.2, 29)
    line = IsotonicRegression(out_of_bounds="clip").fit(at, y, w)
    lines.append({"x": at.tolist(), "y": y.tolist(), "w": w.tolist(), "at": asked_at.tolist(), "told": line.predict(asked_at).tolist()})

logit_of = dict(C=1, solver="newton-cholesky", tol=1e-12)
stacks, votes = [], []
for task in ["binary", "multiclass", "regression"]:
    numbers = task == "regression"
    cv = KFold(4) if numbers else StratifiedKFold(4)
    bases = [
        ("near", KNeighborsRegressor(7) if numbers else KNeighborsClassifier(7)),
        ("far", KNeighborsRegressor(25, metric="manhattan") if numbers else KNeighborsClassifier(25, metric="manhattan")),
    ]
    final = KNeighborsRegressor(15) if numbers else GaussianNB()
    kind = StackingRegressor if numbers else StackingClassifier
    for through in [False, True]:
        stack = kind(bases, final, cv=cv, passthrough=through)
        stacks.append({"passThrough": through, **case(stack, 300, 4, 60, task)})
    vote = VotingRegressor(bases, weights=[1, 3]) if numbers else VotingClassifier(bases, voting="soft", weights=[1, 3])
    votes.append(case(vote, 300, 4, 61, task))

rest = case(OneVsRestClassifier(LogisticRegression(**logit_of)), 300, 4, 62, "multiclass")

x, y, _ = sample(300, 4, 63, "binary", False)
scoring = {"accuracy": "accuracy", "auc": "roc_auc", "logLoss": "neg_log_loss", "f1": "f1"}
crossed = cross_validate(GaussianNB(), x[:300], y[:300], cv=StratifiedKFold(5), scoring=scoring)
crossed = {name: np.abs(crossed["test_" + name]).tolist() for name in scoring}
crossed = {"rows": 300, "features": 4, "salt": 63, "task": "binary", "counts": False, "weighed": False, "scores": crossed}

svms = []
for salt, (ours, theirs) in enumerate(
    [
        ({}, {"loss": "squared_hinge"}),
        ({"cost": 0.1, "loss": "hinge"}, {"C": 0.1, "loss": "hinge"}),
        ({"cost": 0.01}, {"C": 0.01, "loss": "squared_hinge"}),
    ]
):
    for weighed in [False, True]:
        x, y, w = sample(200, 5, 70 + salt, "binary", False)
        svm = LinearSVC(dual=True, tol=1e-12, max_iter=1_000_000, **theirs)
        svm.fit(x[:200], y[:200], **({"sample_weight": w[:200]} if weighed else {}))
        data = {"rows": 200, "features": 5, "salt": 70 + salt, "task": "binary", "counts": False, "weighed": weighed}
        svms.append({**data, "options": ours, "weights": svm.coef_[0].tolist(), "bias": float(svm.intercept_[0])})

outliers = []
for ours, theirs in [({}, {}), ({"neighbours": 5, "distance": "manhattan"}, {"n_neighbors": 5, "metric": "manhattan"}), ({"neighbours": 500}, {"n_neighbors": 119})]:
    x, _, _ = sample(120, 3, 80, "binary", False)
    factors = -LocalOutlierFactor(**theirs).fit(x[:120]).negative_outlier_factor_
    other = -LocalOutlierFactor(novelty=True, **theirs).fit(x[:120]).score_samples(x[120:])
    data = {"rows": 120, "features": 3, "salt": 80, "task": "binary", "counts": False, "weighed": False}
    outliers.append({**data, "options": ours, "factors": factors.tolist(), "told": other.tolist()})

about = (
    f"Made by classic.py with scikit-learn {sklearn.__version__}. Neighbours, Bayes and discriminants agree to 1e-9: "
    "the formulas are the same, only the order of sums differs. Cosine distances agree to 1e-7 as weights: theirs are "
    "1 - cos, which has lost digits where rows are near. Sigmoids agree to 1e-4: theirs ends where the gradient is below "
    "1e-6, ours goes on; temperatures to 1e-6, found by a search over one number in both. Stacks, votes, one against the "
    "rest and cross-validation agree to 1e-8, on folds in the order of the rows, which are the same in both. "
    "Weights of support vector machines agree to 1e-5: both are descents that end within a tolerance."
)
result = {"about": about, "neighbours": neighbours, "bayes": bayes, "calibrated": calibrated, "lines": lines}
result |= {"stacks": stacks, "votes": votes, "rest": rest, "crossed": crossed, "svms": svms, "outliers": outliers}
Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
