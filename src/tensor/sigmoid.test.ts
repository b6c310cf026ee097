/** @file Tests of the logistic function. */
import { expect, test } from "vitest";
import { sigmoid } from "./sigmoid.ts";

test("sigmoid goes from 0 to 1, and mirrors about 0", () => {
  expect([sigmoid(-Infinity), sigmoid(0), sigmoid(Infinity)]).toEqual([0, 0.5, 1]);
  expect(sigmoid(-1000)).toBe(0);
  expect(sigmoid(2) + sigmoid(-2)).toBeClose(1);
});
