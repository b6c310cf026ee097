/** @file Every operation of expressions by name, those with parameters among them. */
import { datePart } from "./date-part.ts";
import { hash } from "./hash.ts";
import { lookup } from "./lookup.ts";
import { normalQuantile } from "./normal-quantile.ts";
import type { Operation, OperationFamily } from "./operation.ts";
import { plainOperations } from "./plain.ts";
import { line, step } from "./steps.ts";
import { tokenNorm } from "./token-norm.ts";
import { count, meanOf, tokens } from "./tokens.ts";

const families = {
  step,
  line,
  normalQuantile,
  tokenNorm,
  lookup,
  hash,
  datePart,
  tokens,
  count,
  meanOf,
};

/** The name of an operation. Each has SQL, a row function, and nodes of ONNX. */
export type OperationName = keyof typeof plainOperations | keyof typeof families;

const plain: ReadonlyMap<string, Operation> = new Map(Object.entries(plainOperations));
const withParams: ReadonlyMap<string, OperationFamily> = new Map(Object.entries(families));

/** The names of all operations. */
export const operationNames: readonly string[] = [...plain.keys(), ...withParams.keys()];

/** The operation of this name with these parameters; null when they are not what it needs. */
export function findOperation(name: string, params: unknown): Operation | null {
  if (params === undefined) return plain.get(name) ?? null;
  return withParams.get(name)?.of(params) ?? null;
}
