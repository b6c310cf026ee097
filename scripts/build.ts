/** @file The package's `dist/`: kernels, JavaScript and types by plain `tsc`, and the kernels beside them. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const run = (program: string, ...args: string[]): void => {
  const done = spawnSync(program, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (done.status !== 0) process.exit(done.status ?? 1);
};

rmSync("dist", { recursive: true, force: true });
run(process.execPath, "scripts/kernels.ts");
run(process.execPath, "node_modules/typescript-native/bin/tsc", "-p", "tsconfig.build.json");
for (const name of readdirSync("src", { recursive: true, encoding: "utf8" }))
  if (name.endsWith(".wasm")) cpSync(join("src", name), join("dist", name));
chmodSync(join("dist", "cli", "main.js"), 0o755);
