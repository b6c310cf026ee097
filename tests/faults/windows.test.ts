import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFeatures } from "../../src/feature/index.ts";
import { type Lake, openLake } from "../../src/table/index.ts";
import { orders, spanMs, spending } from "./windows-child.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-windows-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The newest row of each window, beside what all rows of the source say; which windows that had ended a second before a moment are missing. */
async function told(lake: Lake, until: Date) {
  const rows = await readFeatures(lake, spending.table);
  const source = await lake.table("shop.orders", orders).read();
  const newest = `SELECT * FROM (${rows.sql}) QUALIFY row_number() OVER (PARTITION BY who, window_end ORDER BY known_at DESC) = 1`;
  const naive = `SELECT n.*, coalesce((SELECT struct_pack(paid := sum(s.paid), orders := count(*)) FROM (${source.sql}) s
    WHERE s.who = n.who AND s."at" < n.window_end AND s."at" >= n.window_end - to_milliseconds(${spanMs}))) AS found FROM (${newest}) n`;
  const [counted] = await lake.engine.query(
    `SELECT count(*) AS windows, count(*) FILTER (paid IS DISTINCT FROM found.paid OR orders IS DISTINCT FROM found.orders) AS wrong FROM (${naive})`,
  );
  const ends = `SELECT DISTINCT who, make_timestamptz((epoch_ms("at") // 1000 + 1) * 1000000) AS window_end FROM (${source.sql})`;
  const [left] = await lake.engine.query(
    `SELECT count(*) AS missing FROM (${ends}) ANTI JOIN (${newest}) USING (who, window_end) WHERE window_end <= make_timestamptz(${until.getTime() - 1000} * 1000)`,
  );
  return {
    windows: Number(counted?.["windows"]),
    wrong: Number(counted?.["wrong"]),
    missing: Number(left?.["missing"]),
  };
}

/** Waits for a child's first word; one that ends without a word fails the test with what it said instead. */
async function begun(child: ChildProcess): Promise<void> {
  let errors = "";
  child.stderr?.on("data", (data) => {
    errors += String(data);
  });
  const ended = once(child, "close").then(() =>
    Promise.reject(new Error(`a child ended: ${errors}`)),
  );
  await Promise.race([once(child.stdout ?? child, "data"), ended]);
  ended.catch(() => undefined); // killed later
}

describe("windows that two processes refresh at once, and that are killed", () => {
  test("say afterwards what all rows of the source say", async () => {
    const at = join(folder, "lake");
    for (let round = 0; round < 4; round++) {
      const children = [0, 1].map((first) =>
        spawn(process.execPath, [
          ...[join(import.meta.dirname, "windows-child.ts"), at, String(round * 100_000 + first)],
        ]),
      );
      await Promise.all(children.map(begun));
      await new Promise((later) => setTimeout(later, 400 + 170 * round));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(
        children.map((child) => child.exitCode ?? child.signalCode ?? once(child, "exit")),
      );
      await using lake = await openLake(at);
      const until = new Date(); // what ends while the refresh is at work is not its business
      await spending.refresh(lake, { until });
      const found = await told(lake, until);
      expect(found).toMatchObject({ wrong: 0, missing: 0 });
      expect(found.windows).toBeGreaterThan(round);
    }
  });
});
