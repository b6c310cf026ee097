"""Makes cluster.json: the numbers of scikit-learn and SciPy that our tests compare with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn scipy
    /tmp/peer/bin/python tests/peer/cluster.py

Rows come from integer arithmetic that tests/peer/cluster.ts repeats, so they are not stored. Both sides
work in double precision; tolerances are 1e-9 relative where both compute the same thing, and what is
said beside a test where an iteration ends at its own tolerance.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
import sklearn.metrics as m
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture


def fractions(count, salt):
    """Mulberry32, as in classification.py."""
    a, out = salt, []
    for _ in range(count):
        a = (a + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((a ^ (a >> 15)) * (a | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        out.append((t ^ (t >> 14)) / 4294967296)
    return np.array(out)


def rows_of(n, d, k, spread, salt):
    """k groups on a grid of whole numbers, each row the sum of three uniform draws away."""
    u = fractions(n * 3 * d, salt).reshape(n, d, 3)
    group = np.arange(n) % k
    centre = ((group[:, None] * (np.arange(d)[None, :] + 2) * 7) % 11).astype(float)
    away = u[:, :, 0] + u[:, :, 1] + u[:, :, 2] - 1.5
    return centre + away * spread, group


def case(n, d, k, spread, salt):
    return {"rows": n, "features": d, "groups": k, "spread": spread, "salt": salt}


def k_means(**c):
    x, _ = rows_of(c["rows"], c["features"], c["groups"], c["spread"], c["salt"])
    k = c["clusters"]
    model = KMeans(k, init=x[:k].copy(), n_init=1, tol=1e-4, algorithm="lloyd").fit(x)
    return {**c, "centres": model.cluster_centers_.tolist(), "inertia": model.inertia_,
            "iterations": model.n_iter_, "labels": model.labels_.tolist()}  # fmt: skip


def best_inertia(**c):
    x, _ = rows_of(c["rows"], c["features"], c["groups"], c["spread"], c["salt"])
    return {**c, "inertia": KMeans(c["groups"], n_init=50, tol=0, random_state=0).fit(x).inertia_}


def joins(method, **c):
    x, _ = rows_of(c["rows"], c["features"], c["groups"], c["spread"], c["salt"])
    z = linkage(x, method)
    return {**c, "linkage": method, "heights": z[:, 2].tolist(), "sizes": z[:, 3].astype(int).tolist(),
            "labels": fcluster(z, c["groups"], "maxclust").tolist()}  # fmt: skip


def dense(distance, neighbours, **c):
    x, _ = rows_of(c["rows"], c["features"], c["groups"], c["spread"], c["salt"])
    model = DBSCAN(eps=distance, min_samples=neighbours).fit(x)
    core = np.zeros(len(x), bool)
    core[model.core_sample_indices_] = True
    return {**c, "distance": distance, "neighbours": neighbours, "labels": model.labels_.tolist(),
            "cores": core.astype(int).tolist()}  # fmt: skip


def mixture(form, **c):
    x, _ = rows_of(c["rows"], c["features"], c["groups"], c["spread"], c["salt"])
    name = {"full": "full", "diagonal": "diag", "spherical": "spherical"}[form]
    model = GaussianMixture(c["groups"], covariance_type=name, tol=1e-12, max_iter=5000, n_init=10, random_state=0).fit(x)
    order = np.argsort(model.means_[:, 0], kind="stable")
    return {**c, "form": form, "score": model.score(x), "bic": model.bic(x), "aic": model.aic(x),
            "weights": model.weights_[order].tolist(), "means": model.means_[order].tolist(),
            "covariances": np.array(model.covariances_)[order].ravel().tolist(),
            "density": model.score_samples(x[:5]).tolist()}  # fmt: skip


def components(whiten, **c):
    x, _ = rows_of(c["rows"], c["features"], c["groups"], c["spread"], c["salt"])
    x = x * (1 + np.arange(c["features"]))
    model = PCA(min(4, c["features"]), whiten=whiten, svd_solver="full").fit(x)
    return {**c, "whiten": whiten, "directions": model.components_.tolist(), "variances": model.explained_variance_.tolist(),
            "shares": model.explained_variance_ratio_.tolist(), "singular": model.singular_values_.tolist(),
            "means": model.mean_.tolist(), "applied": model.transform(x[:3]).tolist()}  # fmt: skip


def metrics(**c):
    x, group = rows_of(c["rows"], c["features"], c["groups"], c["spread"], c["salt"])
    labels = (x[:, 0] > x[:, 0].mean()).astype(int) + 2 * (x[:, 1] > x[:, 1].mean())
    return {**c, "labels": labels.tolist(), "silhouette": m.silhouette_score(x, labels),
            "daviesBouldin": m.davies_bouldin_score(x, labels), "calinskiHarabasz": m.calinski_harabasz_score(x, labels),
            "adjustedRand": m.adjusted_rand_score(group, labels),
            "mutualInformation": m.normalized_mutual_info_score(group, labels)}  # fmt: skip


peer = {
    "peers": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
    "script": "tests/peer/cluster.py",
    "kMeans": [
        k_means(**case(300, 3, 4, 3, 1), clusters=4),
        k_means(**case(500, 7, 5, 6, 2), clusters=9),
        k_means(**case(400, 2, 3, 9, 3), clusters=12),
        k_means(**case(200, 16, 6, 2, 4), clusters=3),
    ],
    "bestInertia": [best_inertia(**case(240, 2, 6, 2, 5)), best_inertia(**case(300, 5, 8, 3, 6))],
    "joins": [joins(method, **case(60, 3, 4, 2, 7)) for method in ("ward", "complete", "average", "single")],
    "dense": [dense(1.2, 5, **case(300, 2, 4, 3, 8)), dense(2.5, 4, **case(200, 4, 5, 4, 9)), dense(0.7, 3, **case(250, 2, 3, 5, 10))],
    "mixture": [mixture(form, **case(400, 3, 3, 3, 11)) for form in ("full", "diagonal", "spherical")],
    "components": [components(False, **case(120, 6, 4, 2, 12)), components(True, **case(120, 6, 4, 2, 13)), components(False, **case(20, 40, 4, 2, 14))],
    "metrics": [metrics(**case(150, 3, 4, 3, 15)), metrics(**case(90, 5, 3, 6, 16))],
}
target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(peer) + "\n")
print(target, target.stat().st_size, "bytes")
