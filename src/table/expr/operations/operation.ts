/** @file What an operation of expressions is: the kind it gives, and its two targets side by side. */
import type { NodeKind, Operand } from "../node.ts";

/** One operation: what it makes of the kinds of its arguments, and its two targets. */
export interface Operation {
  /** The kind of the result, or null when the arguments do not fit. */
  readonly kind: (args: readonly NodeKind[]) => NodeKind | null;
  readonly sql: (...args: readonly string[]) => string;
  readonly row: (...args: readonly Operand[]) => Operand;
  /** What `row` gives for n numbers of one argument, NaN for null; for an operation that is worth a loop of its own. */
  readonly column?: (x: Float64Array, out: Float64Array, n: number) => void;
  /** Whether the SQL may give NaN where the row function gives null. */
  readonly mayBeNan?: true;
}

/** Operations that have parameters, such as a table of values: one for each value of them. */
export interface OperationFamily {
  /** The operation of these parameters; null when they are not what it needs. */
  readonly of: (params: unknown) => Operation | null;
}

/** The number NaN in SQL. */
export const nanSql = "'nan'::DOUBLE";

/** A number that may be NaN as a value: NaN is missing. */
export const numberOf = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** A number in SQL, in its shortest exact form, so that it is not read as a DECIMAL. */
export const numberSql = (value: number): string => `'${value}'::DOUBLE`;

/** Whether there are two arguments of this kind. */
export const pairOf = (args: readonly NodeKind[], kind: NodeKind): boolean =>
  args.length === 2 && args.every((arg) => arg === kind);

/** Whether all arguments are of one kind. */
export const same = (args: readonly NodeKind[]): boolean => args.every((arg) => arg === args[0]);

/** Whether there is one argument, of one of these kinds. */
export const one = (args: readonly NodeKind[], ...kinds: readonly NodeKind[]): boolean =>
  args.length === 1 && kinds.some((kind) => kind === args[0]);
