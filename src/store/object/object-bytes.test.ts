import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkBytes } from "../../../tests/conform/bytes.ts";
import {
  type ObjectServer,
  type SeenRequest,
  startObjectServer,
  type Trouble,
} from "../../../tests/support/object-server.ts";
import { azureBytes, type Bytes, type ObjectOptions, s3Bytes } from "../index.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY";
const accountKey = Buffer.from(secret).toString("base64");

let server: ObjectServer;
let home: string;
const opened: Bytes[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-object-"));
});
beforeEach(async () => {
  server = await startObjectServer();
});
afterEach(async () => {
  for (const bytes of opened.splice(0)) await bytes.close();
  await server.close();
});
afterAll(() => rm(home, { recursive: true, force: true }));

const impatient = { backoffMs: 1, timeoutMs: 2000 };
const dialects = {
  s3Bytes: (options: ObjectOptions = {}): Bytes =>
    s3Bytes({
      ...{ cacheFolder: join(home, "s3"), ...impatient, ...options },
      endpoint: server.url,
      bucket: "bucket",
      credentials: { accessKeyId: "someone", secretAccessKey: secret, sessionToken: "" },
    }),
  azureBytes: (options: ObjectOptions = {}): Bytes =>
    azureBytes({
      ...{ cacheFolder: join(home, "azure"), ...impatient, ...options },
      endpoint: server.url,
      account: "someone",
      accountKey,
      container: "bucket",
    }),
};

/** Lets trouble come for the first `times` requests that are meant. */
function troubled(
  meant: (request: SeenRequest) => boolean,
  trouble: Trouble,
  times = Number.POSITIVE_INFINITY,
): void {
  let left = times;
  server.trouble = (request) => (meant(request) && left-- > 0 ? trouble : undefined);
}
const isPut = ({ method }: SeenRequest): boolean => method === "PUT";
const isHead = ({ method }: SeenRequest): boolean => method === "HEAD";
const isGet = ({ method, key }: SeenRequest): boolean => method === "GET" && key !== "";
const busy = { answer: { status: 503, code: "SlowDown" } };

