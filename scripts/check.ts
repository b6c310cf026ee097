/**
 * @file `./mill test`: everything that must hold, in the order that fails fastest: types, lint,
 * layers, sizes and generated documents, then the tests. `--interop` adds the real peers. The last
 * lines name what failed and say `N passed, N failed`; each stage that is not a test run counts as one.
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

/** Runs one stage, showing its output as it comes, but for the line that counts. */
async function run(name: string, command: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  console.log(`\n── ${name} ${"─".repeat(70 - name.length)}`);
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
    env: { ...process.env, NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
  });
  let counted: readonly number[] | undefined;
  const failures: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const closing = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line);
    if (line.startsWith("FAILED: ")) failures.push(line);
    else if (closing === null) console.log(line);
    else counted = closing.slice(1).map((digits) => Number(digits ?? 0));
  }
  const code = await new Promise<number | null>((done) => {
    if (child.exitCode !== null) done(child.exitCode);
    else child.on("exit", done);
  });
  const [passed = code === 0 ? 1 : 0, lost = 0, skipped = 0] = counted ?? [];
  const failed = code === 0 ? lost : Math.max(lost, 1);
  const seconds = (performance.now() - started) / 1000;
  return { name, passed, failed, skipped, seconds, failures };
}

const wanted = process.argv.slice(2);
const names = wanted.filter((word) => !word.startsWith("--"));
const outcomes: Outcome[] = [];
for (const [name, command] of Object.entries(stages))
  if (names.length === 0 || names.includes(name)) outcomes.push(await run(name, command));
if (wanted.includes("--interop")) outcomes.push(await run("interop", interop));

console.log("");
for (const { name, failed, seconds } of outcomes)
  console.log(`${failed === 0 ? "ok  " : "FAIL"} ${name.padEnd(8)} ${seconds.toFixed(1)} s`);
for (const line of outcomes.flatMap(({ failures }) => failures)) console.log(line);
const sum = (pick: (outcome: Outcome) => number): number =>
  outcomes.reduce((total, outcome) => total + pick(outcome), 0);
const failed = sum((outcome) => outcome.failed);
const skipped = sum((outcome) => outcome.skipped);
const tail = skipped > 0 ? `, ${skipped} skipped` : "";
console.log(`${sum((outcome) => outcome.passed)} passed, ${failed} failed${tail}`);
process.exitCode = failed === 0 ? 0 : 1;
