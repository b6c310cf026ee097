/** @file The Pythons in which peers of the benches run: each made once, in a folder of .bench. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where benches keep what they make. */
export const benchFolder = fileURLToPath(new URL("../.bench/", import.meta.url));

/** A peer: the folder of its Python, and what is installed there. */
export interface PeerSetup {
  readonly folder: string;
  readonly packages: readonly string[];
}

export const deltalake: PeerSetup = { folder: "delta", packages: ["deltalake==1.2.1", "pyarrow"] };

/** A Python that has a peer. Throws, saying so, when the peer cannot be had. */
function pythonOf({ folder, packages }: PeerSetup): string {
  const place = join(benchFolder, folder);
  const python = join(place, "bin", "python");
  const installed = join(place, "installed.txt");
  const list = packages.join("\n");
  if (existsSync(installed) && readFileSync(installed, "utf8") === list) return python;
  console.log(`installing ${packages.join(", ")} in .bench/${folder} …`);
  try {
    execFileSync("python3", ["-m", "venv", "--clear", place]);
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages]);
    writeFileSync(installed, list);
  } catch (cause) {
    throw new Error(`the peer cannot be had: ${packages.join(", ")} could not be installed`, {
      cause,
    });
  }
  return python;
}

/** Runs a script in a Python that has a peer, in a process of its own, and gives the last line it prints. */
export function runPeer(peer: PeerSetup, script: string, args: readonly string[]): string {
  const printed = execFileSync(pythonOf(peer), ["-c", script, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"], // what it says on the way is part of the error if it fails
  });
  return printed.trim().split("\n").at(-1) ?? "";
}
