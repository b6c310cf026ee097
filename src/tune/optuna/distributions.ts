/** @file Ranges as Optuna writes them, and what they are here. */
import { isSameSpec, type ParamSpec, type ParamValue } from "../space.ts";

/** A range as Optuna writes it, parsed. */
export interface Distribution {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A range of Optuna's as a spec; undefined where there is no such. Those of before version 3 too. */
export function specOf({ name, attributes: a }: Distribution): ParamSpec | undefined {
  const [low, high] = [Number(a["low"]), Number(a["high"])];
  const step = typeof a["step"] === "number" ? a["step"] : null;
  const float = { kind: "float", low, high, step, log: false } as const;
  const int = { kind: "int", low, high, step: step ?? 1, log: false } as const;
  switch (name) {
    case "FloatDistribution":
      return { ...float, log: a["log"] === true };
    case "IntDistribution":
      return { ...int, log: a["log"] === true };
    case "CategoricalDistribution":
      return { kind: "category", choices: choicesOf(a["choices"]) };
    case "UniformDistribution":
      return float;
    case "LogUniformDistribution":
      return { ...float, log: true };
    case "DiscreteUniformDistribution":
      return { ...float, step: Number(a["q"]) };
    case "IntUniformDistribution":
      return int;
    case "IntLogUniformDistribution":
      return { ...int, step: 1, log: true };
    default:
      return undefined;
  }
}

const choicesOf = (choices: unknown): readonly ParamValue[] =>
  Array.isArray(choices)
    ? choices.map((choice: unknown) =>
        choice === null || typeof choice === "boolean" || typeof choice === "number"
          ? choice
          : String(choice),
      )
    : [];

/** A spec as Optuna writes it. */
export function distributionOf(spec: ParamSpec): Distribution {
  if (spec.kind === "category")
    return { name: "CategoricalDistribution", attributes: { choices: spec.choices } };
  const { low, high, step, log } = spec;
  const name = spec.kind === "int" ? "IntDistribution" : "FloatDistribution";
  return { name, attributes: { step, low, high, log } };
}

/**
 * The spec that holds all that two hold, since a study of Optuna's may change a range from trial to
 * trial; undefined where one is of numbers and the other of choices.
 */
export function unionOf(a: ParamSpec, b: ParamSpec): ParamSpec | undefined {
  if (isSameSpec(a, b)) return a;
  if (a.kind === "category" || b.kind === "category") {
    if (a.kind !== "category" || b.kind !== "category") return undefined;
    return { kind: "category", choices: [...new Set([...a.choices, ...b.choices])] };
  }
  const [low, high] = [Math.min(a.low, b.low), Math.max(a.high, b.high)];
  const log = a.log && b.log;
  if (a.kind === "int" && b.kind === "int") return { kind: "int", low, high, step: 1, log };
  return { kind: "float", low, high, step: null, log };
}
