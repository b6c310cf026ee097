/** @file The parameters of each operation that has some, for those who compile it to another target. */
import { invariant } from "../../../core/index.ts";
import { spaces } from "./characters.ts";
import { type DatePart, isPart } from "./date-part.ts";
import { type HashSeed, isSeed } from "./hash.ts";
import { isLookup, type Lookup } from "./lookup.ts";
import { loweredBy } from "./lower-table.ts";
import { isBound, type QuantileBound } from "./normal-quantile.ts";
import { isLine, isSteps, type Line, type Steps } from "./steps.ts";
import { isNorm, type TokenNorm } from "./token-norm.ts";
import { type Cut, isCut, isToken, words } from "./tokens.ts";

/** What each operation with parameters needs besides its arguments. */
export interface OperationParams {
  readonly step: Steps;
  readonly line: Line;
  readonly lookup: Lookup;
  readonly hash: HashSeed;
  readonly datePart: { readonly part: DatePart };
  readonly tokens: Cut;
  readonly count: { readonly token: string };
  readonly meanOf: Lookup;
  readonly normalQuantile: QuantileBound;
  readonly tokenNorm: TokenNorm;
}

type Guards = {
  readonly [N in keyof OperationParams]: (params: unknown) => params is OperationParams[N];
};

const guards: Guards = {
  step: isSteps,
  line: isLine,
  lookup: isLookup,
  hash: isSeed,
  datePart: isPart,
  tokens: isCut,
  count: isToken,
  meanOf: isLookup,
  normalQuantile: isBound,
  tokenNorm: isNorm,
};

/** The parameters of an operation in a checked expression, under their type. */
export function paramsOf<N extends keyof OperationParams>(
  operation: N,
  params: unknown,
): OperationParams[N] {
  const is: (params: unknown) => params is OperationParams[N] = guards[operation];
  invariant(is(params), `the parameters of ${operation} in a checked expression are checked`);
  return params;
}

/** What operations on texts know of characters: the lower case of each, white space, words. */
export const characterTables = { loweredBy, spaces, words } as const;
