/**
 * @file How time and memory of boosting grow with the rows: 28 features, 20 trees of depth 6, from 10,000 to 5,000,000 rows, each in a
 * process of its own. Prints a table. `node bench/growth.ts [threads] [most rows]`
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { random } from "../src/core/index.ts";
import { boost } from "../src/model/index.ts";
import { timed } from "./turns.ts";

const width = 28;
const [threads, most, child] = [
  Number(process.argv[2] ?? 1),
  Number(process.argv[3] ?? 5_000_000),
  process.argv[4],
];
const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

if (child === undefined) {
  console.log("|      rows | seconds | of processor | µs a row and tree | input MB | peak MB |");
  console.log("|----------:|--------:|-------------:|------------------:|---------:|--------:|");
  for (const rows of [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 5_000_000])
    if (rows <= most) {
      const args = [fileURLToPath(import.meta.url), `${threads}`, `${most}`, `${rows}`];
      process.stdout.write(execFileSync(process.execPath, args, { encoding: "utf8" }));
    }
} else await grow(Number(child));

/** Learns from some rows, and prints a line of the table. */
async function grow(rows: number): Promise<void> {
  const draws = random(1).stream("growth");
  const x = { rows, cols: width, data: new Float64Array(rows * width) };
  for (let i = 0; i < x.data.length; i++) x.data[i] = draws.next();
  const y = Float64Array.from({ length: rows }, (_, i) =>
    Number((x.data[i * width] ?? 0) * (x.data[i * width + 1] ?? 0) + draws.next() > 0.8),
  );
  const names = Array.from({ length: width }, (_, j) => `f${j}`);
  const trees = 20;
  const estimator = boost({ trees, depth: 6, threads });
  const { seconds, cpuSeconds } = await timed(async () => {
    await estimator.learn({ x, y, names, source: "sha256:00" });
  });
  const peak = megabytes(process.resourceUsage().maxRSS * 1024);
  const columns = [
    rows.toLocaleString("en").padStart(9),
    seconds.toFixed(2).padStart(7),
    cpuSeconds.toFixed(2).padStart(12),
    ((1e6 * cpuSeconds) / rows / trees).toFixed(3).padStart(17),
    `${megabytes(8 * x.data.length)}`.padStart(8),
    `${peak}`.padStart(7),
  ];
  console.log(`| ${columns.join(" | ")} |`);
}
