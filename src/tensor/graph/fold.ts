/**
 * @file What operations on constants give, computed here: those whose result is the same to the last bit as the runtime's. Sums, products,
 * quotients and roots of float32 are rounded once, so that double precision rounded to float32 is exact; exponentials are not.
 */
import type { OnnxTensor } from "../onnx/index.ts";
import type { GraphStep, Tensor } from "./graph.ts";
import { axisOf, sizeOf } from "./shape.ts";

/** The numbers of a constant, as the runtime reads them. */
type Numbers = readonly number[] | Float32Array;

/** A constant with whole or real numbers. */
interface Constant {
  readonly shape: readonly number[];
  readonly values: Numbers;
}

/** Numbers that a result may have where its operation makes more of them than went in. */
const fewest = 64;

/** The constant that an operation of constants gives; undefined where it is left to the runtime. */
export function folded(
  { operator, attributes = {} }: GraphStep,
  output: Tensor,
  inputs: readonly (OnnxTensor | undefined)[],
): OnnxTensor | undefined {
  const given = inputs.flatMap((one): readonly Constant[] => {
    if (one === undefined || !isNumeric(one)) return [];
    return [one.type === "float" ? { ...one, values: asFloats(one.values) } : one];
  });
  const length = sizeOf(output.shape);
  const most = Math.max(fewest, ...given.map(({ values }) => values.length));
  if (given.length !== inputs.length || length < 0 || length > most) return undefined;
  const rule = rules[operator];
  const values =
    output.type === "float" || output.type === "int64"
      ? rule?.(given, output, attributes)
      : undefined;
  if (values === undefined) return undefined;
  return {
    type: output.type,
    shape: output.shape,
    values: output.type === "float" ? asFloats(values) : values,
  };
}

const isNumeric = (tensor: OnnxTensor): tensor is OnnxTensor & { readonly values: Numbers } =>
  tensor.type === "float" || tensor.type === "int64";
const asFloats = (values: Numbers): Float32Array =>
  values instanceof Float32Array ? values : Float32Array.from(values);

type Rule = (
  given: readonly Constant[],
  output: Tensor,
  attributes: NonNullable<GraphStep["attributes"]>,
) => Numbers | undefined;

const pairs =
  (of: (a: number, b: number) => number): Rule =>
  ([a, b], { shape }) => {
    if (a === undefined || b === undefined) return undefined;
    const right = spread(b, shape);
    return spread(a, shape).map((value, i) => of(value, right[i] ?? 0));
  };
const each =
  (of: (a: number) => number): Rule =>
  ([a]) =>
    a === undefined ? undefined : Array.from(a.values, of);
const same: Rule = ([a]) => a?.values;

const rules: Readonly<Record<string, Rule>> = {
  Add: pairs((a, b) => a + b),
  Sub: pairs((a, b) => a - b),
  Mul: pairs((a, b) => a * b),
  Div: (given, output, attributes) =>
    output.type === "float" ? pairs((a, b) => a / b)(given, output, attributes) : undefined,
  Neg: each((a) => -a),
  Abs: each(Math.abs),
  Sqrt: each(Math.sqrt),
  Reshape: same,
  Cast: (given, output, attributes) =>
    each(output.type === "int64" ? Math.trunc : Number)(given, output, attributes),
  Expand: ([a], { shape }) => (a === undefined ? undefined : spread(a, shape)),
  ConstantOfShape: (_, { shape }) => new Array<number>(sizeOf(shape)).fill(0),
  Transpose: ([a], { shape }, { perm }) =>
    a === undefined || !Array.isArray(perm) ? undefined : turned(a, shape, perm.map(Number)),
};

/** The numbers of a constant, repeated to a shape. */
function spread({ shape, values }: Constant, to: readonly number[]): number[] {
  const steps = stridesOf(shape).map((step, i) => (shape[i] === 1 ? 0 : step));
  return picked(values, to, [...to.slice(shape.length).map(() => 0), ...steps]);
}

/** The numbers of a constant with its axes in another order. */
function turned({ shape, values }: Constant, to: readonly number[], order: readonly number[]) {
  const steps = stridesOf(shape);
  return picked(
    values,
    to,
    order.map((axis) => steps[axisOf("transpose", axis, shape)] ?? 0),
  );
}

/** By how much the place of a number grows with each axis. */
function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, i) => sizeOf(shape.slice(i + 1)));
}

/** The numbers at the places of a shape, where each axis moves by a step. */
function picked(values: Numbers, shape: readonly number[], steps: readonly number[]): number[] {
  const by = stridesOf(shape);
  return Array.from({ length: sizeOf(shape) }, (_, place) => {
    let at = 0;
    for (const [axis, step] of steps.entries())
      at += (Math.floor(place / (by[axis] ?? 1)) % (shape[axis] ?? 1)) * step;
    return values[at] ?? 0;
  });
}
