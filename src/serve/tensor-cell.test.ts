/** @file Tests of arrays in requests. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnSpec, Signature } from "../flow.ts";
import { mlflowSignature } from "../run/index.ts";
import { checkRow, rowChecker } from "./check-row.ts";
import { logColumns } from "./log-columns.ts";
import { requestSchema } from "./request-schema.ts";
import { tensorText } from "./tensor-cell.ts";

const image: ColumnSpec = {
  kind: "text",
  nullable: false,
  tensor: { type: "uint8", shape: [1, 2, 3] },
};
const signature: Signature = {
  inputs: { image },
  output: { name: "digit", kind: "category", levels: ["0"] },
};
const cell = "AAECAwT/"; // 0, 1, 2, 3, 4, 255
const rows = [[0, 1, 2], [3, 4, 255]]; // biome-ignore format: as it is

describe("rowChecker", () => {
  test("takes an image as nested lists, with axes of one anywhere, as one list, or in base64", () => {
    const forms = [[rows], rows, rows.map((row) => row.map((v) => [v])), rows.flat(), cell];
    for (const form of forms) expect(checkRow(signature, { image: form })).toEqual({ image: cell });
  });

  test.each([
    [
      "another shape",
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
    ["too few numbers", [0, 1, 2]],
    [
      "rows of unequal length",
      [
        [0, 1, 2],
        [3, 4],
      ],
    ],
    [
      "a number too large",
      [
        [0, 1, 2],
        [3, 4, 256],
      ],
    ],
    [
      "a number that is not whole",
      [
        [0, 1, 2],
        [3, 4, 0.5],
      ],
    ],
    [
      "a text among numbers",
      [
        [0, 1, 2],
        [3, 4, "5"],
      ],
    ],
    ["no base64", "AAECAwT?"],
    ["bytes of another length", "AAEC"],
    ["nothing", null],
    ["an endless nesting", [[[[[[[[[[[[0]]]]]]]]]]]]],
    ["an empty list", []],
  ])("refuses %s, and says what it takes", (_, given) => {
    const [problem] = rowChecker(signature)({ image: given }).problems;
    expect(problem).toMatchObject({
      field: "image",
      expected:
        "6 whole numbers from 0 to 255 as lists of shape [1, 2, 3], as one list, or in base64",
    });
  });

  test("law: numbers of 32 bits come through lists and base64 as they are", () => {
    const tensor = { type: "float32", shape: [4] } as const;
    const numbers: Signature = {
      ...signature,
      inputs: { x: { kind: "text", nullable: false, tensor } },
    };
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
          minLength: 4,
          maxLength: 4,
        }),
        (x) => {
          const told = checkRow(numbers, { x });
          expect(told).toEqual({ x: tensorText(x, tensor) });
          expect(checkRow(numbers, told)).toEqual(told);
        },
      ),
    );
    expect(rowChecker(numbers)({ x: [1e39, 0, 0, 0] }).problems).toHaveLength(1); // not a number of 32 bits
  });
});

test("schema, log and MLflow's signature know an image", () => {
  const { properties } = requestSchema(signature) as {
    properties: { image: { anyOf: readonly { type: string }[] } };
  };
  expect(properties.image.anyOf.map(({ type }) => type)).toEqual(["array", "array", "string"]);
  expect(logColumns("test", signature)["image"]).toMatchObject({ kind: "text" });
  expect(JSON.parse(mlflowSignature(signature).inputs)).toEqual([
    { name: "image", type: "tensor", "tensor-spec": { dtype: "uint8", shape: [-1, 1, 2, 3] } },
  ]);
});
