/**
 * @file The types of a program of the user's, checked against this checkout: what `./mill run --check` does first.
 * Takes the program's path; exits with 2 and the compiler's words when there are errors.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const program = resolve(process.argv[2] ?? "");

// A bundler's resolution, because a file beside no package.json may await at its top here, as it may in Node.
const config = {
  extends: join(root, "tsconfig.json"),
  files: [program],
  include: [],
  compilerOptions: {
    module: "preserve",
    moduleResolution: "bundler",
    typeRoots: [join(root, "node_modules", "@types")],
    rootDir: parse(program).root,
    noEmit: true,
    declaration: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
  },
};

const folder = mkdtempSync(join(tmpdir(), "mill-check-"));
try {
  const project = join(folder, "tsconfig.json");
  writeFileSync(project, JSON.stringify(config));
  const compiler = join(root, "node_modules", "typescript-native", "bin", "tsc");
  const pretty = process.stderr.isTTY === true ? ["--pretty"] : [];
  const done = spawnSync(process.execPath, [compiler, "-p", project, ...pretty], {
    stdio: ["ignore", 2, 2],
  });
  process.exitCode = done.status === 0 ? 0 : 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
