import fc from "fast-check";
import { expect, test } from "vitest";
import { joined, whole, wholes } from "./protobuf.ts";

test("law: many whole numbers are written as each by itself", () => {
  const number = fc.oneof(fc.constantFrom(0, 127, 128, 2 ** 32, 2 ** 53 - 1), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.array(number), fc.integer({ min: 1, max: 40 }), (values, field) => {
      expect(wholes(field, values)).toEqual(joined(values.map((value) => whole(field, value))));
    }),
  );
});
