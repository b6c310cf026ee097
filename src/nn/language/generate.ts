/** @file Text that goes on where a prompt ends, token after token. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { checkNames, checkNumber, random } from "../../core/index.ts";
import {
  candidatesOf,
  checkedSampling,
  drawn,
  type SamplingOptions,
  samplingNames,
} from "./sample.ts";
import { specials, type Tokeniser } from "./tokeniser.ts";

/** How a text goes on. */
export interface GenerateOptions extends SamplingOptions {
  /** The most tokens that are made, ≥ 1. Default 60. */
  readonly tokens?: number;
  /** Texts at which it ends; they are left out. The token that ends a text always ends it. */
  readonly stop?: readonly string[];
  /** Of the draws: whole. Default 0. */
  readonly seed?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** A text that was made. */
export interface GeneratedText {
  /** What follows the prompt. */
  readonly text: string;
  readonly tokens: readonly number[];
  /** Why it ends: so many tokens were asked for, the end of a text came, or one of the stop texts. */
  readonly ended: "tokens" | "end" | "stop";
}

/** A piece of a text that is being made; pieces of the text joined are the text. */
export interface GeneratedPiece {
  readonly text: string;
  /** Tokens so far. */
  readonly tokens: readonly number[];
  /** Of the last piece: why it ends. */
  readonly ended: GeneratedText["ended"] | null;
}

/** What makes a text. */
export interface TextSource {
  readonly tokeniser: Tokeniser;
  readonly context: number;
  /** The logits of what follows tokens, [v]. */
  readonly next: (tokens: readonly number[]) => Promise<Float32Array>;
}

/** Checks options of generating. @throws `option/out-of-range`, `option/unknown-name` */
export function checkedGenerate(options: GenerateOptions) {
  checkNames("generate", options, ["tokens", "stop", "seed", "signal", ...samplingNames]);
  const { tokens = 60, stop = [], seed = 0, signal } = options;
  checkNumber("generate", { tokens }, { min: 1, integer: true });
  checkNumber("generate", { seed }, { integer: true });
  return {
    tokens,
    seed,
    signal,
    sampling: checkedSampling("generate", options),
    stop: stop.filter((text) => text !== ""),
  };
}

/**
 * Makes a text piece by piece. Between tokens others have their turn. A character comes when its last byte is there, and what may be the
 * beginning of a stop text is held back.
 */
export async function* pieces(
  { tokeniser, context, next }: TextSource,
  prompt: string,
  options: GenerateOptions,
): AsyncGenerator<GeneratedPiece, void, undefined> {
  const { tokens: most, seed, signal, sampling, stop } = checkedGenerate(options);
  const asked = Array.from(tokeniser.encode(prompt));
  const seen = asked.length === 0 ? [specials.end as number] : asked; // what begins a text
  const read = tokeniser.reader();
  for (const token of seen) read(token);
  const chance = random(seed).stream("generate");
  const held = openHeld(stop);
  const made: number[] = [];
  while (made.length < most) {
    signal?.throwIfAborted();
    const window = seen.slice(-context);
    const token = drawn(candidatesOf(await next(window), sampling, window), chance);
    made.push(token);
    seen.push(token);
    const { text, isStop } = held.add(token === specials.end ? "" : read(token));
    if (isStop) return yield { text, tokens: made.slice(), ended: "stop" };
    if (token === specials.end)
      return yield { text: text + held.rest(read(undefined)), tokens: made.slice(), ended: "end" };
    if (made.length < most) yield { text, tokens: made.slice(), ended: null };
    else yield { text: text + held.rest(read(undefined)), tokens: made.slice(), ended: "tokens" };
    await nextTurn();
  }
}

/** Text that goes out as soon as it cannot be part of a stop text. */
function openHeld(stop: readonly string[]) {
  let waiting = "";
  const add = (piece: string): { readonly text: string; readonly isStop: boolean } => {
    waiting += piece;
    const found = stop.map((text) => waiting.indexOf(text)).filter((at) => at >= 0);
    if (found.length > 0) return { text: waiting.slice(0, Math.min(...found)), isStop: true };
    const keep = Math.max(0, ...stop.map((text) => overlap(waiting, text)));
    const text = waiting.slice(0, waiting.length - keep);
    waiting = waiting.slice(waiting.length - keep);
    return { text, isStop: false };
  };
  return { add, rest: (last: string): string => waiting + last };
}

/** How many characters at the end of a text begin another. */
function overlap(text: string, other: string): number {
  for (let n = Math.min(text.length, other.length - 1); n > 0; n--)
    if (text.endsWith(other.slice(0, n))) return n;
  return 0;
}

/** Makes a text at once. */
export async function generated(
  source: TextSource,
  prompt: string,
  options: GenerateOptions,
): Promise<GeneratedText> {
  let text = "";
  let last: GeneratedPiece = { text: "", tokens: [], ended: "tokens" };
  for await (const piece of pieces(source, prompt, options)) {
    text += piece.text;
    last = piece;
  }
  return { text, tokens: last.tokens, ended: last.ended ?? "tokens" };
}
