/**
 * @file `./mill test`: everything that must hold, in the order that fails fastest: types, lint,
 * layers, sizes and generated documents, then the tests. `--interop` adds the real peers, which are
 * installed while the rest runs. The last lines name what failed and say `N passed, N failed`; each
 * stage that is not a test run counts as one.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** A line for each test that failed, told again at the end. */
  readonly failures: readonly string[];
}

const bin = (name: string): string => `node_modules/.bin/${name}`;
const node = process.execPath;
const stages: Readonly<Record<string, readonly string[]>> = {
  types: [node, "node_modules/typescript-native/bin/tsc", "--noEmit"],
  lint: [bin("biome"), "check", "--error-on-warnings", "."],
  layers: [bin("depcruise"), "src", "--config", ".dependency-cruiser.cjs"],
  size: [node, "scripts/size.ts"],
  docs: [node, "scripts/docs.ts", "--check"],
  tests: [bin("vitest"), "run"],
};
const interop = [bin("vitest"), "run", "--config", "vitest.interop.config.ts"];

const line = (name: string): string => `\n── ${name} ${"─".repeat(70 - name.length)}`;

/** Starts a program that ends with this one. */
function start(command: readonly string[]) {
  const child = spawn(node, ["scripts/leash.ts", ...command], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: process.platform !== "win32",
    env: { ...process.env, NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
  });
  const code = new Promise<number | null>((done) => child.on("exit", done));
  return { lines: createInterface({ input: child.stdout }), code };
}

/** Runs one stage, showing its output as it comes, but for the line that counts. */
async function run(name: string, command: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  console.log(line(name));
  const { lines, code: ended } = start(command);
  let counted: readonly number[] | undefined;
  const failures: string[] = [];
  for await (const text of lines) {
    const closing = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(text);
    if (text.startsWith("FAILED: ")) failures.push(text);
    else if (closing === null) console.log(text);
    else counted = closing.slice(1).map((digits) => Number(digits ?? 0));
  }
  const code = await ended;
  const [passed = code === 0 ? 1 : 0, lost = 0, skipped = 0] = counted ?? [];
  const failed = code === 0 ? lost : Math.max(lost, 1);
  const seconds = (performance.now() - started) / 1000;
  return { name, passed, failed, skipped, seconds, failures };
}

/** Installs the peers while the stages run; the promise is of what it has to say. */
async function preparePeers(): Promise<readonly string[]> {
  const said: string[] = [];
  for await (const text of start([node, "tests/interop/prepare.ts"]).lines) said.push(text);
  return said;
}

const wanted = process.argv.slice(2);
const names = wanted.filter((word) => !word.startsWith("--"));
const outcomes: Outcome[] = [];
const peers = wanted.includes("--interop") ? preparePeers() : undefined;
for (const [name, command] of Object.entries(stages))
  if (names.length === 0 || names.includes(name)) outcomes.push(await run(name, command));
if (peers !== undefined) {
  const started = performance.now();
  const said = await peers; // two installations must not meet, and the tests wait for nothing
  const seconds = (performance.now() - started) / 1000;
  console.log([line("peers"), ...said, `waited ${seconds.toFixed(1)} s`].join("\n"));
  outcomes.push(await run("interop", interop));
}

console.log("");
for (const { name, failed, seconds } of outcomes)
  console.log(`${failed === 0 ? "ok  " : "FAIL"} ${name.padEnd(8)} ${seconds.toFixed(1)} s`);
for (const failure of outcomes.flatMap(({ failures }) => failures)) console.log(failure);
const sum = (pick: (outcome: Outcome) => number): number =>
  outcomes.reduce((total, outcome) => total + pick(outcome), 0);
const failed = sum((outcome) => outcome.failed);
const skipped = sum((outcome) => outcome.skipped);
const tail = skipped > 0 ? `, ${skipped} skipped` : "";
console.log(`${sum((outcome) => outcome.passed)} passed, ${failed} failed${tail}`);
process.exitCode = failed === 0 ? 0 : 1;
