/** @file What a tokeniser is: text as numbers of tokens and back, with a state that is kept beside the model. */
import type { Json } from "../../flow.ts";

/** The numbers of the tokens that every vocabulary begins with: what fills rows up, an unknown word, the end of a text. */
export const specials = { pad: 0, unknown: 1, end: 2 } as const;
/** How special tokens are shown. */
export const specialNames = ["<pad>", "<unk>", "<end>"] as const;

/** Text as tokens. */
export interface Tokeniser {
  readonly kind: "word" | "bytePair";
  /** How many tokens there are, v, the special ones included. */
  readonly vocabulary: number;
  /** The tokens of a text, [t], each from 0 to v − 1. Words like "<pad>" in it are text as any other. */
  encode(text: string): Int32Array;
  /** The text of tokens; special ones are left out, but an unknown word is shown. @throws `nn/out-of-range-token` */
  decode(tokens: ArrayLike<number>): string;
  /** Gives the text that each token adds to those before, while they are made; undefined for the end of them. */
  reader(): (token: number | undefined) => string;
  /** A token as people see it: a space is shown as ␣, bytes that are no whole character as ⟨e2⟩. @throws `nn/out-of-range-token` */
  label(token: number): string;
  /** What `tokeniserOf` makes the same tokeniser of. */
  readonly state: Json;
}

/** A tokeniser before it has seen a text. */
export interface TokeniserRule {
  readonly kind: Tokeniser["kind"];
  readonly options: Readonly<Record<string, Json>>;
  /** Makes the vocabulary. The same texts give the same one. @throws `nn/missing-text` */
  fit(texts: string | readonly string[]): Tokeniser;
}

/** What decoding gives, by reading token after token. */
export function decodedBy(tokeniser: Pick<Tokeniser, "reader">, tokens: ArrayLike<number>): string {
  const read = tokeniser.reader();
  const parts: string[] = [];
  for (let i = 0; i < tokens.length; i++) parts.push(read(tokens[i] ?? 0));
  return parts.join("") + read(undefined);
}
