/**
 * @file `./mill bench demo`: how long the demo takes, stage by stage, in a folder of its own. There is
 * no peer that does all of it; the ratio is to the bar of 20 seconds.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const rounds = 3;
const main = join(import.meta.dirname, "../src/cli/main.ts");

interface Outcome {
  readonly seconds: number;
  readonly stages: Readonly<Record<string, number>>;
}

const outcomes: Outcome[] = [];
for (let round = 0; round < rounds; round++) {
  const folder = mkdtempSync(join(tmpdir(), "millrace-bench-"));
  const args = [
    "--disable-warning=ExperimentalWarning",
    main,
    "demo",
    "--dir",
    join(folder, "demo"),
    "--json",
  ];
  const done = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  rmSync(folder, { recursive: true });
  if (done.status !== 0) throw new Error(`the demo ended with ${done.status}`);
  outcomes.push(JSON.parse(done.stdout.trim().split("\n").at(-1) ?? "") as Outcome);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const names = Object.keys(outcomes[0]?.stages ?? {});
const stages = Object.fromEntries(
  names.map((name) => [name, median(outcomes.map((one) => one.stages[name] ?? Number.NaN))]),
);
const ours = median(outcomes.map((one) => one.seconds));
console.log(JSON.stringify({ stages }));
console.log(JSON.stringify({ bench: "demo", ours, peer: 20, ratio: ours / 20, unit: "s" }));
