/** @file Passes over the rows of a matrix for linear models: margins, gradients, weighted Gram matrices. */
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { sharedMemory } from "../kernel-file.ts";
import { type LinearCode, openLinearKernel } from "./kernel.ts";

/** What {@link openRows} plans for. */
export interface RowsOptions {
  /** Linear functions of a row, k ≥ 1: one per class where there are several. Default 1. */
  readonly outputs?: number;
  /** Whether passes may ask for the Hessian, which needs k·(k+1)/2 Gram matrices. Default true. */
  readonly hessian?: boolean;
}

/** Some rows on their way through a pass; the visitor reads margins and fills the rest. */
export interface RowBlock {
  /** Number of the block's first row. */
  readonly first: number;
  readonly rows: number;
  /** k arrays [b]: bₖ + wₖ·(x − centre); whatever was there where the pass has no point. */
  readonly margins: readonly Float64Array[];
  /** k arrays [b] to fill: the derivative of a row's loss by each margin. */
  readonly residuals: readonly Float64Array[];
  /** k·(k+1)/2 arrays [b] to fill where the pass asks for the Hessian: second derivatives by margins (1,1), (1,2) … (k,k). */
  readonly curvatures: readonly Float64Array[];
  /**
   * Fills them by the log loss of labels of 0 and 1, [b], where there is one output, and gives Σ log(1 + e^−s·z).
   * Its exponential is within 2 units of the last place.
   */
  readonly logLoss: (labels: Float64Array) => number;
}

/** The sums of a pass. */
export interface RowSums {
  /** Shape [k·(d+1)]: Σᵢ rᵢₖ·(xᵢ − centre, 1), a bias after each output's weights. */
  readonly gradient: Float64Array;
  /** Shape [k·(d+1), k·(d+1)]; absent unless the pass asked for it. */
  readonly hessian?: Matrix;
}

/** A pass over all rows. */
export interface RowPass {
  /** Weights and bias of each output, shape [k·(d+1)]; absent: margins are not computed. */
  readonly theta?: Float64Array;
  readonly hessian?: boolean;
  readonly visit: (block: RowBlock) => void;
}

/** A matrix, ready for passes. */
export interface Rows {
  readonly rows: number;
  readonly cols: number;
  /** What passes subtract from each row, shape [d]: near the mean where that is far from 0, else 0. */
  readonly centre: Float64Array;
  pass(pass: RowPass): RowSums;
}

/**
 * Makes a matrix ready for the passes of linear models: for a point θ each pass computes the margins
 * θ·(x, 1) of a block of rows, has them turned into derivatives of the loss, and adds up the gradient
 * Σ rᵢ·xᵢ and the Hessian Σ vᵢ·xᵢ·xᵢᵀ, in WebAssembly with SIMD. Rows are copied a block at a time, so that
 * memory is O(k²·d²) however many rows there are. A pass takes O(n·k·d), with the Hessian O(n·k²·d²).
 *
 * @param x - Shape [n, d], finite.
 * @param options - See {@link RowsOptions}.
 * @returns The rows.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`
 * @example
 * ```ts
 * const rows = await openRows(matrix([[1, 0], [3, 4]]));
 * const { gradient, hessian } = rows.pass({
 *   hessian: true,
 *   visit: ({ residuals: [r], curvatures: [v] }) => {
 *     r?.fill(1);
 *     v?.fill(1);
 *   },
 * });
 * gradient // => Float64Array.of(4, 4, 2)
 * hessian?.data // => Float64Array.of(10, 12, 4, 12, 16, 4, 4, 4, 2)
 * ```
 */
export async function openRows(x: Matrix, options: RowsOptions = {}): Promise<Rows> {
  const { outputs = 1, hessian = true } = options;
  const plan = planMemory(x, outputs, hessian);
  const memory = sharedMemory(plan.bytes);
  const centre = roughCentre(x);
  const { buffer } = memory;
  const numbers = (at: number, length: number) => new Float64Array(buffer, at, length);
  numbers(plan.centre, x.cols).set(centre);
  const staging: Staging = {
    x,
    plan,
    centre,
    numbers,
    code: await openLinearKernel(memory),
    moved: centre.some((c) => c !== 0),
  };
  return { rows: x.rows, cols: x.cols, centre, pass: (pass) => runPass(staging, pass) };
}

