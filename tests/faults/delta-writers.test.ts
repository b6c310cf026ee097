import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLake } from "../../src/table/index.ts";
import { droppedOf, type Ledger, ledger, tableName } from "./delta-child.ts";
import { checkKills, checkSerial } from "./delta-processes.ts";

const kills = Number(process.env["MILLRACE_KILLS"] ?? 28);

/** Gives how many files were taken; of each the row that is dropped must be in the quarantine, and none twice. */
async function inFolder(work: (place: string, table: Ledger) => Promise<void>): Promise<number> {
  const place = await mkdtemp(join(tmpdir(), "millrace-writers-"));
  const lake = await openLake(place);
  await work(place, lake.table(tableName, ledger));
  const { taken, dropped } = await droppedOf(lake);
  expect(new Set(dropped).size).toBe(dropped.length);
  expect(dropped).toEqual(expect.arrayContaining(taken));
  await lake.close();
  await rm(place, { recursive: true });
  return taken.length;
}

describe("writers", () => {
  test("of 8 processes at once leave the table that their commits make one after the other", async () => {
    const taken = await inFolder((place, table) =>
      checkSerial({ place }, table, { writers: 8, operations: 8 }),
    );
    expect(taken).toBeGreaterThan(0);
  });

  // two hundred take some minutes on a slow machine, which is no fault
  test(`killed at ${kills} random moments of every kind of commit lose nothing and double nothing`, {
    timeout: 3_600_000,
  }, async () => {
    const killSome = (name: string, times: number) =>
      inFolder((place, table) => checkKills({ place }, table, { name, times }));
    const half = Math.ceil(kills / 2);
    await Promise.all([killSome("one", half), killSome("two", kills - half)]);
  });
});
