import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { int, schema } from "../schema.ts";

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("volume", () => {
  test("keeps files, which its first one makes", async () => {
    await using lake = await newLake();
    const landing = lake.volume("telco.landing");
    expect(await landing.exists()).toBe(false);
    await landing.put("2026/a.csv", "id\n1\n");
    await landing.put("2026/a.csv", "id\n2\n");
    await landing.put("b.bin", new Uint8Array([1, 2, 3]));
    expect(await landing.exists()).toBe(true);
    expect(textOf(await landing.get("2026/a.csv"))).toBe("id\n2\n");
    expect(await landing.files()).toMatchObject([
      { file: "2026/a.csv", sizeBytes: 5 },
      { file: "b.bin", sizeBytes: 3 },
    ]);
    expect(await landing.files("2026")).toMatchObject([{ file: "2026/a.csv" }]);
    expect((await landing.stat("b.bin"))?.sizeBytes).toBe(3);
    expect(await landing.stat("c.bin")).toBeUndefined();
    await landing.remove("b.bin");
    await landing.remove("b.bin");
    expect(await landing.files()).toHaveLength(1);
    expect(await lake.volumes()).toEqual(["telco.landing"]);
    expect(await lake.schemas()).toEqual(["telco"]);
  });

  test("is not made beside a table of its name, which could then not be told from it", async () => {
    await using lake = await newLake();
    await lake.table("telco.a", schema("a", { x: int() })).append([{ x: 1 }]);
    await expect(lake.create({ volume: "telco.a" })).rejects.toMatchObject({
      code: "table/duplicate-securable",
      message: expect.stringContaining('there is a table "telco.a" already'),
    });
    expect(await lake.find("telco.a")).toEqual({ table: "telco.a" });
    await expect(lake.find("telcos.a")).rejects.toThrow('Did you mean "telco.a"?');
  });

  test("is a folder in which others put files", async () => {
    await using lake = await newLake();
    await lake.create({ volume: "telco.landing" });
    const landing = lake.volume("telco.landing");
    expect(landing.path).toBe(join(lake.path, "volumes/telco/landing"));
    await writeFile(join(landing.path, "a.csv"), "id\n1\n");
    expect(textOf(await landing.get("a.csv"))).toBe("id\n1\n");
    await landing.remove("a.csv");
    expect(await readdir(landing.path)).toEqual([".volume"]);
    expect(await landing.files()).toEqual([]);
  });

  test("takes a copy of a local file, and gives a local file", async () => {
    await using lake = await newLake();
    const landing = lake.volume("telco.landing");
    const from = join(lake.path, "big.csv");
    await writeFile(from, "id\n1\n");
    await landing.putFile("big.csv", from);
    expect(await readdir(lake.path)).toContain("big.csv");
    expect(await landing.fetchLocal("big.csv")).toBe(join(landing.path, "big.csv"));
    await expect(landing.putFile("x.csv", join(lake.path, "none"))).rejects.toMatchObject({
      code: "table/missing-file",
    });
    await expect(landing.putFile("x.csv", lake.path)).rejects.toMatchObject({
      code: "table/failed-read",
    });
    expect(await landing.files()).toHaveLength(1);
  });

  test.each([
    "",
    "..",
    "../other/a.csv",
    "a/../../b",
    "/etc/passwd",
    "C:\\x",
    "a//b",
    "a\u0000b",
    ".volume",
    ".volume/x",
    "x".repeat(256),
  ])("refuses the file name %j", async (file) => {
    await using lake = await newLake();
    const landing = lake.volume("telco.landing");
    await landing.put("a.csv", "x");
    const refused = { code: "store/out-of-range-key" };
    await expect(landing.put(file, "x")).rejects.toMatchObject(refused);
    await expect(landing.get(file)).rejects.toMatchObject(refused);
    await expect(landing.remove(file)).rejects.toMatchObject(refused);
    await expect(landing.fetchLocal(file)).rejects.toMatchObject(refused);
    if (file !== "") await expect(landing.files(file)).rejects.toMatchObject(refused);
    expect(await landing.files()).toHaveLength(1);
  });

  test("takes names that look like something else as they are", async () => {
    await using lake = await newLake();
    const landing = lake.volume("telco.landing");
    const files = ["%2e%2e/x", "_delta_log/0.json", "a b.csv", "a=1/b.csv", "ünï.csv", "~"];
    for (const file of files) await landing.put(file, file);
    expect((await landing.files()).map(({ file }) => file).sort()).toEqual([...files].sort());
    expect(await lake.tables()).toEqual([]);
    await landing.put("x", "1");
    await expect(landing.put("x/y", "2")).rejects.toMatchObject({ code: "store/conflict-key" });
  });

  test("does not read more into memory than it is told to", async () => {
    await using lake = await newLake();
    const landing = lake.volume("telco.landing");
    await landing.put("a.csv", "12345");
    await expect(landing.get("a.csv", { maxBytes: 4 })).rejects.toThrow(
      "more than 4 bytes; raise maxBytes, or use fetchLocal,",
    );
    expect(await landing.get("a.csv", { maxBytes: 5 })).toHaveLength(5);
  });

  test("that is not there says which are", async () => {
    await using lake = await newLake();
    await lake.create({ volume: "telco.landing" });
    await expect(lake.volume("telco.landin").get("a.csv")).rejects.toThrow(
      'there is no volume "telco.landin"; the lake has "telco.landing". Did you mean "telco.landing"?',
    );
    await expect(lake.volume("telco.landing").get("a.csv")).rejects.toMatchObject({
      code: "store/missing-bytes",
    });
  });
});
