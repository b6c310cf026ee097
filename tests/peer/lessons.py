"""Makes lessons.json: what scikit-learn finds in Fisher's irises, for the lesson `millrace learn iris`.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn
    /tmp/peer/bin/python tests/peer/lessons.py

Both sides work in double precision. k-means ends where its starts take it: the best of many starts is the same
grouping on both sides, so metrics are compared to 1e-9. For 4 and 5 clusters ten starts may end in either of two groupings
of nearly the same inertia; the best of a thousand is what is stored.
"""

import json
from pathlib import Path

import sklearn
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, davies_bouldin_score, silhouette_score

iris = load_iris()
x, species = iris.data, iris.target
groups = []
for k in [2, 3, 4, 5, 6]:
    found = KMeans(k, n_init=1000, random_state=42).fit(x)
    groups.append(
        {
            "clusters": k,
            "silhouette": silhouette_score(x, found.labels_),
            "inertia": found.inertia_,
            "daviesBouldin": davies_bouldin_score(x, found.labels_),
            "adjustedRand": adjusted_rand_score(species, found.labels_),
            "sizes": sorted((int((found.labels_ == c).sum()) for c in range(k)), reverse=True),
        }
    )
told = {
    "scikit-learn": sklearn.__version__,
    "sums": x.sum(axis=0).tolist(),
    "squares": (x**2).sum(axis=0).tolist(),
    "shares": PCA(2).fit(x).explained_variance_ratio_.tolist(),
    "groups": groups,
}
Path(__file__).with_name("lessons.json").write_text(json.dumps(told, indent=1) + "\n")
