/** @file Tests of errors as the protocol tells them. */
import { describe, expect, test } from "vitest";
import { fail } from "../errors.ts";
import { protocolAnswer, refuse } from "./answer-error.ts";

const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe("protocolAnswer", () => {
  test("gives what was refused with its code and sentence", () => {
    const error = thrown(() => refuse("NOT_IMPLEMENTED", "not here"));
    expect(error).toMatchObject({ code: "server/mismatch-protocol", message: "not here" });
    expect(protocolAnswer(error)).toEqual({ code: "NOT_IMPLEMENTED", message: "not here" });
  });

  test("gives other errors of ours the code of their kind", () => {
    const error = thrown(() => fail("server/corrupt-body", { reason: "it is empty" }));
    expect(protocolAnswer(error)).toMatchObject({ code: "INVALID_PARAMETER_VALUE" });
  });

  test("says nothing of what went wrong inside", () => {
    expect(protocolAnswer(new TypeError("secret"))).toEqual({
      code: "INTERNAL_ERROR",
      message: "The server could not answer; its log says why.",
    });
  });
});
