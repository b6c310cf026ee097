/** @file A model of components: fitted features and what was learned, from raw rows to few numbers. */
import { hashOf } from "../core/index.ts";
import type { FittedFeatures } from "../feature/index.ts";
import type { Cells, Hash, Matrix, ModelFiles, Signature } from "../flow.ts";
import type { Components } from "./components.ts";
import { clusterFile, formatFile, matrixOf } from "./model-file.ts";

/** Raw rows in, components out; its features are inside. */
export interface FittedComponents<In = Cells, M extends Components = Components> {
  readonly kind: string;
  readonly signature: Signature;
  /** The hash of everything that decides its components. */
  readonly hash: Hash;
  readonly features: FittedFeatures;
  readonly learned: M;
  /** The components of rows, [n, k]. */
  apply(rows: readonly In[]): Matrix;
  /** What `loadComponents` reads back. */
  files(): ModelFiles;
}

/** The model of some features and components; fitting and loading both end here. */
export function fittedComponents<In extends Cells, M extends Components>(parts: {
  readonly features: FittedFeatures;
  readonly learned: M;
}): FittedComponents<In, M> {
  const { features, learned } = parts;
  const output = { name: "components", kind: "float" } as const;
  const signature: Signature = { inputs: features.reads, output };
  const bytes = formatFile({ ...parts, signature });
  return {
    kind: learned.kind,
    signature,
    hash: hashOf(bytes),
    features,
    learned,
    apply: (rows) => learned.apply(matrixOf(features, rows)),
    files: (): ModelFiles => ({ [clusterFile]: bytes.slice() }),
  };
}
