import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startObjectServer } from "../../../tests/support/object-server.ts";
import { s3Bytes } from "../../store/index.ts";
import { openLake } from "../lake.ts";
import { int, schema } from "../schema.ts";

const points = schema("points", { x: int() });

describe("vacuum, in an object store", () => {
  test("asks for no file one by one: the listing says their sizes and times", async () => {
    const [server, cacheFolder] = [
      await startObjectServer(),
      await mkdtemp(join(tmpdir(), "millrace-vacuum-")),
    ];
    const credentials = { accessKeyId: "someone", secretAccessKey: "secret" };
    const bytes = s3Bytes({ cacheFolder, endpoint: server.url, bucket: "bucket", credentials });
    let now = Date.now();
    const lake = await openLake(bytes, { clock: () => now });
    try {
      const table = lake.table("a.points", points);
      for (let x = 0; x < 5; x++) await table.append([{ x }]);
      await table.overwrite([{ x: 9 }]);
      const dataKeys = [...server.objects.keys()].filter((key) => key.endsWith(".parquet"));
      now += 60_000;
      server.seen.length = 0;
      const { removed, removedBytes } = await table.vacuum({ retentionHours: 0, force: true });
      expect(removed).toHaveLength(5);
      expect(removedBytes).toBeGreaterThan(500);
      expect(
        server.seen.filter(({ method, key }) => method === "HEAD" && dataKeys.includes(key)),
      ).toEqual([]);
      expect(await (await table.read()).count()).toBe(1);
    } finally {
      await lake.close();
      await server.close();
      await rm(cacheFolder, { recursive: true, force: true });
    }
  });
});
