/** @file The one file of a stored model of clusters or components. */
import { formatJson, isMillraceError, parseJson } from "../core/index.ts";
import { type FittedFeatures, featuresFromState } from "../feature/index.ts";
import type { Cells, Matrix, ModelFiles, Signature } from "../flow.ts";
import { fail } from "./errors.ts";
import { clusterState } from "./state.ts";
import { clusterFormat, isRecord } from "./state-fields.ts";

/** The one file of a model. */
export const clusterFile = "clusters.json";

/** The bytes of a model's file; neither times nor ids are in it. */
export function formatFile(parts: {
  readonly features: FittedFeatures;
  readonly learned: { readonly kind: string };
  readonly signature: Signature;
}): Uint8Array {
  const { features, learned, signature } = parts;
  const text = formatJson({
    format: clusterFormat,
    signature,
    features: features.state,
    learned: clusterState(learned),
  });
  return new TextEncoder().encode(text);
}

/** What a model's file holds. Throws `cluster/corrupt-files`, `cluster/unsupported-format`. */
export function readFile<M extends { readonly names: readonly string[] }>(
  files: ModelFiles,
  read: (state: unknown) => M,
): { readonly features: FittedFeatures; readonly learned: M } {
  const bytes = files[clusterFile];
  if (bytes === undefined)
    return corrupt(`there is no ${clusterFile} among its files ${Object.keys(files).join(", ")}`);
  try {
    const value = parseJson(new TextDecoder().decode(bytes), clusterFile);
    if (!isRecord(value)) return corrupt("it is no object");
    const { format, features: state, learned: stored } = value;
    if (typeof format !== "number") return corrupt("it has no format number");
    if (format > clusterFormat)
      fail("cluster/unsupported-format", { kind: "model", got: format, known: clusterFormat });
    const features = featuresFromState(state);
    const learned = read(stored);
    if (learned.names.join() !== features.names.join())
      return corrupt("its features are not those that the clusters were learned from");
    return { features, learned };
  } catch (error) {
    const own = isMillraceError(error) && /\/(unsupported-format|corrupt-files)$/.test(error.code);
    if (own) throw error;
    return corrupt(error instanceof Error ? error.message : String(error), error);
  }
}

function corrupt(reason: string, cause?: unknown): never {
  return fail("cluster/corrupt-files", { reason }, { cause });
}

/** The features of rows, [n, d]. */
export function matrixOf(features: FittedFeatures, rows: readonly Cells[]): Matrix {
  const cols = features.names.length;
  const data = new Float64Array(rows.length * cols);
  for (const [i, row] of rows.entries()) data.set(features.row(row), i * cols);
  return { rows: rows.length, cols, data };
}
