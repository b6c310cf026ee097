/** @file Tests of threads that wait for the next job: they are used again, and keep nobody waiting. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dismiss, hire } from "./hands.ts";

const script = (source: string): URL => new URL(`data:text/javascript,${source}`);
const answering =
  "import { parentPort } from 'node:worker_threads'; parentPort.on('message', (m) => parentPort.postMessage(m + 1))";

describe("hire", () => {
  test("gives a thread that waits for the same file, without what listened to it", async () => {
    const file = script(answering);
    const first = hire(file, "first");
    const heard: unknown[] = [];
    first.on("message", (message) => heard.push(message));
    const answer = once(first, "message");
    first.postMessage(1);
    expect(await answer).toEqual([2]);
    dismiss(first, file);
    const other = hire(script(`${answering};//`), "other");
    expect(other).not.toBe(first);
    const again = hire(file, "again");
    expect(again).toBe(first);
    const next = once(again, "message");
    again.postMessage(5);
    expect(await next).toEqual([6]);
    expect(heard).toEqual([2]);
    await Promise.all([again.terminate(), other.terminate()]);
  });

  test("gives no thread that has ended while it waited", async () => {
    const file = script(
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(0))",
    );
    const ending = hire(file, "ending");
    await once(ending, "online");
    dismiss(ending, file);
    const gone = once(ending, "exit");
    ending.postMessage("go");
    await gone;
    const next = hire(file, "next");
    expect(next).not.toBe(ending);
    await next.terminate();
  });

  test("keeps no process alive", async () => {
    const program = `
      const { trainTrees } = await import(${JSON.stringify(new URL("./train.ts", import.meta.url).href)});
      const x = { rows: 3000, cols: 1, data: Float64Array.from({ length: 3000 }, (_, i) => i) };
      const y = x.data.map((v) => Number(v > 900));
      await trainTrees({ x, y, base: 0, threads: 2, options: { trees: 2 } });
      console.log("trained");`;
    const folder = await mkdtemp(join(tmpdir(), "millrace-hands-"));
    const file = join(folder, "train.mjs");
    await writeFile(file, program);
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (data) => {
      said += String(data);
    });
    const [code] = await once(child, "close");
    expect([code, said]).toEqual([0, "trained\n"]);
    await rm(folder, { recursive: true });
  });
});
