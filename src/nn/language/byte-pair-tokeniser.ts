/** @file Byte pairs as tokens: any text is bytes, and bytes that are often together become one token. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { byteOrder, firstMade, longestToken, piecesOf, tokenOfByte } from "./byte-alphabet.ts";
import { checkTexts } from "./check-texts.ts";
import { learnPairs } from "./learn-pairs.ts";
import { mergePiece, type RankedMerge } from "./merge-piece.ts";
import {
  decodedBy,
  specialNames,
  specials,
  type Tokeniser,
  type TokeniserRule,
} from "./tokeniser.ts";

/** Options of {@link bytePairTokeniser}. */
export interface BytePairTokeniserOptions {
  /** The most tokens that there may be, with 3 special ones and the 256 bytes: 259 to 1,048,576. Default 1,000. */
  readonly vocabulary?: number;
  /** How often a pair must be there to become a token, ≥ 1. Default 2. */
  readonly minimumCount?: number;
}

/** What a byte-pair tokeniser is made of. */
export interface BytePairs {
  /** Pairs of tokens in the order in which they were learned: left, right, left, right, … */
  readonly merges: Int32Array;
}

/**
 * Byte-level byte pairs as tokens: it starts with the 256 bytes, and the pair that is there most often becomes a token, until there are
 * as many as asked for. Every text can be written, and `decode(encode(text))` is the text (lone surrogates, which are no text, become �).
 * Learning costs O(n log n).
 *
 * @param options - See {@link BytePairTokeniserOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const pairs = bytePairTokeniser({ vocabulary: 270 }).fit("low lower lowest");
 * pairs.decode(pairs.encode("slow → 低い")) // => "slow → 低い"
 * ```
 * @see Sennrich, Haddow & Birch, ACL 2016; Radford et al., 2019. Peer: Hugging Face `tokenizers`, byte-level BPE.
 */
export function bytePairTokeniser(options: BytePairTokeniserOptions = {}): TokeniserRule {
  checkNames("bytePairTokeniser", options, ["vocabulary", "minimumCount"]);
  const { vocabulary = 1000, minimumCount = 2 } = options;
  checkNumber("bytePairTokeniser", { vocabulary }, { min: firstMade, max: 2 ** 20, integer: true });
  checkNumber("bytePairTokeniser", { minimumCount }, { min: 1, integer: true });
  return {
    kind: "bytePair",
    options: { vocabulary, minimumCount },
    fit: (given) => {
      const texts = checkTexts("bytePairTokeniser", given);
      const merges = learnPairs(texts, { vocabulary, minimumCount });
      return bytePairs({ merges: Int32Array.from(merges.flat()) });
    },
  };
}

/** Pieces whose tokens are remembered. */
const mostRemembered = 20_000;
/** Longer pieces are rarely there twice. */
const longestRemembered = 40;
const encoder = new TextEncoder();

/** The byte-pair tokeniser of a state, whose pairs are of tokens that are there before them. */
export function bytePairs({ merges }: BytePairs): Tokeniser {
  const { bytesOf, ranks } = tokensOf(merges);
  const vocabulary = bytesOf.length;
  const ranked = (left: number, right: number) => ranks.get(left * vocabulary + right);
  const remembered = new Map<string, Int32Array>();
  const encoded = (piece: string): Int32Array => {
    const found = remembered.get(piece);
    if (found !== undefined) return found;
    const start = Int32Array.from(encoder.encode(piece), (byte) => tokenOfByte[byte] ?? 0);
    const tokens = mergePiece(start, ranked);
    if (piece.length <= longestRemembered && remembered.size < mostRemembered)
      remembered.set(piece, tokens);
    return tokens;
  };
  const bytesAt = (token: number): Uint8Array =>
    bytesOf[token] ?? fail("nn/out-of-range-token", { at: "decode", got: token, vocabulary });
  const tokeniser: Tokeniser = {
    ...{ kind: "bytePair", vocabulary },
    encode: (text) => joined(piecesOf(text).map(encoded)),
    decode: (tokens) => decodedBy(tokeniser, tokens),
    reader: () => {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      return (token) => {
        if (token === undefined) return decoder.decode();
        if (token === specials.unknown) return decoder.decode() + specialNames[token];
        return decoder.decode(bytesAt(token), { stream: true });
      };
    },
    label: (token) => specialNames[token] ?? labelOf(bytesAt(token)),
    state: { format: 1, kind: "bytePair", merges: Array.from(merges) },
  };
  return tokeniser;
}

/** The bytes of every token, and what pairs become. @throws `nn/corrupt-language` where a token is too long */
function tokensOf(merges: Int32Array) {
  // a character of a name is a byte
  const names: string[] = [
    ...specialNames.map(() => ""),
    ...byteOrder.map((byte) => String.fromCharCode(byte)),
  ];
  const numbers = new Map(names.map((name, token) => [name, token]));
  const made: { left: number; right: number; merge: RankedMerge }[] = [];
  for (let i = 0; i + 1 < merges.length; i += 2) {
    const [left = 0, right = 0] = merges.subarray(i, i + 2);
    const name = `${names[left] ?? ""}${names[right] ?? ""}`;
    if (name.length > longestToken)
      fail("nn/corrupt-language", {
        field: `merges[${i}]`,
        expected: `tokens of at most ${longestToken} bytes`,
        got: `${name.length}`,
      });
    const token = numbers.get(name) ?? names.push(name) - 1;
    numbers.set(name, token);
    made.push({ left, right, merge: { rank: i / 2, made: token } });
  }
  const bytesOf = names.map((name) => Uint8Array.from(name, (byte) => byte.charCodeAt(0)));
  const ranks = new Map(made.map(({ left, right, merge }) => [left * names.length + right, merge]));
  return { bytesOf, ranks };
}

/** Bytes as people see them: text where they are text, else in hexadecimal. */
function labelOf(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text
      .replaceAll(" ", "␣")
      .replaceAll("\n", "⏎")
      .replaceAll("\t", "⇥")
      .replace(/\p{Cc}/gu, (c) => hex([c.charCodeAt(0)]));
  } catch {
    return hex(bytes);
  }
}

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => `⟨${byte.toString(16).padStart(2, "0")}⟩`).join("");

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
