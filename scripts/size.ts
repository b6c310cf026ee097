/** @file Lines of each room, and a failure where a file has grown past what one idea needs. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Files that may be longer, each with its reason. */
const reasons: Readonly<Record<string, string>> = {
  "src/tensor/kernels/forest.as.ts": "a kernel is one module: a whole tree grows in it",
  "src/check/index.ts": "one door for suites, checkpoints, profiles and data docs",
};
const limits = { source: 500, test: 500, index: 60 };

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join("src", name));
const lines = new Map(
  files.map((file) => [file, readFileSync(file, "utf8").split("\n").length - 1]),
);

const rooms = new Map<string, { code: number; tests: number; files: number }>();
for (const [file, count] of lines) {
  const room = file.split(/[\\/]/)[1] ?? "";
  const name = room.endsWith(".ts") ? "(doors)" : room;
  const sum = rooms.get(name) ?? { code: 0, tests: 0, files: 0 };
  if (file.endsWith(".test.ts")) sum.tests += count;
  else sum.code += count;
  sum.files += 1;
  rooms.set(name, sum);
}
console.log("room        code   tests   files");
for (const [room, { code, tests, files: n }] of [...rooms].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(
    `${room.padEnd(10)} ${String(code).padStart(5)} ${String(tests).padStart(7)} ${String(n).padStart(7)}`,
  );

const tooLong = [...lines].filter(([file, count]) => {
  if (file in reasons) return false;
  if (basename(file) === "index.ts") return count > limits.index;
  return count > (file.endsWith(".test.ts") ? limits.test : limits.source);
});
for (const [file, count] of tooLong)
  console.error(
    `size: ${file} has ${count} lines; split it where two ideas live in it, or list a reason in scripts/size.ts`,
  );
process.exitCode = tooLong.length === 0 ? 0 : 1;
