import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frontsOf } from "./fronts.ts";

/** Whether losses are nowhere worse, and somewhere better. */
const beats = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((loss, m) => loss <= (b[m] ?? 0)) && a.some((loss, m) => loss < (b[m] ?? 0));

/** Fronts by their definition: peeled off one after another. */
function peeled(losses: readonly (readonly number[])[]): readonly (readonly number[])[] {
  let left = losses.map((_, i) => i);
  const fronts: (readonly number[])[] = [];
  while (left.length > 0) {
    const front = left.filter((i) => !left.some((j) => beats(losses[j] ?? [], losses[i] ?? [])));
    fronts.push(front);
    left = left.filter((i) => !front.includes(i));
  }
  return fronts;
}

describe("frontsOf", () => {
  test("law: fronts are those that are peeled off by their definition, also of equal losses", () => {
    const lossesOf = (objectives: number) =>
      fc.array(
        fc.array(fc.integer({ min: -4, max: 4 }), { minLength: objectives, maxLength: objectives }),
        { maxLength: 40 },
      );
    const all = fc.integer({ min: 1, max: 4 }).chain(lossesOf);
    fc.assert(fc.property(all, (losses) => void expect(frontsOf(losses)).toEqual(peeled(losses))));
  });

  test("looks at each of many points of two objectives a few times, not once for each other one", () => {
    let looks = 0;
    const losses = Array.from({ length: 4000 }, (_, i) => {
      return new Proxy([i, -i], {
        get: (pair, key) => {
          if (key === "0" || key === "1") looks++;
          return Reflect.get(pair, key);
        },
      });
    });
    expect(frontsOf(losses)).toHaveLength(1); // 4000² comparisons would be 16 million
    expect(looks).toBeLessThan(400_000);
  });
});
