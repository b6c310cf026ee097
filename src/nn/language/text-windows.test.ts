/** @file Tests of windows of a text: nothing that judges is learned from, and every token is told once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NetworkRows } from "../train/feed.ts";
import { textWindows, unigramLoss } from "./text-windows.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const counted = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => 3 + i);

/** Whether each label is the token after, and −1 of pads. */
const follows = ({ x, y }: NetworkRows): boolean =>
  Array.from(y).every((label, i) => label === (x[i] === 0 ? -1 : (x[i] ?? 0) + 1));

describe("textWindows", () => {
  test("law: no token that judges is in a window to learn from, and each is told once", () => {
    const any = fc.record({
      context: fc.integer({ min: 1, max: 9 }),
      stride: fc.integer({ min: 1, max: 12 }),
      blocks: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 200 }), any, (length, options) => {
        const { train, validation } = textWindows(counted(length), { ...options, validation: 0.3 });
        const learned = new Set([...train.x, ...train.y]);
        const judges = [...(validation?.x ?? []), ...(validation?.y ?? [])].filter(
          (token) => token >= 3,
        );
        expect(judges.filter((token) => learned.has(token))).toEqual([]);
        const asked = [...(validation?.y ?? [])].filter((token) => token >= 0);
        expect(new Set(asked).size).toBe(asked.length);
        expect(follows(train)).toBe(true);
        expect(follows(validation ?? train)).toBe(true);
      }),
    );
  });

  test("law: windows that do not overlap tell every token of their stretch but the first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), fc.integer({ min: 1, max: 9 }), (length, context) => {
        const { train } = textWindows(counted(length), { context, stride: context, validation: 0 });
        expect([...train.y].filter((token) => token >= 0)).toEqual([...counted(length).subarray(1)]);
      }),
    ); // biome-ignore format: as it is
  });

  test("fills the last window up", () => {
    const { train, validation } = textWindows(counted(6), { context: 4, stride: 4, validation: 0 });
    expect(validation).toBeNull();
    expect([...train.x]).toEqual([3, 4, 5, 6, 7, 0, 0, 0]);
    expect([...train.y]).toEqual([4, 5, 6, 7, 8, -1, -1, -1]);
  });

  test("refuses texts that are too short, and options out of range", () => {
    expect(() => textWindows(counted(3), { context: 4 })).toThrow(code("nn/missing-text"));
    expect(() => textWindows(counted(20), { context: 4, blocks: 8 })).toThrow(
      code("nn/missing-text"),
    );
    expect(() => textWindows(counted(20), { context: 0 })).toThrow(code("option/out-of-range"));
    expect(() => textWindows(counted(20), { context: 2, validation: 1 })).toThrow(
      code("option/out-of-range"),
    );
  });
});

describe("unigramLoss", () => {
  test("is what frequencies tell, each counted once more", () => {
    const tokens = Int32Array.of(3, 3, 3, 4, 3, 4, 3, 4);
    const windows = textWindows(tokens, { context: 2, validation: 0.5 });
    const [three, four] = [4 / 9, 2 / 9];
    expect(unigramLoss(tokens, windows, 5)).toBeCloseTo(
      -(2 * Math.log(four) + Math.log(three)) / 3,
      12,
    );
    expect(unigramLoss(tokens, textWindows(tokens, { context: 2, validation: 0 }), 5)).toBeNull();
  });
});
