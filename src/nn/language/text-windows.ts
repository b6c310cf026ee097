/** @file Windows of a text to learn from, and others to judge by, with no token in both. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { NetworkRows } from "../train/feed.ts";
import { specials } from "./tokeniser.ts";

/** Options of {@link textWindows}. */
export interface TextWindowsOptions {
  /** Tokens of a window, t ≥ 1. */
  readonly context: number;
  /** Tokens from one window to learn from to the next, ≥ 1. Default half the context. */
  readonly stride?: number;
  /** The share of the tokens that only judge, 0 to below 1. Default 0.15. */
  readonly validation?: number;
  /** How many stretches the text is cut into; the end of each judges, ≥ 1. Default 1: the end of the whole text. */
  readonly blocks?: number;
}

/** Tokens from one number to before another. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** Windows as rows: x are tokens, y the token that follows each; a step that only fills up has the label −1. */
export interface TextWindows {
  readonly train: NetworkRows;
  readonly validation: NetworkRows | null;
  readonly ranges: {
    readonly train: readonly TokenRange[];
    readonly validation: readonly TokenRange[];
  };
}

/**
 * Cuts a text into windows. What judges is contiguous, and no window reaches over a border, so that no token that judges is in a window
 * to learn from: stride-1 windows that are dealt at random would hold almost all of them. Windows that judge do not overlap; the last
 * window of a stretch is filled up.
 *
 * @param tokens - The text as tokens.
 * @throws `nn/missing-text` where a part has fewer than 2 tokens; `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const { train, validation } = textWindows(Int32Array.from({ length: 40 }, (_, i) => 3 + i), { context: 8, validation: 0.25 });
 * [train.rows, validation?.rows, validation?.x[0]] // => [7, 2, 33]
 * ```
 */
export function textWindows(tokens: Int32Array, options: TextWindowsOptions): TextWindows {
  checkNames("textWindows", options, ["context", "stride", "validation", "blocks"]);
  const { context, stride = Math.ceil(context / 2), validation = 0.15, blocks = 1 } = options;
  checkNumber("textWindows", { context }, { min: 1, integer: true });
  checkNumber("textWindows", { stride }, { min: 1, integer: true });
  checkNumber("textWindows", { validation }, { min: 0, below: 1 });
  checkNumber("textWindows", { blocks }, { min: 1, integer: true });
  const ranges = rangesOf(tokens.length, { validation, blocks });
  const rows = (of: readonly TokenRange[], step: number): NetworkRows =>
    windowsOf(
      tokens,
      of.flatMap((range) => startsOf(range, { context, stride: step })),
      context,
    );
  return {
    train: rows(ranges.train, stride),
    validation: validation === 0 ? null : rows(ranges.validation, context),
    ranges,
  };
}

function rangesOf(
  length: number,
  { validation, blocks }: { readonly validation: number; readonly blocks: number },
): TextWindows["ranges"] {
  const all = Array.from({ length: blocks }, (_, i) => {
    const [from, to] = [Math.floor((length * i) / blocks), Math.floor((length * (i + 1)) / blocks)];
    const border = to - Math.round((to - from) * validation);
    return { train: { from, to: border }, validation: { from: border, to } };
  });
  const least = Math.min(
    ...all
      .flatMap((one) => [one.train, ...(validation === 0 ? [] : [one.validation])])
      .map(({ from, to }) => to - from),
  );
  if (least < 2)
    fail("nn/missing-text", {
      at: "textWindows",
      got: `${length} tokens for ${blocks} × ${validation === 0 ? 1 : 2} parts`,
    });
  return {
    train: all.map((one) => one.train),
    validation: validation === 0 ? [] : all.map((one) => one.validation),
  };
}

interface WindowAt {
  readonly start: number;
  /** Tokens of it that are followed by one of the same stretch. */
  readonly length: number;
}

function startsOf(
  { from, to }: TokenRange,
  { context, stride }: { readonly context: number; readonly stride: number },
): readonly WindowAt[] {
  const windows: WindowAt[] = [];
  for (let start = from; start < to - 1; start += stride) {
    windows.push({ start, length: Math.min(context, to - 1 - start) });
    if (start + context >= to - 1) break;
  }
  return windows;
}

function windowsOf(tokens: Int32Array, windows: readonly WindowAt[], context: number): NetworkRows {
  const x = new Float32Array(windows.length * context).fill(specials.pad);
  const y = new Int32Array(windows.length * context).fill(-1);
  for (const [row, { start, length }] of windows.entries()) {
    x.set(tokens.subarray(start, start + length), row * context);
    y.set(tokens.subarray(start + 1, start + 1 + length), row * context);
  }
  return { rows: windows.length, x, y, shape: [context], labelShape: [context] };
}

/** The mean loss of telling every token by its frequency among those to learn from, in nats; each is counted once more than it is there. */
export function unigramLoss(
  tokens: Int32Array,
  { ranges, validation }: TextWindows,
  vocabulary: number,
): number | null {
  if (validation === null) return null;
  const counts = new Float64Array(vocabulary).fill(1);
  for (const { from, to } of ranges.train)
    for (const token of tokens.subarray(from, to)) counts[token] = (counts[token] ?? 0) + 1;
  const all = counts.reduce((sum, count) => sum + count, 0);
  const asked = Int32Array.from(validation.y).filter((token) => token >= 0);
  return asked.reduce((sum, token) => sum - Math.log((counts[token] ?? 1) / all), 0) / asked.length;
}
