"""Makes features.json: the numbers of scikit-learn's transformers that our tests compare with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install scikit-learn
    /tmp/peer/bin/python tests/peer/features.py
"""

import json
import warnings
from pathlib import Path

import numpy as np
import scipy
import sklearn
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import (
    KBinsDiscretizer, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder, PowerTransformer,
    QuantileTransformer, RobustScaler, StandardScaler, TargetEncoder,
)

warnings.simplefilter("ignore")
numbers = [round(((i * 7919) % 101) * 0.37 - 12.5, 4) for i in range(60)] + [3.0] * 12 + [88.5, 140.25]
positive = [abs(x) + 0.5 for x in numbers]
cities = [["Rome", "Bonn", "Oslo", "🙂 City", "ｗ", "Bonn"][(i * i) % 6] for i in range(40)] + ["rare"]
served = ["Bonn", "🙂 City", "unseen", "rare"]
labels = [(i * 31) % 7 < 3 for i in range(41)]
notes = [
    "internet slow", "slow service", "Internet service is down", "slow slow internet", "service",
    "the naïve café is slow", "no internet, no service", "x",
]
x = np.array(numbers).reshape(-1, 1)
p = np.array(positive).reshape(-1, 1)
c = np.array(cities, dtype=object).reshape(-1, 1)
s = np.array(served, dtype=object).reshape(-1, 1)
probe = np.array([-20.0, -12.5, 0.0, 3.0, 3.5, 100.0, 140.25, 200.0]).reshape(-1, 1)


def both(made, values=x, more=probe):
    made.fit(values)
    return {"fitted": made.transform(values).tolist(), "served": made.transform(more).tolist()}


bins = dict(encode="ordinal", subsample=None)
pattern = r"(?u)[\w]+"
cases = {
    "standardize": both(StandardScaler()),
    "minMax": both(MinMaxScaler((-1, 2), clip=True)),
    "robust": both(RobustScaler(quantile_range=(10, 80))),
    "normalize": {n: Normalizer(n).transform(np.hstack([x, x[::-1]])).tolist() for n in ["l1", "l2", "max"]},
    "quantileUniform": both(QuantileTransformer(n_quantiles=20, subsample=None)),
    "quantileNormal": both(QuantileTransformer(n_quantiles=1000, output_distribution="normal", subsample=None)),
    "yeoJohnson": {**both(PowerTransformer()), "lambda": PowerTransformer().fit(x).lambdas_[0]},
    "boxCox": {**both(PowerTransformer("box-cox"), p, np.abs(probe) + 1), "lambda": PowerTransformer("box-cox").fit(p).lambdas_[0]},
    "width": both(KBinsDiscretizer(7, strategy="uniform", **bins)),
    "quantile": both(KBinsDiscretizer(6, strategy="quantile", quantile_method="linear", **bins)),
    "oneHot": both(OneHotEncoder(handle_unknown="ignore", sparse_output=False), c, s),
    "oneHotRare": both(OneHotEncoder(handle_unknown="ignore", sparse_output=False, max_categories=3, min_frequency=2), c, s),
    "oneHotDrop": both(OneHotEncoder(handle_unknown="ignore", sparse_output=False, drop="first"), c, s),
    "indexLevels": both(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), c, s),
    "targetAuto": TargetEncoder(target_type="binary").fit(c, np.array(labels)).transform(s).tolist(),
    "targetSmooth": TargetEncoder(target_type="binary", smooth=4.0).fit(c, np.array(labels)).transform(s).tolist(),
    "hashed": FeatureHasher(7, input_type="string").transform([[v] for v in served]).toarray().tolist(),
    "hashedUnsigned": FeatureHasher(5, input_type="string", alternate_sign=False).transform([[v] for v in served]).toarray().tolist(),
}
for name, made in {
    "count": CountVectorizer(token_pattern=pattern),
    "pairs": CountVectorizer(token_pattern=pattern, ngram_range=(1, 2), stop_words=["is", "the"], min_df=2),
    "letters": CountVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2),
    "tfIdf": TfidfVectorizer(token_pattern=pattern),
    "tfIdfPlain": TfidfVectorizer(token_pattern=pattern, smooth_idf=False, norm="l1", max_df=0.5),
}.items():
    values = made.fit_transform(notes).toarray().tolist()
    cases[name] = {"words": made.get_feature_names_out().tolist(), "values": values}

out = {
    "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "numbers": numbers, "probe": probe.ravel().tolist(), "cities": cities, "served": served,
    "labels": labels, "notes": notes, "cases": cases,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, ensure_ascii=False) + "\n")
