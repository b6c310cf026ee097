import { describe, expect, test } from "vitest";
import { cells, float, type NumberExpr, schema, text } from "../../table/index.ts";
import { featuresFromState } from "../fit/features-state.ts";
import { toOnnx } from "./to-onnx.ts";

const fittedOf = (exprs: Readonly<Record<string, NumberExpr>>, columns: readonly string[]) =>
  featuresFromState({
    format: 1,
    inputs: Object.fromEntries(
      columns.map((name) => [name, { kind: name === "note" ? "text" : "float", nullable: true }]),
    ),
    features: Object.entries(exprs).map(([name, { node, reads }]) => ({
      ...{ name, transform: "numeric", options: {}, reads, stats: {} },
      outputs: [{ name, node }],
    })),
  });

describe("toOnnx", () => {
  const { x, note } = cells(schema("things", { x: float(), note: text() }));

  test("gives the same bytes for the same features, with their names in them", () => {
    const bytes = toOnnx(
      fittedOf({ half: x.over(2), slow: note.tokens().count("slow") }, ["x", "note"]),
    );
    const again = toOnnx(
      fittedOf({ half: x.over(2), slow: note.tokens().count("slow") }, ["x", "note"]),
    );
    expect(Buffer.from(bytes).equals(again)).toBe(true);
    expect(Buffer.from(bytes).includes('["half","slow"]')).toBe(true);
  });

  test("writes what two features share once", () => {
    const count = (words: readonly string[]) =>
      toOnnx(
        fittedOf(
          Object.fromEntries(words.map((word) => [word, note.lower().tokens().count(word)])),
          ["note"],
        ),
      ).length;
    expect(count(["a", "b", "c"]) - count(["a", "b"])).toBeLessThan(1000);
  });

  test("refuses patterns of tokens that ONNX Runtime reads in another way", () => {
    for (const pattern of ["a|ab", "(?:ab)?a[a-z]+", "[a-z]+?[0-9]", "\\w*x"])
      expect(() => toOnnx(fittedOf({ n: note.tokens({ pattern }).total() }, ["note"]))).toThrow(
        expect.objectContaining({ code: "feature/unsupported-onnx" }),
      );
    for (const pattern of ["[a-z][a-z]+", "\\d{4}", "[^ ,;]+", "\\$[0-9]{1,3}"])
      expect(
        toOnnx(fittedOf({ n: note.tokens({ pattern }).total() }, ["note"])).length,
      ).toBeGreaterThan(0);
  });

  test("refuses a column that has the name of the output", () => {
    const { features } = cells(schema("named", { features: float() }));
    expect(() => toOnnx(fittedOf({ n: features.plus(1) }, ["features"]))).toThrow(
      expect.objectContaining({ code: "feature/duplicate-names" }),
    );
  });
});
