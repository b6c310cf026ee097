/** @file The 256 bytes in the order that byte-level vocabularies have them, and how a text is cut into pieces that pairs stay within. */
import { specialNames } from "./tokeniser.ts";

const isShown = (byte: number): boolean =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
const all = Array.from({ length: 256 }, (_, byte) => byte);

/** Bytes by their place: first those that are characters to be seen, then the others, as GPT-2 and its followers number them. */
export const byteOrder: readonly number[] = [
  ...all.filter(isShown),
  ...all.filter((byte) => !isShown(byte)),
];

/** The token of each byte. */
export const tokenOfByte: Int32Array = new Int32Array(256);
for (const [place, byte] of byteOrder.entries()) tokenOfByte[byte] = specialNames.length + place;

/** Tokens that every byte-level vocabulary has: special ones and bytes. */
export const firstMade: number = specialNames.length + 256;

/** The most bytes of a token. */
export const longestToken = 4096;

const piece = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/**
 * The pieces of a text, which together are the text: a word with the space before it, a number, marks, or white space.
 *
 * @see Radford et al., Language Models are Unsupervised Multitask Learners, 2019: the pattern of GPT-2.
 */
export const piecesOf = (text: string): readonly string[] => text.match(piece) ?? [];
