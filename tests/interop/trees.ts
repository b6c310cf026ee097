/** @file XGBoost and LightGBM in Python: they train, and answer with models that they are given. */
import type { Matrix } from "../../src/flow.ts";
import type { Peer } from "./peer.ts";

/** `train`: a model of some kind with its answers and Shapley values; `predict`: answers of a model. */
export const treeScript = `
import base64, tempfile, os, numpy as np, xgboost as xgb, lightgbm as lgb, warnings
warnings.filterwarnings("ignore")
def listed(a): return np.asarray(a, dtype=np.float64).ravel().tolist()
def cells(x): return [[None if np.isnan(v) else float(v) for v in row] for row in x]
def matrix(rows): return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=np.float64)
names = ["a", "b", "whole", "code", "zeros"]
types = ["q", "q", "q", "c", "q"]
def data(task, categories, zeros):
  r = np.random.default_rng(5)
  n = 400
  x = np.column_stack([r.normal(size=n), np.exp(r.normal(size=n)), r.integers(-3, 4, n), r.integers(0, 40 if categories else 3, n), r.normal(size=n) * (r.random(n) < 0.6)])
  lean = x[:, 0] - 0.3 * x[:, 1] + 0.4 * x[:, 2] + np.where(np.isin(x[:, 3] % 7, [1, 4]), 2, 0) + x[:, 4] + r.normal(size=n) * 0.5
  x[r.random(x.shape) < 0.08] = np.nan
  x = x.astype(np.float32).astype(np.float64)
  y = {"binary": (lean > 0.5).astype(float), "multiclass": np.digitize(lean, [0, 1.5]).astype(float), "regression": lean, "positive": np.exp(lean / 3)}[task]
  return x, y
def raw(booster, format):
  folder = tempfile.mkdtemp()
  path = os.path.join(folder, "m." + format)
  booster.save_model(path)
  return base64.b64encode(open(path, "rb").read()).decode()
def train_xgboost(task, params, categories, rounds, format):
  x, y = data(task, categories, False)
  m = xgb.DMatrix(x, label=y, feature_names=names, feature_types=types if categories else None, enable_categorical=categories)
  b = xgb.train(dict(dict(max_depth=4, seed=3, nthread=1), **params), m, rounds)
  return {"model": raw(b, format), "rows": cells(x), "told": listed(b.predict(m)), "shares": listed(b.predict(m, pred_contribs=True))}
def train_lightgbm(task, params, categories, rounds):
  x, y = data(task, categories, True)
  d = lgb.Dataset(x, label=y, feature_name=names, categorical_feature=[3] if categories else [])
  b = lgb.train(dict(dict(num_leaves=11, verbose=-1, seed=3, num_threads=1, min_data_in_leaf=3, min_data_per_group=5, cat_smooth=2), **params), d, rounds)
  return {"model": b.model_to_string(), "rows": cells(x), "told": listed(b.predict(x)), "shares": listed(b.predict(x, pred_contrib=True))}
def predict_xgboost(model, format, rows):
  path = os.path.join(tempfile.mkdtemp(), "m." + format)
  open(path, "wb").write(base64.b64decode(model))
  b = xgb.Booster()
  b.load_model(path)
  m = xgb.DMatrix(matrix(rows), feature_names=b.feature_names, feature_types=b.feature_types, enable_categorical=True)
  return listed(b.predict(m))
def predict_lightgbm(model, rows):
  b = lgb.Booster(model_str=model)
  return listed(b.predict(matrix(rows)))
`;

/** A model of the peer, the rows it learned from, and what it tells of them. */
export interface Trained {
  readonly model: string;
  readonly rows: readonly (readonly (number | null)[])[];
  readonly told: readonly number[];
  /** Shapley values, and the expected output after each row's. */
  readonly shares: readonly number[];
}

/** How the peer is to learn. */
export interface Training {
  readonly task: "binary" | "multiclass" | "regression" | "positive";
  readonly params: Readonly<Record<string, unknown>>;
  readonly categories?: boolean;
  readonly rounds?: number;
  readonly format?: "json" | "ubj";
}

/** Trains with XGBoost; the model is base64. */
export async function trainXgboost(peer: Peer, training: Training): Promise<Trained> {
  const { categories = false, rounds = 12, format = "json", ...rest } = training;
  return (await peer.ask("train_xgboost", { ...rest, categories, rounds, format })) as Trained;
}

/** Trains with LightGBM; the model is its text. */
export async function trainLightgbm(peer: Peer, training: Training): Promise<Trained> {
  const { categories = false, rounds = 12, format: _, ...rest } = training;
  return (await peer.ask("train_lightgbm", { ...rest, categories, rounds })) as Trained;
}

/** Rows as a matrix; null is missing. */
export function matrixOfRows(rows: Trained["rows"]): Matrix {
  const cols = rows[0]?.length ?? 0;
  const data = Float64Array.from(rows.flat(), (cell) => cell ?? Number.NaN);
  return { rows: rows.length, cols, data };
}

/** A matrix as rows that JSON can carry. */
export function rowsOfMatrix(x: Matrix): Trained["rows"] {
  return Array.from({ length: x.rows }, (_, i) =>
    Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols), (v) => (Number.isNaN(v) ? null : v)),
  );
}
