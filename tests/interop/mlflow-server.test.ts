/** @file Python's own MLflow client against `millrace server`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("mlflow");
if ("missing" in python) process.stdout.write(`mlflow interop skipped: ${python.missing}\n`);

const main = join(import.meta.dirname, "../../src/cli/main.ts");
const script = await readFile(join(import.meta.dirname, "mlflow-client.py"), "utf8");

/** Runs the server in a process of its own while something is done with it. */
async function withServer(
  folder: string,
  more: readonly string[],
  work: (url: string) => void,
): Promise<void> {
  const store = `sqlite:///${join(folder, "runs.db")}`;
  const places = ["--store", store, "--artifacts", join(folder, "files"), ...more];
  const args = ["--disable-warning=ExperimentalWarning", main, "server", "--json", "--port", "0"];
  const child = spawn(process.execPath, [...args, ...places], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  try {
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    work((JSON.parse(line) as { url: string }).url);
  } finally {
    child.kill();
    await ended;
  }
}

describe.skipIf("missing" in python)("mlflow's client", () => {
  test.each([
    ["itself", []],
    ["through the server", ["--proxy"]],
  ])(
    "tracks, searches and registers as with its own server, writing artifacts %s",
    async (_, more) => {
      const folder = await mkdtemp(join(tmpdir(), "millrace-mlflow-server-"));
      await withServer(folder, more, (url) => {
        expect(runPython(python, script, [url])).toEqual({ held: 28 });
      });
      await rm(folder, { recursive: true });
    },
  );
});
