import { describe } from "vitest";
import { checkBytes } from "../../tests/conform/bytes.ts";
import { memoryBytes } from "./index.ts";

describe("memoryBytes", () => {
  checkBytes(async () => memoryBytes());
});
