import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { steppingClock } from "../core/index.ts";
import type { Answered, Signature } from "../flow.ts";
import { type Lake, openLake } from "../table/index.ts";
import { type InferenceLogOptions, openInferenceLog } from "./inference-log.ts";
import { formatHeader, formatLine } from "./segment.ts";

const signature: Signature = {
  inputs: {
    tenure: { kind: "int", nullable: false },
    contract: { kind: "category", nullable: true, levels: ["month", "year"] },
    since: { kind: "timestamp", nullable: true },
  },
  output: { name: "churn", kind: "bool" },
};
const answer = (requestId: string, change: Partial<Answered> = {}): Answered => ({
  requestId,
  atMs: 1000,
  endpoint: "churn",
  version: 2,
  input: { tenure: 3, contract: "decade", since: new Date(5) },
  prediction: { value: true, probability: 0.75 },
  warnings: ["odd"],
  ...change,
});

let home: string;
let lake: Lake;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-log-"));
  lake = await openLake(join(home, "lake"));
});
afterEach(async () => {
  await lake.close();
  await rm(home, { recursive: true, force: true });
});
const folder = (): string => join(home, "journal");
const openLog = (change: Partial<InferenceLogOptions> = {}) =>
  openInferenceLog({
    lake,
    table: "serving.churn_log",
    signature,
    folder: folder(),
    clock: steppingClock(5000),
    ...change,
  });
const segments = async (): Promise<readonly string[]> =>
  (await readdir(folder())).filter((name) => name.endsWith(".jsonl"));

