/** @file Tests of language models: they learn, go on with a text, show where they look, and are kept. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { NetworkEpoch } from "../train/training.ts";
import { bytePairTokeniser } from "./byte-pair-tokeniser.ts";
import { generated, pieces } from "./generate.ts";
import { loadLanguageModel } from "./language-model.ts";
import { candidatesOf, checkedSampling, drawn, type SamplingOptions } from "./sample.ts";
import { specials } from "./tokeniser.ts";
import { trainDecoder } from "./train-decoder.ts";
import { wordTokeniser } from "./word-tokeniser.ts";

const code = (what: string) => expect.objectContaining({ code: what });

/** Sentences whose words depend on those before. */
function sentences(count: number): string {
  const draws = random(3).stream("sentences");
  const who = {
    miller: ["grinds", "grain"],
    baker: ["bakes", "bread"],
    fisher: ["catches", "fish"],
  } as const;
  const names = Object.keys(who) as (keyof typeof who)[];
  return Array.from({ length: count }, () => {
    const name = draws.pick(names);
    return `the ${name} ${draws.pick(["often", "never"])} ${who[name].join(" ")}.`;
  }).join(" ");
}

const text = sentences(500);
const epochs: NetworkEpoch[] = [];
const model = await trainDecoder(text, {
  tokeniser: wordTokeniser(),
  context: 8,
  width: 16,
  heads: 2,
  layers: 2,
  feedForward: 32,
  dropout: 0.1,
  epochs: 12,
  learningRate: 0.01,
  onEpoch: (epoch) => epochs.push(epoch),
});
const set = (options: SamplingOptions) => checkedSampling("test", options);
const logits = fc
  .array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 12 })
  .map((values) => Float32Array.from(values));

describe("trainDecoder", () => {
  test("tells a text it has not seen better than frequencies do", () => {
    const { validationLoss, unigramLoss, perplexity } = model.report;
    expect(validationLoss ?? Infinity).toBeLessThan((unigramLoss ?? 0) / 2);
    expect(perplexity).toBeCloseTo(Math.exp(validationLoss ?? 0), 12);
    expect(epochs.length).toBe(model.report.epochs);
    expect(epochs.at(-1)?.validationLoss).not.toBeNull();
    const best = Math.min(...epochs.map((epoch) => epoch.validationLoss ?? Infinity));
    expect(validationLoss).toBeCloseTo(best, 4);
  });

  test("knows who does what, and finds the other hard to guess", async () => {
    const { text: told, ended } = await model.generate("the baker often", {
      temperature: 0,
      tokens: 3,
    });
    expect([told, ended]).toEqual([" bakes bread.", "tokens"]);
    expect(await model.perplexity("the miller never grinds grain.")).toBeLessThan(4);
    expect(await model.perplexity("grain bread the never. fish")).toBeGreaterThan(20);
  });

  test("trains on byte pairs and several texts, without a text that judges", async () => {
    const two = await trainDecoder(["abab abab abab", "cdcd cdcd cdcd"], {
      tokeniser: bytePairTokeniser({ vocabulary: 264 }),
      context: 4,
      width: 8,
      heads: 1,
      layers: 1,
      validation: 0,
      epochs: 1,
      norm: "after",
    });
    expect([two.report.validationLoss, two.report.perplexity, two.report.unigramLoss]).toEqual([
      null,
      null,
      null,
    ]);
    expect((await two.generate("ab", { tokens: 5 })).tokens.length).toBeLessThanOrEqual(5);
    await expect(trainDecoder("a b c", { tokeniser: wordTokeniser() })).rejects.toThrow(
      code("nn/missing-text"),
    );
    await expect(trainDecoder("")).rejects.toThrow(code("nn/missing-text"));
    await expect(trainDecoder(text, { patience: 0 })).rejects.toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such option
    await expect(trainDecoder(text, { depth: 2 })).rejects.toThrow(code("option/unknown-name"));
  });
});

