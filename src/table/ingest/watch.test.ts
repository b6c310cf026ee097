import { appendFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failingCommits, landing } from "../../../tests/support/landing.ts";
import type { IngestReport } from "./ingest.ts";
import { type WatchTask, watchFolder } from "./watch.ts";

const into = "shop.orders";
const quick = { settleMs: 20, pollMs: 10 };

/** Watches, hands each report to the work, and ends when the work says so. */
async function watching(
  lake: Parameters<typeof watchFolder>[0],
  task: WatchTask,
  work: (report: IngestReport, n: number) => Promise<boolean>,
): Promise<readonly IngestReport[]> {
  const stop = new AbortController();
  const reports: IngestReport[] = [];
  for await (const report of watchFolder(lake, { ...task, signal: stop.signal })) {
    reports.push(report);
    if (await work(report, reports.length)) stop.abort();
  }
  return reports;
}

describe("watchFolder", () => {
  test("takes what is there, then files as they arrive, each once, and ends by its signal", async () => {
    await using place = await landing({ "a.csv": "id\n1\n" });
    const reports = await watching(
      place.lake,
      { from: place.from, into, ...quick },
      async (_, n) => {
        if (n === 1) await place.land({ "b.csv": "id\n2\n" });
        if (n === 2) await rename(join(place.from, "a.csv"), join(place.from, "z.csv"));
        if (n === 2) await place.land({ "c.csv": "id\n3\n" });
        return n === 3;
      },
    );
    expect(reports.map(({ rows }) => rows)).toEqual([1, 1, 1]);
    expect(await place.rows(into, "id")).toEqual([{ id: "1" }, { id: "2" }, { id: "3" }]);
  });

  test("waits until a file that is written has settled", async () => {
    await using place = await landing({ "a.csv": "id\n1\n" });
    let writing = 0;
    const write = setInterval(() => {
      writing += 1;
      if (writing <= 10) appendFileSync(join(place.from, "a.csv"), `${writing + 1}\n`);
      else clearInterval(write);
    }, 10);
    const task = { from: place.from, into, settleMs: 2000, pollMs: 10 }; // longer than a busy machine pauses
    const reports = await watching(place.lake, task, async () => true);
    expect(reports.map(({ rows }) => rows)).toEqual([11]);
  });

  test("is woken by the system long before it would look again", async () => {
    await using place = await landing({ "a.csv": "id\n1\n" });
    const task = { from: place.from, into, settleMs: 0, pollMs: 600_000 };
    const reports = await watching(place.lake, task, async (_, n) => {
      if (n === 1) setTimeout(() => void place.land({ "b.csv": "id\n2\n" }), 50);
      return n === 2;
    });
    expect(reports).toHaveLength(2);
  });

  test("reports a bad file once, and loads it when it is mended", async () => {
    await using place = await landing({ "a.csv": "id,v\n1\n" });
    const reports = await watching(
      place.lake,
      { from: place.from, into, ...quick },
      async (_, n) => {
        if (n === 1) await place.land({ "a.csv": "id,v\n1,2\n" });
        return n === 2;
      },
    );
    expect(reports[0]?.files).toMatchObject([
      { state: "refused", refusal: { code: "table/mismatch-cells" } },
    ]);
    expect(reports[1]?.files).toMatchObject([{ state: "loaded", rows: 1 }]);
  });

  test("tries a file again that met a failure of the store, until it is loaded", async () => {
    await using place = await landing({ "a.csv": "id\n1\n" });
    const failing = failingCommits(place.lake, into, 2);
    const reports = await watching(
      failing,
      { from: place.from, into, ...quick },
      async (_, n) => n === 3,
    );
    const failed = {
      state: "refused",
      refusal: { code: "store/failed-write", kind: "environment" },
    };
    expect(reports.map(({ files }) => files)).toMatchObject([
      [failed],
      [failed],
      [{ state: "loaded" }],
    ]);
    expect(await place.rows(into, "id")).toEqual([{ id: "1" }]);
  });

  test("ends at the failure of the store when refusals stop it", async () => {
    await using place = await landing({ "a.csv": "id\n1\n" });
    const task = { from: place.from, into, ...quick, onRefused: "stop" } as const;
    const first = watchFolder(failingCommits(place.lake, into, 1), task).next();
    await expect(first).rejects.toMatchObject({ code: "store/failed-write" });
  });

  test("takes at most maxFilesPerBatch files at a time", async () => {
    await using place = await landing({
      "a.csv": "id\n1\n",
      "b.csv": "id\n2\n",
      "c.csv": "id\n3\n",
    });
    const task = { from: place.from, into, ...quick, settleMs: 0, maxFilesPerBatch: 2 };
    const reports = await watching(place.lake, task, async (_, n) => n === 2);
    expect(reports.map(({ files }) => files.length)).toEqual([2, 1]);
  });

  test("refuses options that are out of range, and a folder that is not there", async () => {
    await using place = await landing();
    const first = (task: WatchTask) => watchFolder(place.lake, task).next();
    await expect(first({ from: place.from, into, settleMs: -1 })).rejects.toMatchObject({
      code: "option/out-of-range",
    });
    await expect(first({ from: join(place.from, "no"), into })).rejects.toMatchObject({
      code: "table/missing-file",
    });
  });
});
