/**
 * @file The function of a row, 30 features: how long one row takes, from its cells to its numbers; beside it
 * scikit-learn's ColumnTransformer of 12 columns on one row. The bar is 5 µs. `node bench/row.ts`
 */
import { featuresFromState, fitFeatures } from "../src/feature/index.ts";
import { frame, openEngine } from "../src/table/index.ts";
import { customers, customersSql, thirty } from "./mixed-features.ts";
import { type PeerSetup, runPeer } from "./peers.ts";
import { median, printResult } from "./turns.ts";

const peer: PeerSetup = {
  folder: "sklearn",
  packages: ["scikit-learn==1.9.1", "pandas==2.3.3", "pyarrow==22.0.0"],
};
const peerScript = `
import time, statistics, numpy as np, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import StandardScaler, OneHotEncoder, RobustScaler, MinMaxScaler
rng = np.random.default_rng(0)
frame = pd.DataFrame({**{f"n{i}": rng.normal(size=5000) for i in range(9)}, **{f"c{i}": rng.choice(["a", "b", "c"], 5000) for i in range(3)}})
made = ColumnTransformer([("s", StandardScaler(), [f"n{i}" for i in range(5)]), ("r", RobustScaler(), ["n5", "n6"]), ("m", MinMaxScaler(), ["n7", "n8"]), ("o", OneHotEncoder(), ["c0", "c1", "c2"])]).fit(frame)
one = frame.iloc[:1]
times = []
for _ in range(200):
    start = time.perf_counter(); made.transform(one); times.append(time.perf_counter() - start)
print(statistics.median(times))
`;

const engine = await openEngine();
const rows = await engine.withTable(customersSql(20_000), async (table) => {
  const train = frame({ engine, schema: customers, sql: `SELECT * FROM ${table}`, part: "train" });
  const { state } = await fitFeatures(thirty, train, { label: "churn" });
  const cells = await engine.query(`SELECT * FROM ${table}`);
  return { fitted: featuresFromState(JSON.parse(JSON.stringify(state))), cells };
});
const { fitted, cells } = rows;
console.log(`${Object.keys(thirty.byName).length} features, ${fitted.names.length} columns`);
const times: number[] = [];
let sum = 0;
for (let round = 0; round < 15; round++) {
  const begun = performance.now();
  for (const row of cells) sum += fitted.row(row)[0] ?? 0;
  const micros = ((performance.now() - begun) * 1000) / cells.length;
  times.push(micros);
  console.log(`round ${round + 1}: ${micros.toFixed(2)} µs a row`);
}
console.log(`sum ${sum.toFixed(3)}`);
const ours = median(times) / 1e6;
const theirs = Number(runPeer(peer, peerScript, []));
console.log(`ours ${(ours * 1e6).toFixed(2)} µs, scikit-learn ${(theirs * 1e6).toFixed(0)} µs`);
printResult({ bench: "row", ours, peer: theirs });
await engine.close();