describe("generate", () => {
  test("gives the same text for the same seed, in pieces or at once, and another for another", async () => {
    const asked = { tokens: 30, temperature: 1.2 };
    const once = await model.generate("the", { ...asked, seed: 5 });
    const told: string[] = [];
    for await (const piece of model.stream("the", { ...asked, seed: 5 })) told.push(piece.text);
    expect(told.join("")).toBe(once.text);
    expect((await model.generate("the", { ...asked, seed: 6 })).text).not.toBe(once.text);
    expect(once.tokens.every((token) => token !== specials.pad && token !== specials.unknown)).toBe(
      true,
    );
  });

  test("takes any prompt: none, unknown words, and one longer than the context", async () => {
    for (const prompt of ["", "§", "quantum", text.slice(0, 400)])
      expect((await model.generate(prompt, { tokens: 2 })).tokens.length).toBe(2);
  });

  test("ends before a stop text, though it comes in pieces, and at the end of a text", async () => {
    const told = await model.generate("the baker often", {
      temperature: 0,
      tokens: 20,
      stop: ["bread.", "xyz"],
    });
    expect([told.text, told.ended]).toEqual([" bakes ", "stop"]);
    const bytes = bytePairTokeniser({ vocabulary: 259 }).fit("x");
    const script = [..."one two"].flatMap((letter) => [...bytes.encode(letter)]);
    const source = {
      tokeniser: bytes,
      context: 100,
      next: async (seen: readonly number[]) =>
        Float32Array.from({ length: 259 }, (_, token) =>
          Number(token === (script[seen.length - 1] ?? specials.end)),
        ),
    };
    const asked = { temperature: 0, tokens: 50 };
    expect(await generated(source, "", asked)).toMatchObject({ text: "one two", ended: "end" });
    expect(await generated(source, "", { ...asked, stop: ["e tx", " two"] })).toMatchObject({
      text: "one",
      ended: "stop",
    });
    const seen: string[] = [];
    for await (const { text: piece } of pieces(source, "", { ...asked, stop: ["e tx"] }))
      seen.push(piece);
    expect(seen.join("")).toBe("one two");
  });

  test("lets others have their turn, and ends by a signal", async () => {
    let turns = 0;
    const clock = setInterval(() => turns++, 1);
    await model.generate("the", { tokens: 100 });
    clearInterval(clock);
    expect(turns).toBeGreaterThan(3);
    await expect(
      model.generate("the", { signal: AbortSignal.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
  });

  test("refuses options out of range", async () => {
    for (const wrong of [
      { temperature: -1 },
      { topK: 0 },
      { topP: 0 },
      { topP: 1.1 },
      { repetitionPenalty: 0.5 },
      { tokens: 0 },
    ])
      await expect(model.generate("the", wrong)).rejects.toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such option
    await expect(model.generate("the", { top: 3 })).rejects.toThrow(code("option/unknown-name"));
  });
});

describe("candidatesOf", () => {
  test("law: chances add up to 1, and pad and unknown are never there", () => {
    const options = fc.record({
      temperature: fc.double({ min: 0.01, max: 3, noNaN: true }),
      topK: fc.integer({ min: 1, max: 5 }),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(logits, options, (z, asked) => {
        const found = candidatesOf(z, set(asked));
        expect(found.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 9);
        expect(found.length).toBeLessThanOrEqual(asked.topK);
        expect(found.some(({ token }) => token < specials.end)).toBe(false);
      }),
    );
  });

  test("law: a temperature towards 0 takes what 0 takes", () => {
    fc.assert(
      fc.property(logits, fc.integer(), (z, seed) => {
        const sorted = [...z.subarray(2)].sort((a, b) => b - a);
        fc.pre((sorted[0] ?? 0) - (sorted[1] ?? -9) > 1e-3);
        const [greedy] = candidatesOf(z, set({ temperature: 0 }));
        expect(drawn(candidatesOf(z, set({ temperature: 1e-6 })), random(seed))).toBe(
          greedy?.token,
        );
      }),
    );
  });

  test("law: top-p keeps the fewest of the likeliest that have the chance", () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (z, topP) => {
        const all = candidatesOf(z, set({ temperature: 1 }));
        const kept = candidatesOf(z, set({ temperature: 1, topP })).length;
        const mass = (n: number): number =>
          all.slice(0, n).reduce((sum, { chance }) => sum + chance, 0);
        expect(mass(kept)).toBeGreaterThanOrEqual(topP - 1e-9);
        expect(mass(kept - 1)).toBeLessThan(topP);
      }),
    );
  });

  test("makes what is there already less likely, on both sides of 0", () => {
    const z = Float32Array.of(9, 9, 2, -1, 1.5);
    const tokens = (before: readonly number[]) =>
      candidatesOf(z, set({ repetitionPenalty: 2 }), before).map(({ token }) => token);
    expect(tokens([])).toEqual([2, 4, 3]);
    expect(tokens([2, 2])).toEqual([4, 2, 3]);
    const [, , last] = candidatesOf(z, set({ temperature: 1, repetitionPenalty: 2 }), [3]);
    expect(last?.chance).toBeCloseTo(
      Math.exp(-2) / (Math.exp(-2) + Math.exp(2) + Math.exp(1.5)),
      9,
    );
  });
});

describe("attention of a language model", () => {
  test("shows every layer and head, and the mean of heads", async () => {
    const asked = "the baker often bakes";
    const heads = [
      await model.attention(asked, { layer: 2, head: 1 }),
      await model.attention(asked, { layer: 2, head: 2 }),
    ] as const;
    const mean = await model.attention(asked, { layer: 2 });
    expect([mean.tokens, mean.layer, mean.head]).toEqual([
      ["the", "baker", "often", "bakes"],
      2,
      "mean",
    ]);
    for (const [i, row] of mean.weights.entries()) {
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(row.subarray(i + 1).every((weight) => weight === 0)).toBe(true);
      const half = Array.from(
        row,
        (_, j) => ((heads[0].weights[i]?.[j] ?? 0) + (heads[1].weights[i]?.[j] ?? 0)) / 2,
      );
      expect(Array.from(row)).toBeClose(half, { rtol: 1e-5, atol: 1e-7 });
    }
    await expect(model.attention(asked, { layer: 3 })).rejects.toThrow(code("option/out-of-range"));
    await expect(model.attention(asked, { head: 3 })).rejects.toThrow(code("option/out-of-range"));
    await expect(model.attention("")).rejects.toThrow(code("nn/missing-text"));
  });
});

describe("loadLanguageModel", () => {
  test("tells the same as the model that was kept", async () => {
    const loaded = loadLanguageModel(model.files());
    const asked = { tokens: 20, seed: 3 };
    expect(await loaded.generate("the fisher", asked)).toEqual(
      await model.generate("the fisher", asked),
    );
    expect(loaded.report).toEqual(model.report);
    expect(loaded.onnx()).toEqual(model.onnx());
  });

  test("refuses files that are damaged or missing", () => {
    const files = model.files();
    const state = JSON.parse(new TextDecoder().decode(files["language.json"])) as Record<
      string,
      object
    >;
    const changed = (more: object) => ({
      ...files,
      "language.json": new TextEncoder().encode(JSON.stringify({ ...state, ...more })),
    });
    for (const more of [
      { format: 2 },
      { options: { ...state["options"], vocabulary: 7 } },
      { options: { ...state["options"], width: 32 } },
      { tokeniser: null },
    ])
      expect(() => loadLanguageModel(changed(more))).toThrow(code("nn/corrupt-language"));
    expect(() => loadLanguageModel({})).toThrow(code("nn/corrupt-language"));
  });
});
