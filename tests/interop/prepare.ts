/**
 * @file Installs every peer, one after the other and at low priority, so that the interop tests find
 * them; says in a line each how it went. What cannot be installed here, its test tries again.
 */
import { setPriority } from "node:os";
import { npmPackage } from "./npm.ts";
import { versitygwProgram } from "./object-servers.ts";
import { npmPeers, pythonPeers } from "./peers.ts";
import { pythonWith } from "./python.ts";

setPriority(5);

const keysOf = <K extends string>(of: Readonly<Record<K, unknown>>): readonly K[] =>
  Object.keys(of).filter((key): key is K => key in of);

const peers: readonly (readonly [string, () => { readonly missing?: string | undefined }])[] = [
  ...keysOf(pythonPeers).map(
    (name) => [name, () => ({ missing: undefined, ...pythonWith(name) })] as const,
  ),
  ...keysOf(npmPeers).map((name) => [name, () => npmPackage(name)] as const),
  ["versitygw", versitygwProgram],
];
for (const [name, install] of peers) {
  const started = performance.now();
  const { missing } = install();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const why = missing === undefined ? "" : `  ${missing}`;
  process.stdout.write(`${name.padEnd(18)} ${seconds.padStart(6)} s${why}\n`);
}
