import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import type { Signature } from "../flow.ts";
import { openLake } from "../table/index.ts";
import { openInferenceLog } from "./inference-log.ts";

const signature: Signature = {
  inputs: { tenure: { kind: "int", nullable: false } },
  output: { name: "churn", kind: "bool" },
};

/** Answers without end, and prints the id of each answer that was acknowledged. */
const program = (home: string, life: number): string => `
import { openLake } from ${JSON.stringify(new URL("../table/index.ts", import.meta.url).href)};
import { endpoint } from ${JSON.stringify(new URL("./endpoint.ts", import.meta.url).href)};
import { openInferenceLog } from ${JSON.stringify(new URL("./inference-log.ts", import.meta.url).href)};
const signature = ${JSON.stringify(signature)};
const lake = await openLake(${JSON.stringify(join(home, "lake"))});
const log = await openInferenceLog({
  lake, table: "serving.churn_log", signature, folder: ${JSON.stringify(join(home, "journal"))},
  flushRows: 7, flushMs: 3,
});
const predictAll = (rows) => rows.map(() => ({ value: true, probability: 0.5 }));
const churn = endpoint({ name: "churn", model: { signature, predictAll }, version: 1, log });
const ask = async (line) => {
  for (let i = 0; ; i++) {
    const requestId = "${life}-" + line + "-" + i;
    await churn.answer([{ tenure: i }], { requestId });
    process.stdout.write(requestId + ".\\n");
    if (i % 5 === 0) await new Promise((next) => setImmediate(next));
  }
};
await Promise.all([1, 2, 3].map(ask));
`;

/** Runs the program until it has acknowledged so many answers, and kills it then. */
async function killAfter(path: string, answers: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.endsWith(".")) acknowledged.push(line.slice(0, -1)); // the last line may be cut
    if (acknowledged.length === answers) child.kill("SIGKILL");
  }
  return acknowledged;
}

describe("openInferenceLog", () => {
  test("law: every acknowledged row is in the table exactly once, after ten kills", async () => {
    const home = await mkdtemp(join(tmpdir(), "millrace-crash-"));
    const draws = random(8);
    const acknowledged: string[] = [];
    for (let life = 0; life < 10; life++) {
      const path = join(home, "program.ts");
      await writeFile(path, program(home, life));
      acknowledged.push(...(await killAfter(path, 1 + draws.below(400))));
    }
    await using lake = await openLake(join(home, "lake"));
    await using log = await openInferenceLog({
      lake,
      table: "serving.churn_log",
      signature,
      folder: join(home, "journal"),
    });
    const ids = await (await log.read()).texts("request_id");
    const times = new Map<string, number>();
    for (const id of ids) times.set(id ?? "", (times.get(id ?? "") ?? 0) + 1);
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((id) => times.get(id) !== 1)).toEqual([]);
    expect([...times].filter(([, count]) => count > 1)).toEqual([]);
    await rm(home, { recursive: true, force: true });
  });
});
