"""Makes boost.json: what XGBoost and LightGBM learn from a small grid, which src/model/boost-peer.test.ts compares with.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install xgboost lightgbm
    /tmp/peer/bin/python tests/peer/boost.py

Features take twelve values each, so that every library has the same bins; all start at output 0. Mulberry32 gives
the numbers, as in classification.py; the test repeats `grid`.
"""

import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import xgboost as xgb

ROWS, TOLD = 600, 40


def fractions(count, salt):
    """Mulberry32 from the seed `salt`: 32-bit integer arithmetic, the same in every language."""
    a, out = salt, []
    for _ in range(count):
        a = (a + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((a ^ (a >> 15)) * (a | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        out.append((t ^ (t >> 14)) / 4294967296)
    return out


def grid(salt):
    """Five features of twelve values; a number, a count, a class of three, a truth value and a weight of each row."""
    u = np.array(fractions(8 * ROWS, salt)).reshape(ROWS, 8)
    x = np.floor(12 * u[:, :5])
    number = x[:, 0] - np.where(x[:, 2] > 5, x[:, 1], 4) + 0.25 * x[:, 3] + 6 * u[:, 5]
    count = np.floor(np.maximum(0, (x[:, 0] + x[:, 1]) / 4 + 3 * u[:, 5] - 1))
    klass = np.floor(np.clip((x[:, 0] + x[:, 3]) / 8 + 1.2 * u[:, 6] - 0.5, 0, 2))
    truth = (x[:, 0] / 12 + 0.3 * (x[:, 1] > 6) + 0.8 * u[:, 6] > 1).astype(float)
    return x, {"number": number, "count": count, "class": klass, "truth": truth}, 1 + np.floor(3 * u[:, 7])


def with_xgboost(x, y, weights, options):
    train = xgb.DMatrix(x, label=y, weight=weights)
    common = dict(tree_method="hist", max_depth=3, eta=0.3, min_child_weight=1, nthread=1, max_bin=256)
    base = 0.5 if options["objective"] == "binary:logistic" else 0.0
    params = {**common, "base_score": base, **{"lambda": 1}, **options}
    return xgb.train(params, train, 8).predict(train).reshape(ROWS, -1)


def with_lightgbm(x, y, weights, options):
    common = dict(
        max_depth=3, num_leaves=8, learning_rate=0.3, lambda_l2=1, min_sum_hessian_in_leaf=1, min_data_in_leaf=1,
        min_data_in_bin=1, boost_from_average=False, num_threads=1, verbose=-1, max_bin=255, deterministic=True, feature_pre_filter=False,
    )
    model = lgb.train({**common, **options}, lgb.Dataset(x, label=y, weight=weights), 8)
    return model.predict(x).reshape(ROWS, -1)


# LightGBM never again tries a feature that gained nothing in a node's parent, and misses splits by it. Without a penalty
# every feature gains a little, so that l2 is 0 where that would matter.


def case(peer, label, options, ours, weighted=False, tolerance=2e-3):
    salt = 77
    x, labels, weights = grid(salt)
    learn = with_xgboost if peer == "xgboost" else with_lightgbm
    told = learn(x, labels[label], weights if weighted else None, options)
    return {
        "peer": peer, "label": label, "salt": salt, "weighted": weighted, "ours": ours, "tolerance": tolerance,
        "told": told[:TOLD].astype(float).ravel().tolist(),
    }


def main():
    cases = [
        case("xgboost", "number", dict(objective="reg:squarederror"), {}),
        case("xgboost", "number", dict(objective="reg:squarederror"), {}, weighted=True),
        case("xgboost", "truth", dict(objective="binary:logistic"), {}),
        case("xgboost", "truth", dict(objective="binary:logistic", alpha=2), {"l1": 2}),
        case("xgboost", "truth", dict(objective="binary:logistic", gamma=3), {"minGain": 3}),
        case("xgboost", "number", dict(objective="reg:squarederror", monotone_constraints="(1,-1,0,0,0)"),
             {"monotone": {"f0": "rising", "f1": "falling"}}),
        case("xgboost", "number", dict(objective="reg:squarederror", interaction_constraints="[[0,1],[2,3,4]]"),
             {"interactions": [["f0", "f1"], ["f2", "f3", "f4"]]}),
        case("xgboost", "class", dict(objective="multi:softprob", num_class=3), {}),
        case("xgboost", "truth", dict(objective="binary:logistic", max_depth=0, max_leaves=7, grow_policy="lossguide"),
             {"leaves": 7, "depth": 64}),
        case("lightgbm", "number", dict(objective="regression", max_depth=-1, num_leaves=7), {"leaves": 7, "depth": 64}),
        case("lightgbm", "truth", dict(objective="binary", max_depth=-1, num_leaves=9, lambda_l2=0),
             {"leaves": 9, "depth": 64, "l2": 0}),
        case("lightgbm", "number", dict(objective="regression", min_data_in_leaf=60, lambda_l2=0),
             {"minRows": 60, "l2": 0}),
        case("lightgbm", "number", dict(objective="huber", alpha=1.5), {"objective": "huber", "huberDelta": 1.5}),
        case("lightgbm", "count", dict(objective="poisson"), {"objective": "poisson"}),
        case("lightgbm", "count", dict(objective="tweedie", tweedie_variance_power=1.3),
             {"objective": "tweedie", "tweediePower": 1.3}),
    ]
    versions = {"xgboost": xgb.__version__, "lightgbm": lgb.__version__}
    text = json.dumps({"versions": versions, "cases": cases})
    Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
