import { describe, expect, test } from "vitest";
import { requestSchema } from "./request-schema.ts";

describe("requestSchema", () => {
  test("says what each kind of column takes", () => {
    expect(
      requestSchema({
        inputs: {
          tenure: { kind: "int", nullable: false, min: 0, unit: "months" },
          charges: { kind: "float", nullable: true, max: 10 },
          contract: { kind: "category", nullable: false, levels: ["month", "year"] },
          code: { kind: "text", nullable: true, pattern: "a|b" },
          senior: { kind: "bool", nullable: false },
          since: { kind: "timestamp", nullable: true },
        },
        output: { name: "churn", kind: "bool" },
      }),
    ).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      additionalProperties: false,
      required: ["tenure", "contract", "senior"],
      properties: {
        tenure: {
          type: "integer",
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          description: "in months",
        },
        charges: { type: ["number", "null"], maximum: 10 },
        contract: { type: "string", examples: ["month", "year"] },
        code: { type: ["string", "null"], pattern: "^(?:a|b)$" },
        senior: { type: "boolean" },
        since: { type: ["string", "null"], format: "date-time" },
      },
    });
  });
});