describe("openInferenceLog", () => {
  test("refuses a table of another signature before anything is answered", async () => {
    await (await openLog()).close();
    const { since: _, ...inputs } = signature.inputs;
    for (const other of [inputs, { ...signature.inputs, more: { kind: "int", nullable: true } }]) {
      const changed = { ...signature, inputs: other } as Signature;
      await expect(openLog({ signature: changed })).rejects.toMatchObject({
        code: "table/mismatch-columns",
      });
    }
    await (await openLog()).close(); // the journal's folder is as good as before
  });

  test("keeps an answer as a row of a table", async () => {
    await using log = await openLog();
    await log.append([answer("a")]);
    expect(await (await log.read()).rows()).toEqual([
      {
        request_id: "a",
        at: new Date(1000),
        endpoint: "churn",
        model_version: 2,
        tenure: 3,
        contract: "decade",
        since: new Date(5),
        prediction: true,
        probability: 0.75,
        warnings: '["odd"]',
      },
    ]);
    expect(log.state()).toEqual({
      rows: 1,
      segmentsWaiting: 0,
      failure: null,
      flushedAtMs: 5000,
    });
  });

  test("has a table before the first answer", async () => {
    await using log = await openLog();
    expect(await (await log.read()).count()).toBe(0);
  });

  test("makes one write of the answers that come together", async () => {
    const log = await openLog();
    await Promise.all(Array.from({ length: 50 }, (_, i) => log.append([answer(`r${i}`)])));
    const [name = ""] = await segments();
    expect((await readFile(join(folder(), name), "utf8")).split("\n")).toHaveLength(52);
    await log.close();
    expect(await readdir(folder())).toEqual([]);
    await using again = await openLog();
    expect(await (await again.read()).count()).toBe(50);
  });

  test("writes the table when a segment is full, and when its time has passed", async () => {
    await using log = await openLog({ flushRows: 10, flushMs: 20 });
    const table = lake.table("serving.churn_log", { name: "log", columns: log.columns });
    for (let i = 0; i < 25; i++) await log.append([answer(`r${i}`)]);
    await vi.waitFor(async () => expect(await (await table.read()).count()).toBe(25), 10_000);
    expect(await segments()).toEqual([]);
  });

  test("survives the power failing, where it is asked to", async () => {
    await using log = await openLog({ durability: "machine" });
    await log.append([answer("a")]);
    expect(await (await log.read()).count()).toBe(1);
  });

  test("recovers what a dead writer left, and leaves the living alone", async () => {
    const living = await openLog();
    await living.append([answer("living")]);
    const dead = "0".repeat(32);
    const lines = [answer("dead-1"), answer("dead-2")].map((a) =>
      formatLine([a.requestId, new Date(1), "churn", 1, 3, null, null, false, 0.5, "[]"]),
    );
    const first = formatHeader(living.columns) + (lines[0] ?? "");
    const second = `${formatHeader(living.columns)}${lines[1]}["torn`;
    await writeFile(join(folder(), `${dead}-00000002.jsonl`), second);
    await writeFile(join(folder(), `${dead}-00000001.jsonl`), first);
    await using log = await openLog();
    expect(log.recovered).toEqual({ segments: 2, rows: 2, tornLines: 1 });
    expect(await (await log.read()).texts("request_id")).toEqual(["dead-1", "dead-2"]);
    await living.append([answer("living-2")]);
    await living.close();
    const ids = await (await log.read()).texts("request_id");
    expect([...ids].sort()).toEqual(["dead-1", "dead-2", "living", "living-2"]);
  });

  test("takes a segment once when a crash came between its commit and its removal", async () => {
    await using log = await openLog();
    const name = `${"a".repeat(32)}-00000001.jsonl`;
    const text =
      formatHeader(log.columns) +
      formatLine(["x", new Date(1), "churn", 1, 3, null, null, false, 0.5, "[]"]);
    for (let crash = 0; crash < 3; crash++) {
      await writeFile(join(folder(), name), text);
      await (await openLog()).close();
    }
    expect(await (await log.read()).texts("request_id")).toEqual(["x"]);
  });

  test("takes only what is new when a committed segment lies beside one that is not", async () => {
    await using log = await openLog();
    const write = (segment: number, id: string) =>
      writeFile(
        join(folder(), `${"c".repeat(32)}-0000000${segment}.jsonl`),
        formatHeader(log.columns) +
          formatLine([id, new Date(1), "churn", 1, 3, null, null, false, 0.5, "[]"]),
      );
    await write(1, "x");
    await (await openLog()).close(); // committed, and removed
    await write(1, "x"); // as if the crash had come before the removal
    await write(2, "y");
    await (await openLog()).close();
    expect(await (await log.read()).texts("request_id")).toEqual(["x", "y"]);
  });

  test("does not start over a journal that it cannot read", async () => {
    const log = await openLog();
    await log.close();
    const path = join(folder(), `${"b".repeat(32)}-00000001.jsonl`);
    await writeFile(path, `${formatHeader(log.columns)}[1]\n`);
    await expect(openLog()).rejects.toMatchObject({ code: "serve/corrupt-journal" });
    await writeFile(path, '{"journal":1,"columns":["other"]}\n');
    await expect(openLog()).rejects.toMatchObject({ code: "serve/mismatch-journal" });
    expect(await segments()).toHaveLength(1);
  });

  test("keeps answering while the table cannot be written, and catches up", async () => {
    const log = await openLog();
    await log.append([answer("a")]);
    const [name = ""] = await segments();
    await appendFile(join(folder(), name), "broken\n");
    await expect(log.flush()).rejects.toMatchObject({ code: "serve/corrupt-journal" });
    expect(log.state()).toMatchObject({ segmentsWaiting: 1, failure: expect.any(String) });
    await log.append([answer("b")]);
    const text = await readFile(join(folder(), name), "utf8");
    await writeFile(join(folder(), name), text.replace("broken\n", ""));
    expect(await (await log.read()).texts("request_id")).toEqual(["a", "b"]);
    expect(log.state()).toMatchObject({ segmentsWaiting: 0, failure: null });
    await log.close();
  });

  test("refuses an answer that the table would refuse", async () => {
    await using log = await openLog();
    const refused = { code: "serve/mismatch-answer" };
    const prediction = { value: true, probability: Number.NaN };
    await expect(log.append([answer("a", { prediction })])).rejects.toMatchObject(refused);
    await expect(log.append([answer("a\0")])).rejects.toMatchObject(refused);
    await expect(log.append([answer("a", { input: {} })])).rejects.toMatchObject(refused);
    const input = { tenure: 1, other: 2 };
    await expect(log.append([answer("a", { input })])).rejects.toMatchObject(refused);
    expect(log.state().rows).toBe(0);
  });

  test("gives no answer when the journal cannot be written", async () => {
    await writeFile(join(home, "file"), "");
    const broken = openLog({ folder: join(home, "file") });
    await expect(broken).rejects.toMatchObject({ code: "serve/failed-journal" });
    const log = await openLog();
    await rm(folder(), { recursive: true });
    await expect(log.append([answer("a")])).rejects.toMatchObject({
      code: "serve/failed-journal",
      kind: "environment",
    });
    await log.close();
  });

  test("refuses to append after it is closed", async () => {
    const log = await openLog();
    await log.close();
    await log.close();
    const closed = { code: "serve/conflict-closed" };
    await expect(log.append([answer("a")])).rejects.toMatchObject(closed);
    expect(() => log.flush()).toThrow(expect.objectContaining(closed));
  });

  test("refuses an input with the name of one of its own columns", async () => {
    const inputs = { At: { kind: "int", nullable: false } } as const;
    await expect(openLog({ signature: { ...signature, inputs } })).rejects.toMatchObject({
      code: "serve/duplicate-column",
    });
  });

  test.each([{ flushRows: 0 }, { flushMs: -1 }, { durability: "none" as "process" }])(
    "refuses the options %j",
    async (options) => {
      await expect(openLog(options)).rejects.toMatchObject({ code: "option/out-of-range" });
    },
  );
});
