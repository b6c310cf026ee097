/** @file What DuckDB is taught: operations that SQL lacks, by the code that rows run. */
import { invariant } from "../../core/index.ts";
import { isSeed, murmur3 } from "./operations/hash.ts";
import { isBound, quantileAt } from "./operations/normal-quantile.ts";
import { isLine, isSteps, lineAt, stepAt } from "./operations/steps.ts";
import { isNorm, normBy } from "./operations/token-norm.ts";

/** A function of a value and of settings, a text in JSON that is the same for all rows. */
export interface EngineFunction<V extends number | string = number | string> {
  readonly name: string;
  readonly takes: V extends number ? "number" : "text";
  /** Made once for each settings; gives a number for each value. */
  readonly prepare: (settings: unknown) => (value: V) => number;
}

/** Functions of numbers. */
export const numberFunctions: readonly EngineFunction<number>[] = [
  {
    name: "millrace_step",
    takes: "number",
    prepare: (settings) => {
      invariant(isSteps(settings), "millrace_step is given edges and values");
      return (value) => stepAt(settings, value);
    },
  },
  {
    name: "millrace_line",
    takes: "number",
    prepare: (settings) => {
      invariant(isLine(settings), "millrace_line is given xs and ys");
      return (value) => lineAt(settings, value);
    },
  },
  {
    name: "millrace_normal_quantile",
    takes: "number",
    prepare: (settings) => {
      invariant(isBound(settings), "millrace_normal_quantile is given a bound");
      return (value) => quantileAt(settings, value);
    },
  },
];

/** Functions of texts. */
export const textFunctions: readonly EngineFunction<string>[] = [
  {
    name: "millrace_hash",
    takes: "text",
    prepare: (settings) => {
      invariant(isSeed(settings), "millrace_hash is given a seed");
      return (value) => murmur3(value, settings.seed);
    },
  },
  {
    name: "millrace_token_norm",
    takes: "text",
    prepare: (settings) => {
      invariant(isNorm(settings), "millrace_token_norm is given a table of weights");
      return normBy(settings);
    },
  },
];
