/** @file A package from npm, installed once under `.cache/`, without running what it would install. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder in which the package can be imported, or the reason why there is none. */
export type Installed =
  | { readonly folder: string; readonly missing?: never }
  | { readonly missing: string; readonly folder?: never };

/** Installs a package of exactly this version. */
export function npmPackage(name: string, version: string): Installed {
  const folder = join(import.meta.dirname, "../../.cache/npm", `${name}-${version}`);
  const ready = join(folder, "ready");
  if (existsSync(ready)) return { folder };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}\n');
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${version}`];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const made = spawnSync(npm, args, { cwd: folder, encoding: "utf8", timeout: 240_000 });
  if (made.status !== 0)
    return { missing: `npm install ${name} failed: ${made.error ?? made.stderr.trim()}` };
  writeFileSync(ready, "");
  return { folder };
}
