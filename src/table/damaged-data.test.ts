import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newLake } from "../../tests/support/lake.ts";
import { int, schema, text } from "./schema.ts";

const notes = schema("notes", { id: int(), note: text() });

const ruins: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "is cut": async (path) => truncate(path, 200),
  "is empty": async (path) => truncate(path, 0),
  "has a garbled footer": async (path) => {
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xff, bytes.length - 100, bytes.length - 80));
  },
  "has a garbled page": async (path) => writeFile(path, (await readFile(path)).fill(0xff, 4, 34)),
};

describe("a data file", () => {
  test.each(Object.entries(ruins))(
    "that %s is told with its table by whatever reads it",
    async (_, ruin) => {
      const lake = await newLake();
      const table = lake.table("shop.notes", notes);
      for (const from of [0, 100])
        await table.append(
          Array.from({ length: 100 }, (_, i) => ({ id: from + i, note: `n${i * 7919}` })),
        );
      const [file = ""] = (await readdir(table.path)).filter((name) => name.endsWith(".parquet"));
      await ruin(join(table.path, file));
      const reads: readonly (() => Promise<unknown>)[] = [
        async () => (await table.read()).rows(),
        async () => (await lake.sql("SELECT max(note), sum(id) FROM shop.notes")).rows(),
        () =>
          table.update(
            (c) => c.note.is("n0"),
            () => ({ note: "x" }),
          ),
        () => table.optimize(),
      ];
      for (const read of reads)
        await expect(read()).rejects.toMatchObject({
          code: "table/corrupt-data",
          message: expect.stringMatching(/^shop\.notes: its data file "part-.*(whole|damaged)/),
        });
    },
  );
});
