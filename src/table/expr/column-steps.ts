/** @file The steps of a columns program: what a step of a row does, for some thousand rows. */
import type { NodeKind, Operand } from "./node.ts";
import { codes } from "./number-steps.ts";
import type { Operation } from "./operations/operation.ts";

/** Computes n values into `out` from the registers. */
export type ColumnStep = (registers: readonly Float64Array[], out: Float64Array, n: number) => void;

/** What a step is made of. */
export interface StepParts {
  /** The code of the operation in `runSteps`, where it has one. */
  readonly code: number | undefined;
  readonly operation: Pick<Operation, "row" | "column">;
  readonly kinds: readonly NodeKind[];
  readonly args: readonly number[];
}

type Columns = readonly [a: Float64Array, b: Float64Array, c: Float64Array];
type Loop = (out: Float64Array, n: number, columns: Columns) => void;

const none = Number.NaN;

/** A loop for each code: apart, so that each is compiled for itself. */
const loops: Readonly<Record<number, Loop>> = {
  [codes.plus]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] ?? 0) + (b[i] ?? 0);
  },
  [codes.minus]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] ?? 0) - (b[i] ?? 0);
  },
  [codes.times]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] ?? 0) * (b[i] ?? 0);
  },
  [codes.over]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) out[i] = b[i] === 0 ? none : (a[i] ?? 0) / (b[i] ?? 0);
  },
  [codes.larger]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i] ?? 0, b[i] ?? 0];
      out[i] = x < y ? y : x >= y ? x : none;
    }
  },
  [codes.smaller]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i] ?? 0, b[i] ?? 0];
      out[i] = x > y ? y : x <= y ? x : none;
    }
  },
  [codes.below]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i] ?? 0, b[i] ?? 0];
      out[i] = x < y ? 1 : x >= y ? 0 : none;
    }
  },
  [codes.atMost]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i] ?? 0, b[i] ?? 0];
      out[i] = x <= y ? 1 : x > y ? 0 : none;
    }
  },
  [codes.equal]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i] ?? 0, b[i] ?? 0];
      out[i] = x === y ? 1 : x < y || x > y ? 0 : none;
    }
  },
  [codes.missing]: (out, n, [a]) => {
    for (let i = 0; i < n; i++) out[i] = Number.isNaN(a[i]) ? 1 : 0;
  },
  [codes.orElse]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const x = a[i] ?? 0;
      out[i] = Number.isNaN(x) ? (b[i] ?? 0) : x;
    }
  },
  [codes.not]: (out, n, [a]) => {
    for (let i = 0; i < n; i++) out[i] = 1 - (a[i] ?? 0);
  },
  [codes.and]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i] ?? 0, b[i] ?? 0];
      out[i] = x === 0 || y === 0 ? 0 : x * y;
    }
  },
  [codes.or]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i] ?? 0, b[i] ?? 0];
      out[i] = x === 1 || y === 1 ? 1 : x + y;
    }
  },
  [codes.when]: (out, n, [a, b, c]) => {
    for (let i = 0; i < n; i++) out[i] = a[i] === 1 ? (b[i] ?? 0) : (c[i] ?? 0);
  },
  [codes.keepIf]: (out, n, [a, b]) => {
    for (let i = 0; i < n; i++) out[i] = a[i] === 1 ? (b[i] ?? 0) : none;
  },
  [codes.floor]: (out, n, [a]) => {
    for (let i = 0; i < n; i++) out[i] = Math.floor(a[i] ?? 0);
  },
};

const empty = new Float64Array();

/** The step of an operation: by its code, or by its row function. */
export function columnStep({ code, operation, kinds, args }: StepParts): ColumnStep {
  const { row, column } = operation;
  const loop = code === undefined ? undefined : loops[code];
  const [a = 0, b = 0, c = 0] = args;
  if (loop !== undefined)
    return (registers, out, n) =>
      loop(out, n, [registers[a] ?? empty, registers[b] ?? empty, registers[c] ?? empty]);
  if (column !== undefined) return (registers, out, n) => column(registers[a] ?? empty, out, n);
  if (args.length === 1 && kinds[0] !== "bool")
    return (registers, out, n) => {
      const given = registers[a] ?? empty;
      for (let i = 0; i < n; i++) {
        const x = given[i] ?? 0;
        out[i] = numberOf(row(Number.isNaN(x) ? null : x));
      }
    };
  return (registers, out, n) => {
    for (let i = 0; i < n; i++)
      out[i] = numberOf(row(...args.map((at, k) => operandOf(registers[at]?.[i] ?? 0, kinds[k]))));
  };
}

function operandOf(number: number, kind: NodeKind | undefined): Operand {
  if (Number.isNaN(number)) return null;
  return kind === "bool" ? number === 1 : number;
}

function numberOf(value: Operand): number {
  return typeof value === "number" ? value : value === null ? none : Number(value);
}
