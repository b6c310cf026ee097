#!/usr/bin/env node
/**
 * @file What `millrace` starts with: a Node that is too old is told so before anything else is loaded,
 * and what is loaded comes compiled from the last time.
 */
import * as module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `millrace needs Node 22.18 or newer; this is ${process.version}. Install a newer Node, or run ./mill in a checkout, which brings its own.\n`,
  );
  process.exitCode = 5;
} else {
  const caches = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  module.enableCompileCache(join(caches, "millrace", "compiled"));
  await import("./program.ts");
}
