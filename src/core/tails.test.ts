/** @file Tests of tails and quantiles, against numbers of SciPy 1.17.1 (`stats`, `special`). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chiSquareTail,
  fisherTail,
  incompleteBeta,
  logGamma,
  normalQuantile,
  normalTails,
  studentQuantile,
  studentTails,
} from "./tails.ts";

describe("tails", () => {
  test("are those of tables", () => {
    expect(chiSquareTail(3.841458820694124, 1)).toBeClose(0.05);
    expect(chiSquareTail(0.5, 4)).toBeClose(0.9735009788392561);
    expect(normalTails(1.959963984540054)).toBeClose(0.05);
    expect(logGamma(0.25)).toBeClose(1.2880225246980774);
    expect(logGamma(171)).toBeClose(706.5730622457874);
    expect(incompleteBeta(0.1, 0.5, 3)).toBeClose(0.5545844446520297);
    expect(incompleteBeta(0.9, 20, 4)).toBeClose(0.8072689864813802);
    expect(incompleteBeta(0.5, 200, 210)).toBeClose(0.6894852134274166);
    expect([studentTails(0.1, 1), studentTails(-2.5, 3), studentTails(40, 7)]).toBeClose([0.936548965138893, 0.08770664700806556, 1.5902179984850364e-9]); // biome-ignore format: a row
    expect(studentTails(8, 1e6)).toBeClose(1.24550634332035e-15, { rtol: 1e-6, atol: 0 });
    expect([fisherTail(0.3, 2, 9), fisherTail(5, 3, 40), fisherTail(100, 1, 7)]).toBeClose([0.7479468608922977, 0.0048771714431924225, 2.1394202890772802e-5]); // biome-ignore format: a row
    expect([studentQuantile(0.05, 1), studentQuantile(0.01, 4), studentQuantile(0.5, 30), studentQuantile(1e-6, 12)]).toBeClose([12.706204736174705, 4.604094871349993, 0.6827556933212927, 9.084692934131269]); // biome-ignore format: a row
    expect([0.001, 0.3, 0.5, 0.99999].map(normalQuantile)).toBeClose([-3.090232306167813, -0.5244005127080409, 0, 4.264890793923841]); // biome-ignore format: a row
  });

  test("are what they are at the ends", () => {
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    expect([studentTails(0, 5), studentTails(Infinity, 5)]).toEqual([1, 0]);
    expect([fisherTail(0, 1, 2), fisherTail(-1, 1, 2)]).toEqual([1, 1]);
    expect([incompleteBeta(Number.NaN, 1, 1), fisherTail(Number.NaN, 1, 1)]).toEqual([Number.NaN, Number.NaN]); // biome-ignore format: a row
  });

  test("law: the quantile undoes the tail, and F(1, v) is t(v) squared", () => {
    const tails = fc.double({ min: 1e-8, max: 0.999, noNaN: true });
    const degrees = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(tails, degrees, (p, v) => {
        const t = studentQuantile(p, v);
        expect(studentTails(t, v)).toBeClose(p, { rtol: 1e-8 });
        expect(fisherTail(t * t, 1, v)).toBeClose(p, { rtol: 1e-8 });
      }),
    );
  });
});
