/** @file Tests of networks of data that nobody has checked: wrong options are named, and what is too large is refused before it is made. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../flow.ts";
import { attention, dense, input, lstm } from "../index.ts";
import type { LayerSpec } from "../network.ts";
import { layerKinds, networkFrom, specsOf } from "./layer-of.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const of = (kind: string, options: LayerSpec["options"] = {}): LayerSpec => ({ kind, options });
const made = (shape: readonly number[], ...layers: readonly LayerSpec[]) =>
  expect(() => networkFrom(shape, layers));

describe("networkFrom", () => {
  test("names the layer and the option that does not fit", () => {
    const refused = made([4], of("flatten"), of("dense", { units: "3" }));
    refused.toThrow(code("nn/mismatch-option"));
    refused.toThrow('layer 2 (dense): the option units does not fit; expected a number, got "3"');
    made([4], of("dense")).toThrow("the option units does not fit; expected a number, got none");
    made([4], of("dense", { units: 3, activation: "Relu" })).toThrow(
      "expected one of linear, relu,",
    );
    made([4], of("dense", { units: 3, unit: 3 })).toThrow(code("option/unknown-name"));
    made([4], of("dense", { units: -3 })).toThrow(code("option/out-of-range"));
    made([1, 8, 8], of("conv2d", { filters: 2, size: [3] })).toThrow(
      "expected a number, or rows and columns, got [3]",
    );
    const inner = of("residual", { layers: [{ kind: "dense", options: { units: null } }] });
    made([4], inner).toThrow("layer 1 (residual), layer 1 (dense): the option units");
    made([4], of("residual", { layers: [3] })).toThrow(code("nn/mismatch-option"));
  });

  test("law: makes a network or refuses with an error of its own, whatever the options are", () => {
    const value = fc.oneof(
      fc.integer({ min: -2, max: 9 }),
      fc.constantFrom<Json>(null, true, "relu", "same", 1e12, 0.5, [2, 2], [], {}, [
        { kind: "flatten", options: {} },
      ]),
    );
    const names = fc.constantFrom(
      "units",
      "filters",
      "size",
      "stride",
      "padding",
      "keys",
      "heads",
      "layers",
      "shape",
      "factor",
      "rate",
      "codes",
      "width",
      "name",
      "activation",
    );
    const layer = fc.record({
      kind: fc.constantFrom(...layerKinds),
      options: fc.dictionary(names, value, { maxKeys: 3 }),
    });
    const shape = fc.constantFrom([4], [2, 8, 8], [5, 4], [3e8], [70_000, 4]);
    fc.assert(
      fc.property(shape, fc.array(layer, { maxLength: 3 }), (rows, layers) => {
        try {
          expect(networkFrom(rows, layers).layers).toHaveLength(layers.length);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(nn|option|tensor)\//) });
        }
      }),
      { numRuns: 500 },
    );
  });

  test("refuses steps, rows and operations past any machine's memory, before they are made", () => {
    const most = code("nn/out-of-range-network");
    expect(() => input([1e9, 2]).add(lstm(3))).toThrow(most);
    made([1e6, 2], of("lstm", { units: 3 })).toThrow(
      /^1 lstm: the network would have \d+ operations; expected at most 100000/,
    );
    expect(() => input([30_000, 2]).add(attention({ heads: 1, causal: true }))).toThrow(
      "1 attention: the network would have 900000000 numbers in a tensor",
    );
    made([1, 8, 8], of("upsample2d", { factor: 1e5 })).toThrow(most);
    made([1e12]).toThrow(most);
    made(
      [50_000],
      of("embedding", { codes: 3, width: 2, padding: 0 }),
      of("placeEmbedding"),
    ).toThrow(most);
    expect(
      networkFrom(
        [4],
        Array.from({ length: 20_000 }, () => of("flatten")),
      ).layers,
    ).toHaveLength(20_000);
    expect(input([500, 8]).add(lstm(16)).add(dense(2)).parameters).toBe(1698);
  });
});

describe("specsOf", () => {
  test("takes layers inside layers, no deeper than networks are", () => {
    const nested = (depth: number): unknown => ({
      kind: "residual",
      options: { layers: depth === 0 ? [] : [nested(depth - 1)] },
    });
    expect(specsOf([nested(3)])).toHaveLength(1);
    for (const value of [[nested(40)], [{ kind: 3, options: {} }], [{ kind: "a" }], { kind: "a" }])
      expect(specsOf(value)).toBeUndefined();
    expect(specsOf([{ kind: "dense", options: { units: 1n } }])).toBeUndefined();
  });
});
