/** @file A package from npm, installed once under `.cache/`, without running what it would install. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alone, patienceMs } from "./alone.ts";
import { npmPeers } from "./peers.ts";

/** The folder in which the package can be imported, or the reason why there is none. */
export type Installed =
  | { readonly folder: string; readonly missing?: never }
  | { readonly missing: string; readonly folder?: never };

/** Installs a package of exactly the version that `peers.ts` names. */
export function npmPackage(name: keyof typeof npmPeers): Installed {
  const version = npmPeers[name];
  const folder = join(import.meta.dirname, "../../.cache/npm", `${name}-${version}`);
  const ready = join(folder, "ready");
  if (existsSync(ready)) return { folder };
  return alone(folder, () => (existsSync(ready) ? { folder } : install()));

  function install(): Installed {
    rmSync(folder, { recursive: true, force: true }); // what an installation that was ended left
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}\n');
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${version}`];
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const made = spawnSync(npm, args, { cwd: folder, encoding: "utf8", timeout: patienceMs });
    if (made.status !== 0)
      return { missing: `npm install ${name} failed: ${made.error ?? made.stderr.trim()}` };
    writeFileSync(ready, "");
    return { folder };
  }
}