describe.each(Object.entries(dialects))("%s", (name, dialect) => {
  const make = (options: ObjectOptions = {}): Bytes => {
    const bytes = dialect(options);
    opened.push(bytes);
    return bytes;
  };

  checkBytes(async () => {
    server.objects.clear();
    return make({ prefix: "a lake/1" });
  });

  test("lists a folder of many pages", async () => {
    const bytes = make();
    const keys = Array.from({ length: 20 }, (_, i) => `f/${i}${i % 2 ? "/x" : ""}`);
    await Promise.all(keys.map((key) => bytes.put(key, text(key))));
    const names = Array.from({ length: 20 }, (_, i) => String(i)).sort();
    expect(await bytes.list("f")).toEqual(names);
  });

  test("says sizes and times of the files of a folder without a request for each", async () => {
    const bytes = make();
    for (const key of ["f/a&b", "f/b", "f/c/x", "f/empty", "f/z"])
      await bytes.put(key, text(key === "f/empty" ? "" : key));
    const before = server.seen.length;
    const entries = await bytes.entries?.("f");
    expect(server.seen.length - before).toBe(2); // pages
    expect([...(entries ?? [])].map(([name, stat]) => [name, stat?.sizeBytes])).toEqual([
      ["a&b", 5],
      ["b", 3],
      ["c", undefined],
      ["empty", undefined],
      ["z", 3],
    ]);
    const stat = await bytes.stat("f/z");
    expect(Math.abs((entries?.get("z")?.modifiedMs ?? 0) - (stat?.modifiedMs ?? 0))).toBeLessThan(
      1001,
    );
  });

  test("keys with signs that addresses use come back as they were", async () => {
    const bytes = make();
    const odd = 'a+b c&d%20e=f?g#h;i\'j(k)!*~é<ü>"ö".json';
    await bytes.put(`x y/${odd}`, text("1"));
    expect(await bytes.list("x y")).toEqual([odd]);
    expect(await bytes.get(`x y/${odd}`)).toEqual(text("1"));
    await bytes.remove(`x y/${odd}`);
    expect(await bytes.list("")).toEqual([]);
  });

  test("a busy server is asked again", async () => {
    const bytes = make();
    for (const answer of [
      { status: 503, code: "SlowDown" },
      { status: 429, code: "TooManyRequests", headers: { "retry-after": "0" } },
      { status: 500, code: "InternalError" },
    ]) {
      troubled(() => true, { answer }, 3);
      await bytes.put("key", text("x"));
      troubled(() => true, { answer }, 3);
      expect(await bytes.get("key")).toEqual(text("x"));
    }
  });

  test("a server that stays busy is a failed write after the tries", async () => {
    const bytes = make({ tries: 3 });
    troubled(isPut, busy);
    await expect(bytes.put("key", text("x"))).rejects.toMatchObject({
      code: "store/failed-write",
      kind: "environment",
      message: expect.stringContaining("503 SlowDown"),
    });
    expect(server.seen.filter(isPut)).toHaveLength(3);
    server.trouble = () => undefined;
    expect(await bytes.has("key")).toBe(false);
  });

  test("a conditional put whose answer is lost is still won, and only once", async () => {
    const bytes = make();
    for (const trouble of [{ loseAnswer: true }, { silent: true }]) {
      const key = JSON.stringify(trouble).replace(/\W/g, "");
      const own = make({ timeoutMs: 300 });
      troubled(isPut, trouble, 1);
      expect(await own.putIfAbsent(key, text("first"))).toBe(true);
      expect(await bytes.putIfAbsent(key, text("first"))).toBe(false);
      expect(await bytes.get(key)).toEqual(text("first"));
    }
  });

  test("a conditional put that another won while its answer was lost is lost", async () => {
    const bytes = make();
    const steal = (): void =>
      void server.objects.set("key", { body: Buffer.from("theirs"), token: "other" });
    troubled(isPut, { before: steal, hangUp: true }, 1);
    expect(await bytes.putIfAbsent("key", text("ours"))).toBe(false);
    expect(await bytes.get("key")).toEqual(text("theirs"));
  });

  test("where a server keeps no tokens, a lost answer is settled by the bytes", async () => {
    const bytes = make();
    const strip = (body: string) => (): void =>
      void server.objects.set("key", { body: Buffer.from(body), token: undefined });
    troubled(isPut, { before: strip("ours"), hangUp: true }, 1);
    expect(await bytes.putIfAbsent("key", text("ours"))).toBe(true);
    server.objects.clear();
    troubled(isPut, { before: strip("theirs"), hangUp: true }, 1);
    expect(await bytes.putIfAbsent("key", text("ours"))).toBe(false);
  });

  test("every answer lost and the bytes there: the put is won", async () => {
    const bytes = make({ tries: 2 });
    troubled(isPut, { loseAnswer: true });
    expect(await bytes.putIfAbsent("key", text("x"))).toBe(true);
  });

  test("an outcome that nobody can know is said to be unknown", async () => {
    const bytes = make({ tries: 2 });
    const isObject = ({ key, method }: SeenRequest): boolean => key === "key" && method !== "GET";
    troubled(isObject, { hangUp: true });
    await expect(bytes.putIfAbsent("key", text("x"))).rejects.toMatchObject({
      code: "store/unknown-outcome",
      kind: "environment",
      message: expect.stringContaining("may or may not have been stored"),
    });
    troubled(isPut, { hangUp: true });
    await expect(bytes.putIfAbsent("key", text("x"))).rejects.toMatchObject({
      code: "store/unknown-outcome",
    });
  });

  test("a server that answers each try with 500 and stored nothing has failed", async () => {
    const bytes = make({ tries: 2 });
    troubled(isPut, { answer: { status: 500, code: "InternalError" } });
    const failed = { code: "store/failed-write" };
    await expect(bytes.putIfAbsent("key", text("x"))).rejects.toMatchObject(failed);
  });

  test("a server that ignores the condition is refused at the first win", async () => {
    server.ignoresConditions = true;
    await expect(make().putIfAbsent("lake.json", text("{}"))).rejects.toMatchObject({
      code: "store/unsupported-condition",
      kind: "environment",
    });
  });

  test("a key that somebody removes while the condition is tried is no fault of the server", async () => {
    const bytes = make();
    let puts = 0;
    server.trouble = ({ method, key }) => {
      if (method !== "PUT" || ++puts !== 2) return undefined;
      return { before: () => void server.objects.delete(key) };
    };
    expect(await bytes.putIfAbsent("lake.json", text("{}"))).toBe(true);
    expect(await bytes.list("")).toEqual([]);
    expect(await bytes.putIfAbsent("lake.json", text("{}"))).toBe(true);
    expect(await bytes.putIfAbsent("lake.json", text("{}"))).toBe(false);
  });

  test("a body that breaks off is fetched again, and never given in part", async () => {
    const bytes = make({ tries: 3 });
    const body = new Uint8Array(300_000).fill(7);
    await bytes.put("big", body);
    troubled(isGet, { truncate: true }, 2);
    expect(await bytes.get("big")).toEqual(body);
    troubled(isGet, { truncate: true }, 2);
    expect(await readFile(await bytes.fetchLocal("big", { sizeBytes: 300_000 }))).toEqual(
      Buffer.from(body),
    );
    troubled(isGet, { truncate: true });
    const failed = { code: "store/failed-read", kind: "environment" };
    await expect(bytes.get("big")).rejects.toMatchObject(failed);
  });

  test("silence beyond the time limit is a failure that says so", async () => {
    const bytes = make({ tries: 2, timeoutMs: 100 });
    troubled(() => true, { silent: true });
    await expect(bytes.get("key")).rejects.toMatchObject({
      code: "store/failed-read",
      message: expect.stringContaining("did not answer in time"),
    });
  });

  test.each([
    [403, "AccessDenied", "the server forbids it"],
    [403, "AuthenticationFailed", "does not accept the credentials"],
    [403, "SignatureDoesNotMatch", "does not accept the credentials"],
    [401, "", "the server forbids it"],
    [301, "PermanentRedirect", "in another region"],
    [307, "", "in another region"],
    [400, "EntityTooLarge", "400 EntityTooLarge"],
  ])("the answer %i %s is final and explained", async (status, code, said) => {
    const bytes = make();
    const answer = { status, ...(code === "" ? {} : { code }) };
    troubled(isPut, { answer: { ...answer, message: `about ${secret} and ${accountKey}` } });
    await expect(bytes.put("key", text("x"))).rejects.toMatchObject({
      code: "store/failed-write",
      kind: "environment",
      message: expect.stringContaining(said),
    });
    expect(server.seen.filter(isPut)).toHaveLength(1);
  });

  test("a wrong clock is named as the reason", async () => {
    const bytes = make();
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    troubled(isPut, { answer: { status: 403, code: "RequestTimeTooSkewed", headers: { date } } });
    await expect(bytes.put("key", text("x"))).rejects.toMatchObject({
      message: expect.stringContaining("clock is 60 minutes off"),
    });
  });

  test("nobody at the endpoint is a failure that says so", async () => {
    const bytes = make({ tries: 2 });
    await server.close();
    await expect(bytes.get("key")).rejects.toMatchObject({
      code: "store/failed-read",
      kind: "environment",
      message: expect.stringContaining("nothing answers at the endpoint (ECONNREFUSED)"),
    });
    await expect(bytes.putIfAbsent("key", text("x"))).rejects.toMatchObject({
      code: "store/failed-write",
    });
    server = await startObjectServer();
  });

  test("no error shows a secret, wherever the server puts it", async () => {
    const bytes = make();
    await bytes.has("key");
    const own = name === "s3Bytes" ? secret : accountKey;
    troubled(isPut, { answer: { status: 400, code: "Odd", message: `the key ${own} is odd` } });
    const error: unknown = await bytes.put("key", text("x")).catch((caught: unknown) => caught);
    expect(String(error)).toContain("the key *** is odd");
    for (const shown of [String(error), JSON.stringify(error), inspect(error, { depth: 20 })])
      expect(shown).not.toContain(own);
  });

  test("fetchLocal asks for an immutable file once, and again only in another session", async () => {
    const options = { cacheFolder: await mkdtemp(join(home, "cache-")) };
    const bytes = make(options);
    await bytes.put("t/part-0.parquet", text("rows"));
    const fetched = await Promise.all(
      Array.from({ length: 5 }, () => bytes.fetchLocal("t/part-0.parquet", { sizeBytes: 4 })),
    );
    expect(new Set(fetched).size).toBe(1);
    expect(await readFile(fetched[0] ?? "", "utf8")).toBe("rows");
    expect(fetched[0]).toMatch(/\.parquet$/);
    expect(server.seen.filter(isGet)).toHaveLength(1);
    await make(options).fetchLocal("t/part-0.parquet", { sizeBytes: 4 });
    expect(server.seen.filter(isGet)).toHaveLength(1);
  });

  test("fetchLocal of bytes that may change asks the store", async () => {
    const bytes = make();
    await bytes.put("a.csv", text("1"));
    expect(await readFile(await bytes.fetchLocal("a.csv"), "utf8")).toBe("1");
    await bytes.put("a.csv", text("2"));
    expect(await readFile(await bytes.fetchLocal("a.csv"), "utf8")).toBe("2");
    expect(server.seen.filter(isHead).length).toBeGreaterThan(1);
  });

  test("the cache is bounded, and takes no file from under its user", async () => {
    const cacheFolder = await mkdtemp(join(home, "cache-"));
    const bytes = make({ cacheFolder, cacheSizeBytes: 250 });
    const paths: string[] = [];
    for (const key of ["a", "b", "c", "d"]) {
      await bytes.put(key, new Uint8Array(100));
      paths.push(await bytes.fetchLocal(key, { sizeBytes: 100 }));
    }
    expect(await readdir(join(cacheFolder, "files"))).toHaveLength(2);
    for (const path of paths) expect((await stat(path)).size).toBe(100);
    await bytes.close();
    for (const path of paths) await expect(stat(path)).rejects.toThrow("ENOENT");
    expect(await readdir(join(cacheFolder, "files"))).toHaveLength(2);
  });

  test("putFile sends a large file in parts, and keeps it as the local copy", async () => {
    const part = 5 * 2 ** 20;
    const bytes = make({ partSizeBytes: part, timeoutMs: 10_000 });
    const body = Buffer.alloc(2 * part + 11, "0123456789abcdef");
    const path = join(await bytes.scratch(), "out.parquet");
    await writeFile(path, body);
    troubled(isPut, busy, 2);
    await bytes.putFile("big.parquet", path);
    expect(server.objects.get("big.parquet")?.body.equals(body)).toBe(true);
    await expect(stat(path)).rejects.toThrow("ENOENT");
    const gets = server.seen.filter(isGet).length;
    const local = await bytes.fetchLocal("big.parquet", { sizeBytes: body.length });
    expect((await readFile(local)).equals(body)).toBe(true);
    expect(server.seen.filter(isGet)).toHaveLength(gets);
  });

  test("the lost answer to the joining of parts is settled by the size", async () => {
    const part = 5 * 2 ** 20;
    const bytes = make({ partSizeBytes: part, tries: 2 });
    const path = join(await bytes.scratch(), "out.parquet");
    await writeFile(path, Buffer.alloc(part + 1));
    const isJoin = ({ method, query }: SeenRequest): boolean =>
      query.get("comp") === "blocklist" || (method === "POST" && query.has("uploadId"));
    troubled(isJoin, { loseAnswer: true });
    await bytes.putFile("big", path);
    expect(server.objects.get("big")?.body).toHaveLength(part + 1);
  });

  test("putFile that fails keeps the file and stores nothing", async () => {
    const bytes = make({ tries: 2 });
    const path = join(await bytes.scratch(), "out");
    await writeFile(path, "x");
    troubled(isPut, busy);
    const failed = { code: "store/failed-write" };
    await expect(bytes.putFile("out", path)).rejects.toMatchObject(failed);
    expect(await readFile(path, "utf8")).toBe("x");
    expect(server.objects.size).toBe(0);
  });
});
