/** @file Losses by hand, and their gradients against finite differences. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { matrix } from "../matrix.ts";
import { type LossOptions, loss } from "./loss.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const all: readonly LossOptions[] = [
  { kind: "squared" },
  { kind: "absolute" },
  { kind: "huber", delta: 0.7 },
  { kind: "binary" },
  { kind: "categorical" },
  { kind: "sparse" },
];

describe("loss", () => {
  test("law: every gradient is the finite difference, to less than 1e-6 of its size", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.integer(),
        fc.boolean(),
        (options, seed, weighted) => {
          const draws = random(seed);
          const [b, k] = [3, options.kind === "sparse" || options.kind === "categorical" ? 4 : 2];
          const z = {
            rows: b,
            cols: k,
            data: Float64Array.from({ length: b * k }, () => 2 * draws.normal()),
          };
          const y = Float64Array.from({ length: options.kind === "sparse" ? b : b * k }, () =>
            options.kind === "sparse" ? draws.below(k) : draws.next(),
          );
          const weights = weighted
            ? Float64Array.from({ length: b }, () => draws.next())
            : undefined;
          const { of } = loss(options);
          const { gradient } = of(z, y, weights);
          for (const [i, value] of z.data.entries()) {
            const [h, r] = [1e-5, value - (y[i] ?? 0)];
            const kink =
              options.kind === "absolute" ? 0 : options.kind === "huber" ? 0.7 : Infinity;
            if (Math.abs(Math.abs(r) - kink) < 1e-3) continue; // no derivative of the second kind here
            const at = (step: number): number =>
              of({ ...z, data: z.data.with(i, value + step) }, y, weights).loss;
            const difference = (at(h) - at(-h)) / (2 * h);
            expect(gradient.data[i]).toBeClose(difference, { rtol: 1e-6, atol: 1e-9 });
          }
        },
      ),
    );
  });

  test("is what the formulas give", () => {
    const z = matrix([[2], [-1]]);
    const y = Float64Array.of(0, 1);
    expect(loss({ kind: "squared" }).of(z, y).loss).toBe(4);
    expect(loss({ kind: "absolute" }).of(z, y).loss).toBe(2);
    expect(loss({ kind: "huber" }).of(z, y).loss).toBe(1.5);
    expect(loss({ kind: "binary" }).of(z, y).loss).toBeClose(
      (Math.log1p(Math.exp(2)) + Math.log1p(Math.exp(1))) / 2,
    );
    expect(loss({ kind: "sparse" }).of(matrix([[0, 0, 0]]), Float64Array.of(2)).loss).toBeClose(
      Math.log(3),
    );
    const shares = Float64Array.of(0, 0, 1);
    expect(loss({ kind: "categorical" }).of(matrix([[0, 0, 0]]), shares).loss).toBeClose(
      Math.log(3),
    );
    expect(loss({ kind: "squared" }).of(z, y, Float64Array.of(0, 3)).loss).toBe(4);
  });

  test("keeps its digits however sure the model is", () => {
    const sure = loss({ kind: "binary" }).of(
      matrix([[800], [-800], [40]]),
      Float64Array.of(1, 1, 1),
    );
    expect(sure.loss).toBeClose(800 / 3);
    expect(loss({ kind: "sparse" }).of(matrix([[1000, 0]]), Float64Array.of(1)).loss).toBe(1000);
  });

  test("checks its options and shapes", () => {
    expect(() => loss({ kind: "huber", delta: 0 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such loss
    expect(() => loss({ kind: "hinge" })).toThrow(code("option/out-of-range"));
    const { of } = loss({ kind: "sparse" });
    expect(() => of(matrix([[1, 2]]), Float64Array.of(1, 1))).toThrow(
      code("tensor/mismatch-shape"),
    );
    expect(() => of(matrix([[1, 2]]), Float64Array.of(2))).toThrow(code("tensor/mismatch-shape"));
    expect(() =>
      loss({ kind: "squared" }).of(matrix([[1]]), Float64Array.of(1), new Float64Array(2)),
    ).toThrow(code("tensor/mismatch-shape"));
  });
});
