import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pipeline } from "./pipeline.ts";
import { step } from "./step.ts";

const named = (name: string, ...needs: string[]) => step({ name, needs, run: async () => null });
const thrown = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

describe("pipeline", () => {
  test("puts each step after those it needs, else in the order given", () => {
    const steps = [named("d", "c"), named("a"), named("c", "a", "b"), named("b"), named("e")];
    const order = pipeline("churn", steps).steps.map(({ name }) => name);
    expect(order).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("refuses no steps and two of one name", () => {
    const code = (name: string, steps: ReturnType<typeof named>[]) =>
      thrown(() => pipeline(name, steps));
    expect(code("churn", [])).toMatchObject({ code: "pipeline/missing-steps" });
    expect(code("", [named("a")])).toMatchObject({ code: "pipeline/unsupported-name" });
    const twice = code("churn", [named("a"), named("a")]);
    expect(twice).toMatchObject({ code: "pipeline/duplicate-step" });
    expect(twice.message).toContain('"a"');
  });

  test("names the step that is not there, and the one that was perhaps meant", () => {
    const error = thrown(() => pipeline("churn", [named("clean"), named("train", "claen")]));
    expect(error).toMatchObject({ code: "pipeline/unknown-step" });
    expect(error.message).toBe(
      'pipeline "churn": what step "train" needs: unknown step "claen"; expected one of "clean", "train". Did you mean "clean"?',
    );
  });

  test("names the steps of a circle and no others", () => {
    const steps = [
      named("x"),
      named("y", "a"),
      named("a", "x", "b"),
      named("b", "c"),
      named("c", "a"),
    ];
    const error = thrown(() => pipeline("churn", steps));
    expect(error).toMatchObject({ code: "pipeline/unsupported-cycle" });
    expect(error.message).toContain('"a" needs "b" needs "c" needs "a"');
    expect(thrown(() => pipeline("p", [named("a", "a")])).message).toContain('"a" needs "a"');
  });

  test("law: every order is a permutation in which needs come first", () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((n) => fc.tuple(fc.constant(n), fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)))));
    fc.assert(
      fc.property(graph, fc.integer(), ([n, pairs], turn) => {
        const edges = pairs.filter(([from, to]) => from < to);
        const steps = Array.from({ length: n }, (_, i) =>
          named(`s${i}`, ...edges.filter(([, to]) => to === i).map(([from]) => `s${from}`)),
        );
        const given = steps.map((_, i) => steps[(((i + turn) % n) + n) % n] ?? named("none"));
        const order = pipeline("p", given).steps;
        expect(order.map(({ name }) => name).sort()).toEqual(steps.map(({ name }) => name).sort());
        const at = new Map(order.map(({ name }, i) => [name, i]));
        for (const { name, needs } of order)
          for (const need of needs) expect(at.get(need) ?? n).toBeLessThan(at.get(name) ?? 0);
      }),
    );
  });
});
