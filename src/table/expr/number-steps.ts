/** @file The steps of a program that work on numbers alone, as codes in one array: NaN is missing, 1 true, 0 false. */

/** Operations by their code; those that are not here are computed by the operation's row function. */
export const codes = {
  plus: 1,
  minus: 2,
  times: 3,
  over: 4,
  larger: 5,
  smaller: 6,
  below: 7,
  atMost: 8,
  equal: 9,
  missing: 10,
  orElse: 11,
  not: 12,
  and: 13,
  or: 14,
  when: 15,
  keepIf: 16,
  floor: 17,
  later: 1,
  /** Whether the number of a text is a given one: not an operation, but what `equal` is of a text. */
  isNumbered: 18,
  /** 1 where two numbers are equal, else 0: `when(a.is(b), 1, 0)` in one step. */
  isSame: 19,
  /** The same of a text and a literal. */
  isSameText: 20,
} as const;

const byName: ReadonlyMap<string, number> = new Map(Object.entries(codes));

/** The code of an operation on numbers, truth values and moments; undefined where it has none. */
export const codeOf = (operation: string): number | undefined => byName.get(operation);

/** The code of a step that is not for `runSteps`: it is a function, at place a of the functions. */
export const callCode = 0;

/** The codes of steps that are no operation of their own. */
export const { isNumbered: isNumberedCode, isSame: isSameCode, isSameText: isSameTextCode } = codes;

/** How many places a step takes: its code, and the registers d, a, b and c. */
export const stepWidth = 5;

/**
 * Does the steps in order: each writes register d of registers a, b and c.
 *
 * @param steps - Codes and registers, `stepWidth` places a step.
 * @param f - The registers.
 * @param calls - The steps that are functions.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one loop, because a call a step costs more than the step
export function runSteps(steps: Int32Array, f: Float64Array, calls: readonly (() => void)[]): void {
  for (let i = 0; i < steps.length; i += stepWidth) {
    const code = steps[i] ?? 0;
    const at = steps[i + 2] ?? 0;
    if (code === callCode) {
      calls[at]?.();
      continue;
    }
    const x = f[at] ?? 0;
    const y = f[steps[i + 3] ?? 0] ?? 0;
    let value = Number.NaN;
    switch (code) {
      case codes.plus:
        value = x + y;
        break;
      case codes.minus:
        value = x - y;
        break;
      case codes.times:
        value = x * y;
        break;
      case codes.over:
        if (y !== 0) value = x / y;
        break;
      case codes.larger:
        if (x < y) value = y;
        else if (x >= y) value = x;
        break;
      case codes.smaller:
        if (x > y) value = y;
        else if (x <= y) value = x;
        break;
      case codes.below:
        if (x < y) value = 1;
        else if (x >= y) value = 0;
        break;
      case codes.atMost:
        if (x <= y) value = 1;
        else if (x > y) value = 0;
        break;
      case codes.equal:
        if (x === y) value = 1;
        else if (x < y || x > y) value = 0;
        break;
      case codes.missing:
        value = Number.isNaN(x) ? 1 : 0;
        break;
      case codes.orElse:
        value = Number.isNaN(x) ? y : x;
        break;
      case codes.not:
        value = 1 - x;
        break;
      case codes.and:
        value = x === 0 || y === 0 ? 0 : x * y;
        break;
      case codes.or:
        value = x === 1 || y === 1 ? 1 : x + y;
        break;
      case codes.when:
        value = x === 1 ? y : (f[steps[i + 4] ?? 0] ?? 0);
        break;
      case codes.keepIf:
        if (x === 1) value = y;
        break;
      case codes.floor:
        value = Math.floor(x);
        break;
      case codes.isSame:
        value = x === y ? 1 : 0;
        break;
      case codes.isSameText:
        value = x === (steps[i + 4] ?? 0) ? 1 : 0;
        break;
      case codes.isNumbered:
        if (x === (steps[i + 4] ?? 0)) value = 1;
        else if (!Number.isNaN(x)) value = 0;
        break;
    }
    f[steps[i + 1] ?? 0] = value;
  }
}
