/** @file Tests of reading ONNX files: what they say of themselves, and what is refused before anything runs. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatOnnx, type OnnxGraph, type OnnxModel, type OnnxNode } from "./format-onnx.ts";
import { inspectOnnx } from "./inspect-onnx.ts";
import { bytes, joined, message, text, whole } from "./protobuf.ts";
import { withOutput } from "./with-output.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const value = (name: string) => ({ name, type: "float", shape: ["n", 2] }) as const;
const twice: OnnxNode = { operator: "MatMul", inputs: ["x", "w"], outputs: ["h"] };
const relu: OnnxNode = { operator: "Relu", inputs: ["h"], outputs: ["y"] };
const graph: OnnxGraph = {
  ...{ name: "g", inputs: [value("x")], outputs: [value("y")], nodes: [twice, relu] },
  initializers: { w: { type: "float", shape: [2, 2], values: [1, 2, 3, 4] } },
};
const model = (nodes: readonly OnnxNode[] = graph.nodes): OnnxModel => ({
  graph: { ...graph, nodes },
  opsets: { "": 18 },
});
const file = formatOnnx(model());
const opset = message(8, [text(1, ""), whole(2, 18)]);

/** A model whose node holds a graph whose node holds a graph … */
function nested(depth: number): OnnxNode {
  const inner = depth === 0 ? relu : nested(depth - 1);
  return {
    operator: "If",
    inputs: ["x"],
    outputs: ["y"],
    attributes: { then_branch: { graph: { ...graph, nodes: [inner] } } },
  };
}

describe("inspectOnnx", () => {
  test("says what goes in, what comes out, and what is in between", () => {
    expect(inspectOnnx(file)).toEqual({
      ...{ producer: "millrace", opsets: { "": 18 }, operators: { MatMul: 1, Relu: 1 } },
      ...{ inputs: [value("x")], outputs: [value("y")], tensors: ["h", "y"] },
      ...{ nodes: 2, parameters: 4, sizeBytes: file.length },
    });
    const more = inspectOnnx(withOutput(file, "h"));
    expect(more.outputs).toEqual([value("y"), { name: "h", type: "no tensor", shape: null }]);
  });

  test("refuses what is too large, too many or too deep", () => {
    expect(() => inspectOnnx(file, { maxBytes: 10 })).toThrow(code("tensor/out-of-range-onnx"));
    expect(() => inspectOnnx(file, { maxNodes: 1 })).toThrow(
      "the model has 2 nodes; expected at most 1",
    );
    const deep = formatOnnx(model([nested(12)]));
    expect(() => inspectOnnx(deep)).toThrow("graphs inside graphs");
    expect(inspectOnnx(deep, { maxDepth: 20 }).operators["If"]).toBe(13);
  });

  test("refuses operators of sets that nobody knows", () => {
    const strange = formatOnnx(model([{ ...relu, domain: "evil.example" }]));
    expect(() => inspectOnnx(strange)).toThrow(code("tensor/unsupported-onnx"));
    expect(() => inspectOnnx(strange)).toThrow("the operator Relu of the set evil.example");
    expect(inspectOnnx(strange, { domains: ["", "evil.example"] }).operators).toEqual({
      "evil.example.Relu": 1,
    });
  });

  test("refuses weights that are in another file, or are not as many as they say", () => {
    const nodes = [message(1, [text(1, "x"), text(2, "y"), text(4, "Relu")])];
    const ends = [message(12, [text(1, "y")])];
    const withWeight = (fields: readonly Uint8Array[]) =>
      joined([message(7, [...nodes, message(5, fields), ...ends]), opset]);
    const shape = [whole(1, 2), whole(2, 1), text(8, "w")];
    const location = message(13, [text(1, "location"), text(2, "../../etc/passwd")]);
    expect(() => inspectOnnx(withWeight([...shape, location, whole(14, 1)]))).toThrow(
      "the weight w in another file",
    );
    expect(() => inspectOnnx(withWeight([...shape, whole(14, 1)]))).toThrow(
      code("tensor/unsupported-onnx"),
    );
    expect(() => inspectOnnx(withWeight([...shape, bytes(9, new Uint8Array(4))]))).toThrow(
      code("tensor/corrupt-onnx"),
    );
    expect(() => inspectOnnx(withWeight([whole(1, -5), whole(2, 1), text(8, "w")]))).toThrow(
      code("tensor/corrupt-onnx"),
    );
    expect(inspectOnnx(withWeight([...shape, bytes(9, new Uint8Array(8))])).parameters).toBe(2);
  });

  test("refuses shapes and names of millions with an error of its own", () => {
    const many = new Uint8Array(500_000).fill(1);
    const ends = [message(12, [text(1, "y")])];
    const withParts = (...parts: readonly Uint8Array[]) =>
      joined([message(7, [message(1, [text(4, "Relu")]), ...parts, ...ends]), opset]);
    const code = expect.objectContaining({ code: expect.stringMatching(/^tensor\/.*-onnx$/) });
    expect(() => inspectOnnx(withParts(message(5, [bytes(1, many), text(8, "w")])))).toThrow(code);
    const single = Array.from({ length: 70 }, () => whole(1, 1));
    expect(() => inspectOnnx(withParts(message(5, [...single, text(8, "w")])))).toThrow(
      "70 sizes in a shape; expected at most 64".replace("70", "65"),
    );
    expect(() => inspectOnnx(withParts(message(5, [text(8, "w".repeat(70_000))])))).toThrow(
      "a name is 70000 bytes long",
    );
    const names = Array.from({ length: 500 }, (_, i) => message(5, [text(8, `w${i}`)]));
    expect(() => inspectOnnx(withParts(...names), { maxNodes: 10 })).toThrow(
      "201 names; expected at most 200",
    );
  });

  test("law: refuses damaged bytes with an error of its own", () => {
    const damaged = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    const judge = (some: Uint8Array): void => {
      try {
        inspectOnnx(some, { maxNodes: 100 });
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^tensor\/.*-onnx$/) });
      }
    };
    fc.assert(
      fc.property(damaged, fc.nat(file.length), (changes, length) => {
        const some = file.slice();
        for (const [at, to] of changes) some[at] = to;
        judge(some);
        judge(some.subarray(0, length));
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), judge));
    expect(() => inspectOnnx(new Uint8Array(0))).toThrow(code("tensor/corrupt-onnx"));
  });
});
