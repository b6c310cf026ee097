"""Makes linear.json: the numbers of scikit-learn, statsmodels and SciPy that linear models are compared with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn statsmodels
    OMP_NUM_THREADS=1 /tmp/peer/bin/python tests/peer/linear.py

The data comes from integer arithmetic that tests/peer/linear.ts repeats, so it is not stored. Closed forms are
compared to 1e-8, as both sides round otherwise; what iterates to the tolerance given beside it, because the
peers' solvers stop at a gradient or gap that their `tol` bounds (here as small as they take).
"""

import json
import warnings
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import (
    ElasticNet,
    ElasticNetCV,
    GammaRegressor,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    TweedieRegressor,
    lasso_path,
)
from sklearn.model_selection import KFold
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import OLSInfluence, variance_inflation_factor
from statsmodels.stats.stattools import durbin_watson, jarque_bera

warnings.simplefilter("ignore")


def fractions(count, salt):
    """Mulberry32 from the seed `salt`: 32-bit integer arithmetic, the same in every language."""
    a, out = salt, []
    for _ in range(count):
        a = (a + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((a ^ (a >> 15)) * (a | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        out.append((t ^ (t >> 14)) / 4294967296)
    return np.array(out)


def dataset(n, d, salt):
    """Uniform features in (-1, 1) of which the second leans on the first; labels of four kinds; weights 0.5 to 1.5."""
    u = fractions(n * (d + 3), salt).reshape(n, d + 3)
    x = 2 * u[:, :d] - 1
    x[:, 1] = (x[:, 1] + x[:, 0]) / 2
    noise = u[:, d] + u[:, d + 1] - 1
    y = 3 + 2 * x[:, 0] - x[:, 1] + x[:, 2] * x[:, 0] + noise
    binary = (y > 3).astype(float)
    classes = np.clip(np.floor(y - 1.5), 0, 2)
    counts = np.floor(np.exp(y / 3) * 2 * u[:, d])
    return x, y, binary, classes, counts, 0.5 + u[:, d + 2]


def listed(value):
    return np.asarray(value, dtype=float).tolist()


def ols_case(n, d, salt, weighted):
    x, y, _, _, _, w = dataset(n, d, salt)
    model = sm.WLS(y, sm.add_constant(x), weights=w if weighted else np.ones(n)).fit()
    frame = model.get_prediction(sm.add_constant(x)[:5]).summary_frame(alpha=0.1)
    ends = model.conf_int(0.05)
    return {
        "rows": n, "features": d, "salt": salt, "weighted": weighted,
        "estimate": listed(model.params), "standardError": listed(model.bse), "t": listed(model.tvalues),
        "p": listed(model.pvalues), "low": listed(ends[:, 0]), "high": listed(ends[:, 1]),
        "r2": model.rsquared, "sigma": float(np.sqrt(model.scale)), "f": model.fvalue, "fp": model.f_pvalue,
        "mean": [listed(frame[c]) for c in ("mean", "mean_ci_lower", "mean_ci_upper")],
        "row": [listed(frame[c]) for c in ("obs_ci_lower", "obs_ci_upper")],
    }


def deficient_case(n, d, salt):
    """The last column is the sum of the first two; with d + 1 > n it is wide as well."""
    x, y, *_ = dataset(n, d, salt)
    x = np.column_stack([x, x[:, 0] + x[:, 1]])
    lengths = np.linalg.norm(x - x.mean(0), axis=0)  # ours is the shortest in these units
    model = LinearRegression(tol=1e-14).fit(x / lengths, y)
    rank = int(np.linalg.matrix_rank(x - x.mean(0)))
    return {"rows": n, "features": d, "salt": salt, "weights": listed(model.coef_ / lengths), "bias": model.intercept_, "rank": rank}


def ridge_case(n, d, salt, alpha, weighted):
    x, y, _, _, _, w = dataset(n, d, salt)
    model = Ridge(alpha=alpha, solver="svd").fit(x, y, sample_weight=w if weighted else None)
    return {"rows": n, "features": d, "salt": salt, "alpha": alpha, "weighted": weighted,
            "weights": listed(model.coef_), "bias": float(model.intercept_)}


def gcv_case(n, d, salt, alphas):
    """By the definition: the hat matrix itself."""
    x, y, *_ = dataset(n, d, salt)
    xc, yc = x - x.mean(0), y - y.mean()
    scores = []
    for alpha in alphas:
        hat = xc @ np.linalg.solve(xc.T @ xc + alpha * np.eye(d), xc.T) + 1 / n
        scores.append(n * np.sum((y - hat @ y) ** 2) / (n - np.trace(hat)) ** 2)
    return {"rows": n, "features": d, "salt": salt, "alphas": alphas, "scores": scores}


def elastic_case(n, d, salt, alpha, l1_ratio, weighted):
    x, y, _, _, _, w = dataset(n, d, salt)
    model = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, tol=1e-13, max_iter=1_000_000)
    model.fit(x, y, sample_weight=w if weighted else None)
    return {"rows": n, "features": d, "salt": salt, "alpha": alpha, "l1Ratio": l1_ratio, "weighted": weighted,
            "weights": listed(model.coef_), "bias": float(model.intercept_)}


def path_case(n, d, salt):
    x, y, *_ = dataset(n, d, salt)
    alphas, coefs, _ = lasso_path(x - x.mean(0), y - y.mean(), eps=1e-3, alphas=20, tol=1e-13, max_iter=1_000_000)
    return {"rows": n, "features": d, "salt": salt, "alphas": listed(alphas), "weights": listed(coefs.T)}


def cv_case(n, d, salt, l1_ratio):
    x, y, *_ = dataset(n, d, salt)
    model = ElasticNetCV(l1_ratio=l1_ratio, eps=1e-3, alphas=50, cv=KFold(4), tol=1e-11, max_iter=1_000_000).fit(x, y)
    return {"rows": n, "features": d, "salt": salt, "l1Ratio": l1_ratio, "alpha": float(model.alpha_),
            "alphas": listed(model.alphas_), "errors": listed(model.mse_path_.mean(1)),
            "weights": listed(model.coef_), "bias": float(model.intercept_)}


def logistic_case(n, d, salt, kind, l1, l2, balanced=False, weighted=False):
    x, _, binary, classes, _, w = dataset(n, d, salt)
    y = binary if kind == "binary" else classes
    total = l1 + l2
    options = dict(C=1 / total, l1_ratio=l1 / total, fit_intercept=True, class_weight="balanced" if balanced else None)
    solver = dict(solver="saga", tol=1e-10, max_iter=200_000) if l1 > 0 else dict(solver="lbfgs", tol=1e-11, max_iter=100_000)
    model = LogisticRegression(**options, **solver).fit(x, y, sample_weight=w if weighted else None)
    return {"rows": n, "features": d, "salt": salt, "task": kind, "l1": l1, "l2": l2, "balanced": balanced,
            "weighted": weighted, "weights": listed(model.coef_), "bias": listed(model.intercept_),
            "probability": listed(model.predict_proba(x[:5]))}


def glm_case(n, d, salt, family, alpha, power=None):
    x, y, _, _, counts, w = dataset(n, d, salt)
    target = counts if family == "poisson" or power == 1.5 else np.exp(y / 3)
    kinds = {"poisson": PoissonRegressor, "gamma": GammaRegressor}
    options = dict(alpha=alpha, tol=1e-12, max_iter=10_000, solver="newton-cholesky")
    model = TweedieRegressor(power=power, link="log", **options) if family == "tweedie" else kinds[family](**options)
    model.fit(x, target, sample_weight=w)
    return {"rows": n, "features": d, "salt": salt, "family": family, "power": power, "alpha": alpha,
            "weights": listed(model.coef_), "bias": float(model.intercept_), "d2": model.score(x, target, sample_weight=w)}


def diagnostics_case(n, d, salt):
    x, y, *_ = dataset(n, d, salt)
    design = sm.add_constant(x)
    model = sm.OLS(y, design).fit()
    influence = OLSInfluence(model)
    lm, lm_p, f, f_p = het_breuschpagan(model.resid, design)
    jb, jb_p, skew, kurtosis = jarque_bera(model.resid)
    shapiro = stats.shapiro(model.resid)
    return {
        "rows": n, "features": d, "salt": salt,
        "vif": [variance_inflation_factor(design, j + 1) for j in range(d)],
        "jarqueBera": [jb, jb_p, skew, kurtosis], "shapiro": [shapiro.statistic, shapiro.pvalue],
        "breuschPagan": [lm, lm_p, f, f_p], "durbinWatson": durbin_watson(model.resid),
        "leverage": listed(influence.hat_matrix_diag[:8]), "cooks": listed(influence.cooks_distance[0][:8]),
        "internal": listed(influence.resid_studentized_internal[:8]),
        "external": listed(influence.resid_studentized_external[:8]),
    }


numbers = {
    "peers": {"scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__, "scipy": scipy.__version__},
    "script": "tests/peer/linear.py",
    "leastSquares": [ols_case(60, 4, 1, False), ols_case(80, 5, 2, True)],
    "deficient": [deficient_case(40, 5, 3), deficient_case(12, 20, 4)],
    "ridge": [ridge_case(50, 5, 5, 0.7, False), ridge_case(50, 5, 6, 3, True), ridge_case(15, 40, 7, 0.5, True)],
    "gcv": [gcv_case(40, 6, 8, [0.01, 0.1, 1, 10, 100])],
    "elastic": [elastic_case(70, 6, 9, 0.05, 0.5, False), elastic_case(70, 6, 10, 0.1, 1, True),
                elastic_case(20, 60, 11, 0.05, 0.7, False)],
    "path": [path_case(60, 6, 12)],
    "elasticCv": [cv_case(90, 7, 13, 0.5), cv_case(30, 40, 14, 0.9)],
    "logistic": [
        logistic_case(120, 4, 15, "binary", 0, 0.5, balanced=True, weighted=True),
        logistic_case(120, 4, 16, "binary", 1.5, 0.5),
        logistic_case(120, 5, 17, "binary", 2, 0, weighted=True),
        logistic_case(150, 4, 18, "multiclass", 0, 1, weighted=True),
        logistic_case(150, 4, 19, "multiclass", 0, 0.3, balanced=True),
        logistic_case(150, 4, 20, "multiclass", 2, 1),
        logistic_case(30, 50, 21, "binary", 0, 1),
        logistic_case(30, 50, 22, "binary", 1, 0.5),
    ],
    "generalised": [glm_case(100, 4, 23, "poisson", 0.1), glm_case(100, 4, 24, "gamma", 0.05),
                    glm_case(100, 4, 25, "tweedie", 0.1, 1.5)],
    "diagnostics": [diagnostics_case(70, 4, 26), diagnostics_case(25, 3, 27)],
}
path = Path(__file__).with_name("linear.json")
path.write_text(json.dumps(numbers) + "\n")