type Plan = ReturnType<typeof planMemory>;

interface Staging {
  readonly x: Matrix;
  readonly plan: Plan;
  readonly centre: Float64Array;
  readonly code: LinearCode;
  /** Whether rows are moved by the centre. */
  readonly moved: boolean;
  readonly numbers: (at: number, length: number) => Float64Array;
}

/** Byte offsets: rows as they come, as they are used and scaled, and per output what goes with them. */
function planMemory(x: Matrix, outputs: number, hessian: boolean) {
  const stride = Math.ceil(x.cols / 4) * 4;
  const block = Math.max(16, Math.min(512, Math.floor(2 ** 14 / stride / 4) * 4)); // 128 KiB: half of a second-level cache
  const pairs = hessian ? (outputs * (outputs + 1)) / 2 : 0;
  let next = 65_536; // the compiler's static data is below
  const take = (count: number): number => {
    const start = next;
    next += Math.ceil((8 * count + 64) / 64) * 64;
    return start;
  };
  const several = (count: number, length: number): readonly number[] =>
    Array.from({ length: count }, () => take(length));
  const plan = {
    ...{ stride, block, outputs },
    centre: take(stride),
    raw: take(block * stride),
    used: take(block * stride),
    scaled: take(hessian ? block * stride : 0),
    weights: several(outputs, stride),
    margins: several(outputs, block),
    residuals: several(outputs, block),
    curvatures: several(pairs, block),
    labels: take(block + 2),
    unused: take(block), // for curvatures that nobody asked for
    logs: take(2),
    gradients: several(outputs, stride),
    rowSums: several(pairs, stride),
    grams: several(pairs, stride * stride),
  };
  const maxBytes = 65_536 * 65_536;
  if (next > maxBytes)
    fail("tensor/out-of-range-memory", {
      ...{ at: "openRows", needBytes: next, maxBytes, rows: x.rows, features: x.cols },
    });
  return { ...plan, bytes: next };
}

