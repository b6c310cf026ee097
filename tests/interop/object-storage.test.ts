import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import type { Bytes } from "../../src/store/index.ts";
import { checkBytes } from "../conform/bytes.ts";
import { type Line, openLine, type RunningServer } from "./object-servers.ts";
import { azurite, type Storage, versitygw } from "./object-storages.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const slowMs = 400;

for (const storage of [azurite, versitygw]) {
  const { missing } = storage.program;
  if (missing !== undefined) process.stdout.write(`${storage.name} skipped: ${missing}\n`);

  describe.skipIf(missing !== undefined)(`a store in ${storage.name}`, () => {
    let home: string;
    let server: RunningServer;
    let line: Line;
    let direct: string;
    let made = 0;
    const patient = { tries: 8, backoffMs: 20, timeoutMs: 10_000 };
    const open = (url: string, options: Parameters<Storage["open"]>[1] = {}): Bytes =>
      storage.open(url, { ...patient, cacheFolder: join(home, "cache"), ...options });
    const prefix = (): string => `p${made++}`;

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), "millrace-object-"));
      const folder = await mkdtemp(join(home, "server-"));
      server = await storage.start(folder);
      direct = server.url;
      await storage.prepare(server, folder);
      line = await openLine(server.port, slowMs);
    });
    beforeEach(() => {
      line.mishap = () => "none";
      line.passed = () => undefined;
    });
    afterAll(async () => {
      await line.close();
      await server.kill();
      await rm(home, { recursive: true, force: true });
    });

    checkBytes(async () => open(direct, { prefix: prefix() }));

    test("of 8 stores that put one key, exactly one wins, 50 times", async () => {
      const at = { prefix: prefix() };
      const stores = Array.from({ length: 8 }, () => open(direct, at));
      for (let round = 0; round < 50; round++) {
        const all = stores.map((bytes, i) => bytes.putIfAbsent(`log/${round}`, text(`${i}`)));
        const won = await Promise.all(all);
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await stores[0]?.get(`log/${round}`)).toEqual(text(`${won.indexOf(true)}`));
      }
    });

    test("writers on a line that goes wrong every third time lose nothing and win nothing twice", async () => {
      const chance = random(7).stream(storage.name);
      const mishaps = ["busy", "hang-up", "lose-answer", "slow", "truncate"] as const;
      line.mishap = () => (chance.below(3) === 0 ? chance.pick(mishaps) : "none");
      const at = { prefix: prefix(), tries: 12, backoffMs: 5, timeoutMs: slowMs / 2 };
      const wins = await Promise.all(
        ["a", "b", "c", "d"].map(async (name) => {
          const bytes = open(line.url, at);
          const won: string[] = [];
          for (let version = 0, entry = 0; entry < 10; version++) {
            const body = `${name}${entry}`;
            if (!(await bytes.putIfAbsent(`log/${version}`, text(body)))) continue;
            won.push(`${version} ${body}`);
            entry++;
          }
          return won;
        }),
      );
      const bytes = open(direct, at);
      const versions = await bytes.list("log");
      const stored = await Promise.all(
        versions.map(async (v) => `${v} ${Buffer.from(await bytes.get(`log/${v}`))}`),
      );
      expect(stored.sort()).toEqual(wins.flat().sort());
      expect(versions).toHaveLength(40);
    });

    test("a server killed in the middle of a put and started again has the whole or nothing", async () => {
      const bytes = open(line.url, { prefix: prefix(), backoffMs: 200 });
      const body = Buffer.alloc(12_000_000, "0123456789");
      let restarted: Promise<void> | undefined;
      line.passed = ({ method }, sizeBytes) => {
        if (method !== "PUT" || sizeBytes < 1_000_000) return;
        restarted ??= server.kill().then(() => server.start());
      };
      expect(await bytes.putIfAbsent("big", body)).toBe(true);
      await restarted;
      expect(restarted).toBeDefined();
      expect(Buffer.compare(await bytes.get("big"), body)).toBe(0);
      expect(await bytes.putIfAbsent("big", text("late"))).toBe(false);
      expect(await bytes.list("")).toEqual(["big"]);
    });

    test("a large file goes in parts and comes back whole on a line that breaks", async () => {
      const at = { prefix: prefix(), partSizeBytes: 5 * 2 ** 20 };
      const bytes = open(line.url, at);
      const body = Buffer.alloc(17_000_000, "abcdefghijk");
      const path = join(await bytes.scratch(), "out.parquet");
      await writeFile(path, body);
      let requests = 0;
      line.mishap = ({ method }) =>
        method === "PUT" && ++requests % 2 === 1 ? "lose-answer" : "none";
      await bytes.putFile("t/out.parquet", path);
      line.mishap = ({ method }) =>
        method === "GET" && ++requests % 2 === 0 ? "truncate" : "none";
      await using other = open(line.url, { ...at, cacheFolder: join(home, "other") });
      const local = await other.fetchLocal("t/out.parquet", { sizeBytes: body.length });
      expect(Buffer.compare(await readFile(local), body)).toBe(0);
      await bytes.close();
    });

    test("a bucket that is not there, a wrong key and a dead server are said to be so", async () => {
      const failed = (reason: RegExp) => ({
        code: "store/failed-write",
        kind: "environment",
        message: expect.stringMatching(reason),
      });
      const put = (bytes: Bytes) => bytes.putIfAbsent("a", text("x"));
      await expect(put(open(direct, { bucket: "elsewhere" }))).rejects.toMatchObject(
        failed(/the bucket or container does not exist \(404/),
      );
      await expect(put(open(direct, { wrongKey: true }))).rejects.toMatchObject(
        failed(/the server (does not accept the credentials|forbids it) \(403/),
      );
      const nobody = open("http://127.0.0.1:9", { tries: 2 });
      await expect(put(nobody)).rejects.toMatchObject(failed(/nothing answers at the endpoint/));
    });

    test("a folder of more than a page is listed whole", async () => {
      const bytes = open(direct, { prefix: prefix() });
      const names = Array.from({ length: 1010 }, (_, i) => `${i}`).sort();
      for (let from = 0; from < names.length; from += 50)
        await Promise.all(
          names.slice(from, from + 50).map((name) => bytes.put(`f/${name}`, text(name))),
        );
      expect(await bytes.list("f")).toEqual(names);
    });
  });
}

describe.skipIf(versitygw.program.missing !== undefined)("s3Bytes", () => {
  test("a clock that is wrong by an hour is named", async () => {
    const home = await mkdtemp(join(tmpdir(), "millrace-object-"));
    const server = await versitygw.start(home);
    try {
      await versitygw.prepare(server, home);
      const clock = () => Date.now() - 3_600_000;
      const bytes = versitygw.open(server.url, { clock });
      await expect(bytes.put("a", text("x"))).rejects.toMatchObject({
        code: "store/failed-write",
        message: expect.stringContaining("clock is 60 minutes off the server's"),
      });
    } finally {
      await server.kill();
      await rm(home, { recursive: true, force: true });
    }
  });
});
