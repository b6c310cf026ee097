/** @file What a param may be, as plain data. */

/** What a param can be. */
export type ParamValue = string | number | boolean | null;
/** The params of a trial by name. */
export type Params = Readonly<Record<string, ParamValue>>;

/** A whole number from `low` to `high`, both included. */
export interface IntSpec {
  readonly kind: "int";
  readonly low: number;
  readonly high: number;
  readonly step: number;
  /** Whether equal factors, not equal distances, are equally far apart. */
  readonly log: boolean;
}

/** A number from `low` to `high`; with a step, both included. */
export interface FloatSpec {
  readonly kind: "float";
  readonly low: number;
  readonly high: number;
  /** null: any number between. */
  readonly step: number | null;
  readonly log: boolean;
}

/** One of some choices, which have no order. */
export interface CategorySpec<C extends ParamValue = ParamValue> {
  readonly kind: "category";
  readonly choices: readonly C[];
}

/** What a param may be. */
export type ParamSpec = IntSpec | FloatSpec | CategorySpec;
/** A declared space: what each param may be, by name. */
export type Space = Readonly<Record<string, ParamSpec>>;
/** The type of the params of a declared space: of a category the union of its choices. */
export type ParamsOf<S extends Space> = {
  readonly [K in keyof S]: S[K] extends CategorySpec<infer C> ? C : number;
};

/** How the values of a whole number lie. */
export interface IntOptions {
  /** Default 1; `high` must be `low` and some steps. */
  readonly step?: number;
  /** Default false; not together with a step. `low` must then be at least 1. */
  readonly log?: boolean;
}

/** How the values of a number lie. */
export interface FloatOptions {
  /** Default none: any number between; with a step, `high` must be `low` and some steps. */
  readonly step?: number;
  /** Default false; not together with a step. `low` must then be above 0. */
  readonly log?: boolean;
}

/** Bounds, both included, and how the values between lie. */
export type Range<Options> = readonly [low: number, high: number, options?: Options];
