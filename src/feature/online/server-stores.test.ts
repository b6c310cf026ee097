import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openOnlineStore, postgresStore, redisStore } from "./server-stores.ts";

/** What went wrong, as everything that a log could have of it. */
async function failureOf(
  opening: Promise<unknown>,
): Promise<{ readonly code: unknown; readonly said: string }> {
  const error: unknown = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error("it was opened");
  const code: unknown = Reflect.get(error, "code");
  return { code, said: JSON.stringify([error.message, error, error.cause]) };
}

describe("redisStore, postgresStore", () => {
  test.each([
    ["redis", redisStore],
    ["postgres", postgresStore],
  ] as const)(
    "%s: a server that is not there is named without its password",
    async (scheme, open) => {
      const url = `${scheme}://ada:pass%40word@127.0.0.1:9/0?sslpassword=pass%40word`;
      const { code, said } = await failureOf(open({ url }));
      expect(code).toBe("feature/failed-online-store");
      expect(said).toContain(`${scheme}://ada@127.0.0.1:9/0 failed: nothing listens there`);
      expect(said).not.toContain("pass");
    },
  );

  test.each([
    ["a word", { url: "secret" }],
    ["another protocol", { url: "mysql://ada:secret@host/db" }],
    ["an address that cannot be read", { url: "postgres://ada:secret@:5432:/db" }],
    ["a prefix with a quote", { url: "postgres://ada:secret@host/db", prefix: 'a"b' }],
  ])("refuses %s without repeating it", async (_, options) => {
    for (const open of [redisStore, postgresStore]) {
      const { code, said } = await failureOf(open(options));
      expect(code).toBe("feature/out-of-range-online-address");
      expect(said).not.toContain("secret");
    }
  });
});

describe("openOnlineStore", () => {
  test("takes a folder, and refuses an address of what it does not know", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-store-"));
    await using store = await openOnlineStore(folder);
    expect(await store.tables()).toEqual([]);
    await rm(folder, { recursive: true });
    for (const place of ["mysql://host/db", "localhost:6379", "nonsense"]) {
      const { code } = await failureOf(openOnlineStore(place));
      expect(code).toBe("feature/out-of-range-online-address");
    }
    expect((await failureOf(openOnlineStore("nonsense"))).said).toContain("write ./nonsense");
    expect((await failureOf(openOnlineStore("redis://127.0.0.1:9"))).code).toBe(
      "feature/failed-online-store",
    );
    expect((await failureOf(openOnlineStore("postgresql://127.0.0.1:9/db"))).code).toBe(
      "feature/failed-online-store",
    );
  });
});
