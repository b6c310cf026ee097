import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkLake } from "../../tests/conform/lake.ts";
import { type ObjectServer, startObjectServer } from "../../tests/support/object-server.ts";
import { type Bytes, memoryBytes } from "../store/index.ts";
import { openLake } from "./lake.ts";
import { int, schema } from "./schema.ts";

const points = schema("points", { x: int() });

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-lake-"));
});
const memories: Bytes[] = [];
afterAll(async () => {
  for (const bytes of memories) await bytes.close();
  await rm(home, { recursive: true, force: true });
});

describe("openLake in a folder", () => {
  checkLake(async () => {
    const folder = await mkdtemp(join(home, "lake-"));
    return { open: (options) => openLake(folder, options) };
  });
});

describe("openLake in bytes", () => {
  checkLake(async () => {
    const bytes = memoryBytes();
    memories.push(bytes);
    return { open: (options) => openLake(bytes, options) };
  });
});

describe("openLake at an address", () => {
  let server: ObjectServer;
  beforeAll(async () => {
    server = await startObjectServer();
  });
  afterAll(() => server.close());

  let lakes = 0;
  const s3 = () => ({
    endpoint: server.url,
    credentials: { accessKeyId: "someone", secretAccessKey: "something" },
    cacheFolder: join(home, "it's a [cache]"),
    cacheSizeBytes: 0, // each copy goes as soon as nobody uses it
  });

  checkLake(async () => {
    lakes += 1;
    const address = `s3://bucket/lake ${lakes}/`;
    return { open: (options) => openLake(address, { ...options, s3: s3() }) };
  });

  test("is called by it, and so are its tables", async () => {
    await using lake = await openLake("s3://bucket/named/", { s3: s3() });
    expect(lake.path).toBe("s3://bucket/named");
    expect(lake.table("a.points", points).path).toBe("s3://bucket/named/tables/a/points");
  });

  test("reads a data file that its log names by the whole address", async () => {
    await using lake = await openLake("s3://bucket/whole", { s3: s3() });
    const table = lake.table("a.points", points);
    await table.append([{ x: 1 }]);
    const log = `tables/a/points/_delta_log/${"0".padStart(20, "0")}.json`;
    const text = Buffer.from(await lake.place("a.points").bytes.get(log)).toString();
    await lake
      .place("a.points")
      .bytes.put(log, Buffer.from(text.replace("part-", `${table.path}/part-`)));
    expect(await (await lake.table("a.points", points).read()).rows()).toEqual([{ x: 1 }]);
  });

  test("does not list a long log from its beginning", async () => {
    await using lake = await openLake("s3://bucket/long", { s3: s3() });
    const table = lake.table("a.points", points);
    for (let x = 0; x < 32; x++) await table.append([{ x }]);
    const listed = async (work: () => Promise<unknown>): Promise<number> => {
      server.seen.length = 0;
      await work();
      return server.seen.filter(
        ({ query }) => query.get("prefix") === "long/tables/a/points/_delta_log/",
      ).length;
    };
    await using other = await openLake("s3://bucket/long", { s3: s3() });
    const again = other.table("a.points", points);
    // the server gives pages of three names; the whole log is more than ten of them
    expect(await listed(async () => expect(await again.version()).toBe(31))).toBeLessThan(3);
    expect(
      await listed(async () => expect(await (await again.read()).count()).toBe(32)),
    ).toBeLessThan(3);
    expect(await listed(() => again.append([{ x: 32 }]))).toBeLessThan(3);
    await lake
      .place("a.points")
      .bytes.put("tables/a/points/_delta_log/_last_checkpoint", Buffer.from("null"));
    expect(await lake.table("a.points", points).version()).toBe(32);
    const wrong = Buffer.from(JSON.stringify({ version: 31 }));
    await lake.place("a.points").bytes.put("tables/a/points/_delta_log/_last_checkpoint", wrong);
    expect(await (await lake.table("a.points", points).read()).count()).toBe(33);
  });

  test("only reads where it may not write", async () => {
    const address = "s3://bucket/read only";
    {
      await using lake = await openLake(address, { s3: s3() });
      await lake.table("a.points", points).append([{ x: 1 }]);
    }
    server.trouble = ({ method }) =>
      method === "PUT" ? { answer: { status: 403, code: "AccessDenied" } } : undefined;
    try {
      await using lake = await openLake(address, { s3: s3() });
      const table = lake.table("a.points", points);
      expect(await (await table.read()).rows()).toEqual([{ x: 1 }]);
      await expect(table.append([{ x: 2 }])).rejects.toMatchObject({
        code: "store/failed-write",
        message: expect.stringContaining("Give these credentials the right to read, write"),
      });
      await expect(openLake("s3://bucket/new", { s3: s3() })).rejects.toMatchObject({
        code: "store/failed-write",
      });
    } finally {
      server.trouble = () => undefined;
    }
  });

  test("refuses a server that lets two writers win, and what a newer Millrace wrote", async () => {
    server.ignoresConditions = true;
    try {
      await expect(openLake("s3://bucket/lax", { s3: s3() })).rejects.toMatchObject({
        code: "store/unsupported-condition",
      });
      await expect(openLake("s3://bucket/lax", { s3: s3() })).rejects.toMatchObject({
        code: "store/unsupported-condition",
      });
      const [lax] = [...server.objects.keys()].filter((key) => key.startsWith("lax"));
      const newer = Buffer.from('{"format":99}');
      server.objects.set(lax ?? "", { body: newer, token: undefined });
      await expect(openLake("s3://bucket/lax", { s3: s3() })).rejects.toMatchObject({
        code: "table/unsupported-format",
      });
      expect(server.objects.get("lax/lake.json")?.body).toBe(newer);
    } finally {
      server.ignoresConditions = false;
    }
  });

  test("says what is missing: the bucket, the keys, a kind of address it knows", async () => {
    await expect(openLake("s3://elsewhere/lake", { s3: s3() })).rejects.toMatchObject({
      code: "store/failed-read",
      message: expect.stringMatching(/the bucket or container does not exist.*Make it/),
    });
    const { credentials: _, ...keyless } = s3();
    await expect(openLake("s3://bucket/lake", { s3: keyless })).rejects.toMatchObject({
      code: "store/missing-credentials",
      message: expect.stringContaining("AWS_ACCESS_KEY_ID"),
    });
    await expect(openLake("gs://bucket/lake")).rejects.toMatchObject({
      code: "store/out-of-range-place",
    });
  });
});