/** The mean of some rows, where a feature lies far from 0 for its spread; 0 where it does not. */
function roughCentre({ rows, cols, data }: Matrix): Float64Array {
  const centre = new Float64Array(cols);
  const step = Math.max(1, Math.floor(rows / 256));
  const count = Math.ceil(rows / step);
  for (let j = 0; j < cols; j++) {
    let [sum, low, high] = [0, Infinity, -Infinity];
    for (let i = 0; i < rows; i += step) {
      const value = data[i * cols + j]!;
      sum += value;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const mean = sum / count;
    if (Math.abs(mean) > high - low && Number.isFinite(mean)) centre[j] = mean;
  }
  return centre;
}

function runPass(staging: Staging, { theta, hessian = false, visit }: RowPass): RowSums {
  const { x, plan, code, numbers } = staging;
  const { stride, outputs } = plan;
  for (const at of [...plan.gradients, ...(hessian ? plan.rowSums : [])])
    numbers(at, stride).fill(0);
  if (hessian) for (const at of plan.grams) numbers(at, stride * stride).fill(0);
  if (theta !== undefined)
    for (const [k, at] of plan.weights.entries())
      numbers(at, x.cols).set(theta.subarray(k * (x.cols + 1), (k + 1) * (x.cols + 1) - 1));
  const biasSums = new Float64Array(outputs);
  const curvatureSums = new Float64Array(plan.curvatures.length);
  let block = blockOf(staging, Math.min(plan.block, x.rows), hessian);
  for (let first = 0; first < x.rows; first += plan.block) {
    const rows = Math.min(plan.block, x.rows - first);
    const at = stage(staging, first, rows);
    if (theta !== undefined)
      for (const [k, w] of plan.weights.entries())
        code.times(at, rows, stride, w, theta[(k + 1) * (x.cols + 1) - 1]!, plan.margins[k]!);
    if (rows < block.rows) block = blockOf(staging, rows, hessian);
    visit({ ...block, first });
    for (const [k, r] of plan.residuals.entries()) {
      code.addTransposeTimes(at, rows, stride, r, plan.gradients[k]!);
      biasSums[k] = biasSums[k]! + sumOf(block.residuals[k]!);
    }
    for (const [p, values] of block.curvatures.entries()) {
      code.addTransposeTimes(at, rows, stride, plan.curvatures[p]!, plan.rowSums[p]!);
      code.scaleRows(at, rows, stride, plan.curvatures[p]!, plan.scaled);
      code.addGram(plan.scaled, at, rows, stride, plan.grams[p]!);
      curvatureSums[p] = curvatureSums[p]! + sumOf(values);
    }
  }
  const gradient = gathered(staging, biasSums);
  return hessian ? { gradient, hessian: assembled(staging, curvatureSums) } : { gradient };
}

/** The views of so many rows; made once for all full blocks. */
function blockOf({ plan, code, numbers }: Staging, rows: number, hessian: boolean): RowBlock {
  const views = (places: readonly number[]) => places.map((at) => numbers(at, rows));
  const [z, r] = [plan.margins[0]!, plan.residuals[0]!];
  const v = hessian ? plan.curvatures[0]! : plan.unused;
  const [labels, odd, logs] = [
    numbers(plan.labels, rows + 1),
    numbers(z, rows + 1),
    numbers(plan.logs, 2),
  ];
  const logLoss = (given: Float64Array): number => {
    labels.set(given);
    labels[rows] = 0;
    odd[rows] = -700; // a row of no loss, where the number of rows is odd
    const sum = code.logLoss(z, plan.labels, rows, r, v, plan.logs);
    return sum + Math.log(logs[0]!) + Math.log(logs[1]!);
  };
  const curvatures = hessian ? views(plan.curvatures) : [];
  return {
    first: 0,
    rows,
    margins: views(plan.margins),
    residuals: views(plan.residuals),
    curvatures,
    logLoss,
  };
}

/** Copies rows into the kernel's memory, padded and moved where need be; gives their address. */
function stage({ x, plan, code, numbers, moved }: Staging, first: number, rows: number): number {
  const source = x.data.subarray(first * x.cols, (first + rows) * x.cols);
  numbers(plan.raw, source.length).set(source);
  if (!moved && plan.stride === x.cols) return plan.raw;
  code.spread(plan.raw, plan.used, rows, x.cols, plan.stride, plan.centre);
  return plan.used;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

function gathered({ x, plan, numbers }: Staging, biasSums: Float64Array): Float64Array {
  const size = x.cols + 1;
  const gradient = new Float64Array(plan.outputs * size);
  for (const [k, at] of plan.gradients.entries()) {
    gradient.set(numbers(at, x.cols), k * size);
    gradient[(k + 1) * size - 1] = biasSums[k]!;
  }
  return gradient;
}

/** The Hessian from the Gram matrices of all pairs of outputs, of which the upper tiles are there. */
function assembled({ x, plan, numbers }: Staging, curvatureSums: Float64Array): Matrix {
  const [d, size, total] = [x.cols, x.cols + 1, plan.outputs * (x.cols + 1)];
  const data = new Float64Array(total * total);
  let pair = 0;
  for (let k = 0; k < plan.outputs; k++)
    for (let l = k; l < plan.outputs; l++, pair++) {
      const gram = numbers(plan.grams[pair]!, plan.stride * plan.stride);
      const sums = numbers(plan.rowSums[pair]!, plan.stride);
      const put = (a: number, b: number, value: number): void => {
        data[(k * size + a) * total + l * size + b] = value;
        data[(l * size + b) * total + k * size + a] = value;
      };
      for (let a = 0; a < d; a++) {
        for (let b = a; b < d; b++) {
          put(a, b, gram[a * plan.stride + b]!);
          put(b, a, gram[a * plan.stride + b]!);
        }
        put(a, d, sums[a]!);
        put(d, a, sums[a]!);
      }
      put(d, d, curvatureSums[pair]!);
    }
  return { rows: total, cols: total, data };
}
