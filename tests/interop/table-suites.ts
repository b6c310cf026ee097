/** @file The tests of tables as they stand beside the code, run on lakes in a real object store. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lakesAt } from "../support/lake.ts";
import type { RunningServer } from "./object-servers.ts";
import type { Storage } from "./object-storages.ts";

const suites = [
  () => import("../../src/table/table.test.ts"),
  () => import("../../src/table/delta/versions.test.ts"),
  () => import("../../src/table/delta/rules.test.ts"),
  () => import("../../src/table/delta/optimize.test.ts"),
  () => import("../../src/table/delta/data-files.test.ts"),
  () => import("../../src/table/delta/commit.test.ts"),
  () => import("../../src/table/delta/merge.test.ts"),
  () => import("../../src/table/delta/changes.test.ts"),
  () => import("../../src/table/ingest/ingest.test.ts"),
  () => import("../../src/table/ingest/once.test.ts"),
  () => import("../../src/table/ingest/evolution.test.ts"),
  () => import("../../src/table/sql/lake-sql.test.ts"),
  () => import("../../src/table/sql/time-travel.test.ts"),
  () => import("../../src/table/catalog/grants.test.ts"),
  () => import("../../src/table/catalog/objects.test.ts"),
];

/** Runs the suites on lakes that are opened by an address, with all else from the environment. */
export function runTableSuites(storage: Storage): void {
  const { missing } = storage.program;
  if (missing !== undefined) process.stdout.write(`${storage.name} skipped: ${missing}\n`);

  describe.skipIf(missing !== undefined)(`in ${storage.name}`, async () => {
    let home: string;
    let server: RunningServer;
    let lakes = 0;

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), "millrace-suites-"));
      const folder = await mkdtemp(join(home, "server-"));
      server = await storage.start(folder);
      await storage.prepare(server, folder);
      const { env } = storage.address(server.url, "");
      Object.assign(process.env, env, { XDG_CACHE_HOME: home });
    });
    afterAll(async () => {
      await server.kill();
      await rm(home, { recursive: true, force: true });
    });
    lakesAt(async () => storage.address(server.url, `lake-${lakes++}`).place);
    for (const suite of suites) await suite();
    test("the suites made their lakes there", () => {
      expect(lakes).toBeGreaterThan(100);
    });
  });
}
