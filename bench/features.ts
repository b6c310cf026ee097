/**
 * @file Fit and transform of 20 mixed features on 1,000,000 rows, from a table in memory to a dense matrix,
 * beside scikit-learn's ColumnTransformer with the same techniques on a pandas frame in memory (one process
 * and two, the better of both). The bar is 0.3. `node bench/features.ts [rows]`
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fitFeatures } from "../src/feature/index.ts";
import { frame, openEngine, quoteText } from "../src/table/index.ts";
import { customers, customersSql, twenty } from "./mixed-features.ts";
import { benchFolder, type PeerSetup, runPeer } from "./peers.ts";
import { conclude, takeTurns, timed } from "./turns.ts";

const rows = Number(process.argv[2] ?? 1_000_000);
const rounds = 3;
const peer: PeerSetup = {
  folder: "sklearn",
  packages: ["scikit-learn==1.9.1", "pandas==2.3.3", "pyarrow==22.0.0"],
};

const peerScript = `
import sys, time, numpy as np, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction import FeatureHasher
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import *
frame = pd.read_parquet(sys.argv[1])
for name in ["contract", "payment", "plan", "region", "city", "device"]:
    frame[name] = frame[name].astype(object)
y = frame["churn"].to_numpy().astype(int)
zero = lambda: SimpleImputer(strategy="constant", fill_value=0.0)
def circle(x):
    angle = 2 * np.pi * np.asarray(x, float) / 7
    return np.hstack([np.sin(angle), np.cos(angle)])
def hashed(x):
    return FeatureHasher(16, input_type="string").transform([[city] for city in x["city"]]).toarray()
def floats(x):
    return np.asarray(x, float)
contracts = [["Month-to-month", "One year", "Two year"]]
bins = dict(strategy="quantile", quantile_method="linear", subsample=None)
parts = [
    ("tenure", make_pipeline(zero(), StandardScaler()), ["tenure"]),
    ("age", MinMaxScaler(), ["age"]),
    ("calls", SimpleImputer(strategy="median", add_indicator=True), ["calls"]),
    ("monthly", StandardScaler(), ["monthly"]),
    ("total", RobustScaler(), ["total"]),
    ("usage", make_pipeline(zero(), FunctionTransformer(np.log1p)), ["usage"]),
    ("balance", StandardScaler(), ["balance"]),
    ("distance", KBinsDiscretizer(10, encode="onehot-dense", **bins), ["distance"]),
    ("score", SimpleImputer(), ["score"]),
    ("spread", QuantileTransformer(n_quantiles=1000, subsample=None), ["total"]),
    ("widths", KBinsDiscretizer(8, encode="ordinal", strategy="uniform", subsample=None), ["balance"]),
    ("contract", OrdinalEncoder(categories=contracts), ["contract"]),
    ("payment", OneHotEncoder(sparse_output=False), ["payment"]),
    ("plan", OneHotEncoder(sparse_output=False), ["plan"]),
    ("region", OneHotEncoder(sparse_output=False), ["region"]),
    ("city", TargetEncoder(target_type="binary"), ["city"]),
    ("device", OrdinalEncoder(), ["device"]),
    ("partner", FunctionTransformer(floats), ["partner"]),
    ("weekday", FunctionTransformer(circle), ["weekday"]),
    ("hashed", FunctionTransformer(hashed), ["city"]),
]
best = None
for jobs in (1, 2):
    made = ColumnTransformer(parts, sparse_threshold=0, n_jobs=jobs)
    cpu, begun = time.process_time(), time.perf_counter()
    x = made.fit_transform(frame, y)
    taken = (time.perf_counter() - begun, time.process_time() - cpu)
    assert x.shape[0] == len(frame) and not hasattr(x, "tocsr"), x.shape
    best = taken if best is None or taken[0] < best[0] else best
print(best[0], best[1])
`;

const engine = await openEngine();
await mkdir(benchFolder, { recursive: true });
const file = join(benchFolder, `customers-${rows}.parquet`);
await engine.run(`COPY (${customersSql(rows)}) TO ${quoteText(file)} (FORMAT parquet)`);
await engine.withTable(`SELECT * FROM read_parquet(${quoteText(file)})`, async (table) => {
  const train = frame({ engine, schema: customers, sql: `SELECT * FROM ${table}`, part: "train" });
  const pairs = await takeTurns(
    {
      peerName: "scikit-learn",
      ours: () =>
        timed(async () => {
          const fitted = await fitFeatures(twenty, train, { label: "churn" });
          const { rows: n, cols } = await fitted.matrix(train);
          console.log(`${n} rows, ${cols} columns`);
        }),
      peer: () => {
        const [seconds = 0, cpuSeconds = 0] = runPeer(peer, peerScript, [file])
          .split(" ")
          .map(Number);
        return { seconds, cpuSeconds };
      },
    },
    rounds,
  );
  conclude("features", pairs);
});
await engine.close();
