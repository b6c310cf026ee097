/** @file What options of layers as data may be: each checked before a layer is made of them. */
import { checkNames } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { LayerParts } from "../layer.ts";
import type { LayerSpec } from "../network.ts";

/** What a value may be. */
export interface Kind<T> {
  /** As an error says it: "a number". */
  readonly expected: string;
  readonly is: (value: unknown) => value is T;
}

type Kinds = Readonly<Record<string, Kind<unknown>>>;
type TypeOf<K> = K extends Kind<infer T> ? T : never;
/** Options that were checked. */
export type Checked<Must extends Kinds, May extends Kinds> = {
  readonly [K in keyof Must]: TypeOf<Must[K]>;
} & { readonly [K in keyof May]?: TypeOf<May[K]> };

type Options = LayerSpec["options"];
/** The layer of some options; `at` is where it stands, for errors. */
export type Maker = (options: Options, at: string) => LayerParts;

export const aNumber: Kind<number> = {
  expected: "a number",
  is: (value) => typeof value === "number",
};
export const aNumberOrNull: Kind<number | null> = {
  expected: "a number or null",
  is: (value) => value === null || typeof value === "number",
};
export const aTruth: Kind<boolean> = {
  expected: "true or false",
  is: (value) => typeof value === "boolean",
};
export const aSize: Kind<readonly number[]> = {
  expected: "a list of sizes",
  is: (value) => Array.isArray(value) && value.every(aNumber.is),
};
export const aWindow: Kind<number | readonly [number, number]> = {
  expected: "a number, or rows and columns",
  is: (value): value is number | readonly [number, number] =>
    aNumber.is(value) || (aSize.is(value) && value.length === 2),
};

/** One of some names. */
export const oneOf = <const T extends string>(names: readonly T[]): Kind<T> => ({
  expected: `one of ${names.join(", ")}`,
  is: (value): value is T => names.some((name) => name === value),
});

/**
 * How a kind of layer is made: its options are of these kinds, those that must be there and those that may, and no others.
 *
 * @throws `nn/mismatch-option` with the layer, the option and what it may be; `option/unknown-name`
 */
export function maker<Must extends Kinds, May extends Kinds>(
  kinds: { readonly must: Must; readonly may: May },
  make: (options: Checked<Must, May>, at: string) => LayerParts,
): Maker {
  return (options, at) => {
    checkOptions(at, options, kinds);
    return make(options, at);
  };
}

function checkOptions<Must extends Kinds, May extends Kinds>(
  at: string,
  options: Options,
  { must, may }: { readonly must: Must; readonly may: May },
): asserts options is Options & Checked<Must, May> {
  const kinds = { ...may, ...must };
  checkNames(at, options, Object.keys(kinds));
  for (const [option, { expected, is }] of Object.entries(kinds)) {
    const got = options[option];
    const isLeftOut = got === undefined && !Object.hasOwn(must, option);
    if (!isLeftOut && !is(got)) fail("nn/mismatch-option", { at, option, expected, got });
  }
}
