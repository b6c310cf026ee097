/** @file A Python with the peers in it: a virtual environment made once per set of packages. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hashOfJson } from "../../src/core/index.ts";
import { alone, patienceMs } from "./alone.ts";
import { pythonPeers } from "./peers.ts";

/** A Python that has the packages, or the reason why there is none. */
export type Python = { readonly path: string } | { readonly missing: string };

/** Makes (once) a virtual environment under `.cache/` with the packages that `peers.ts` lists. */
export function pythonWith(name: keyof typeof pythonPeers): Python {
  const packages = pythonPeers[name];
  const hash = hashOfJson(packages).slice(7, 19);
  const folder = join(import.meta.dirname, "../../.cache/python", hash);
  const path = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const ready = join(folder, "ready");
  if (existsSync(ready)) return { path };
  return alone(folder, () => (existsSync(ready) ? { path } : install()));

  function install(): Python {
    rmSync(folder, { recursive: true, force: true }); // what an installation that was ended left
    const made = spawnSync("python3", ["-m", "venv", folder], { encoding: "utf8" });
    if (made.status !== 0)
      return { missing: `python3 -m venv failed: ${made.error ?? made.stderr}` };
    // Python compiles what it imports, which is a small part of what is installed
    const quietly = ["--quiet", "--disable-pip-version-check", "--no-compile"];
    const args = ["-m", "pip", "install", ...quietly, ...packages];
    const installed = spawnSync(path, args, { encoding: "utf8", timeout: patienceMs });
    if (installed.status !== 0) return { missing: `pip failed: ${installed.stderr.trim()}` };
    mkdirSync(ready);
    return { path };
  }
}

/**
 * Runs a script and gives the JSON it prints. It ends by `os._exit`: threads of Arrow that are still
 * there at a normal exit sometimes abort the process after all is said.
 */
export function runPython(python: Python, script: string, args: readonly string[] = []): unknown {
  if ("missing" in python) throw new Error(python.missing);
  const done = spawnSync(
    python.path,
    ["-c", `${script}\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n`, ...args],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}
