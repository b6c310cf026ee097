/** @file Tests of kernels that are of another version than the sources. */
import { describe, expect, test } from "vitest";
import { loadKernelFile, loadKernelSync } from "./kernel-file.ts";

describe("loadKernelFile", () => {
  test("says which functions a kernel lacks, and how to make it anew", async () => {
    const lacking = expect.objectContaining({
      code: "tensor/missing-kernel",
      message: expect.stringMatching(/trees\.wasm .*"foresee".*npm run kernels/),
    });
    const needed = ["predictAny", "foresee"];
    await expect(loadKernelFile("trees", needed)).rejects.toThrow(lacking);
    expect(() => loadKernelSync("trees", needed)).toThrow(lacking);
    expect(loadKernelSync("trees", ["predictAny"])).toBe(await loadKernelFile("trees"));
  });
});
