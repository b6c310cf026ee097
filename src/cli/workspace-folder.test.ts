import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { workspaceFolder } from "./workspace-folder.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("workspaceFolder", () => {
  test("is what MILLRACE_DIR names, the current folder if it is a workspace, or the demo's", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-folder-"));
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
    vi.stubEnv("MILLRACE_DIR", "");
    expect(workspaceFolder()).toBe("millrace-demo");
    await writeFile(join(folder, "lake.json"), "{}");
    expect(workspaceFolder()).toBe(".");
    vi.stubEnv("MILLRACE_DIR", "/somewhere");
    expect(workspaceFolder()).toBe("/somewhere");
    cwd.mockRestore();
    await rm(folder, { recursive: true });
  });
});
