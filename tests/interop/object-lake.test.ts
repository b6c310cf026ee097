import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { openLake } from "../../src/table/index.ts";
import { checkLake } from "../conform/lake.ts";
import type { RunningServer } from "./object-servers.ts";
import { azurite, versitygw } from "./object-storages.ts";

for (const storage of [azurite, versitygw]) {
  const { missing } = storage.program;
  if (missing !== undefined) process.stdout.write(`${storage.name} skipped: ${missing}\n`);

  describe.skipIf(missing !== undefined)(`a lake in ${storage.name}`, () => {
    let home: string;
    let server: RunningServer;
    let made = 0;

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), "millrace-object-lake-"));
      const folder = await mkdtemp(join(home, "server-"));
      server = await storage.start(folder);
      await storage.prepare(server, folder);
    });
    afterAll(async () => {
      await server.kill();
      await rm(home, { recursive: true, force: true });
    });

    checkLake(async () => {
      made += 1;
      const prefix = `lake ${made}`;
      const bytes = () => storage.open(server.url, { prefix, cacheFolder: join(home, "cache") });
      return { open: (options) => openLake(bytes(), options) };
    });
  });
}
