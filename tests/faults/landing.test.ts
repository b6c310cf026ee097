import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { copyFile, link, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type IngestReport, ingest, type Lake } from "../../src/table/index.ts";
import { watchFolder } from "../../src/table/ingest/index.ts";
import { beforeCommit, type Landing, landing, writeParquet } from "../support/landing.ts";

const into = "shop.orders";
const body = (...ids: readonly number[]): string =>
  `id,v\n${ids.map((id) => `${id},a\n`).join("")}`;
const states = ({ files }: IngestReport) => files.map(({ file, state }) => `${file} ${state}`);
const idsIn = async (place: Landing): Promise<readonly number[]> =>
  (await place.rows(into, "id")).map(({ id }) => Number(id)).sort((a, b) => a - b);

/** The same lake, but something happens when a file was inspected and before its rows are read. */
const beforeReading = (lake: Lake, work: () => void): Lake => ({
  ...lake,
  clock: () => {
    work();
    return lake.clock();
  },
});

/** Makes a file with the ids 1 to 3. */
async function make(place: Landing, path: string): Promise<void> {
  if (path.endsWith(".csv")) await writeFile(path, body(1, 2, 3));
  else if (path.endsWith(".json")) await writeFile(path, '{"id":1}\n{"id":2}\n{"id":3}\n');
  else await writeParquet(place.lake, path, "SELECT unnest([1, 2, 3]) AS id");
  await utimes(path, 1000, 1000);
}

describe("a landing folder", () => {
  test("may have names that are patterns, quotes or links: each file is read as it is", async () => {
    const names = [
      "a*.csv",
      "a[1].csv",
      "a?.csv",
      "a1.csv",
      "ab.csv",
      "it's.csv",
      "{a,b}.csv",
      "a b.csv",
      "ü😀.csv",
      "#.csv",
      "%41.csv",
      "a,b.csv",
      "-x.csv",
      "~.csv",
    ];
    const files = Object.fromEntries(names.map((name, i) => [name, body(i)]));
    for (const maxFilesPerBatch of [1, 100]) {
      await using place = await landing(files);
      const report = await ingest(place.lake, { from: place.from, into, maxFilesPerBatch });
      expect(report.rows).toBe(names.length);
      expect(await idsIn(place)).toEqual(names.map((_, i) => i));
    }
    await using place = await landing();
    for (const [i, name] of ["a*.parquet", "a[1].parquet", "a1.parquet", "ab.parquet"].entries()) {
      await writeParquet(place.lake, join(place.lake.path, "made"), `SELECT ${i} AS id`);
      await copyFile(join(place.lake.path, "made"), join(place.from, name));
    }
    expect((await ingest(place.lake, { from: place.from, into, format: "parquet" })).rows).toBe(4);
    expect(await idsIn(place)).toEqual([0, 1, 2, 3]);
    const lines = {
      "a*.jsonl": '{"id":10}\n',
      "a[1].jsonl": '{"id":11}\n',
      "ab.jsonl": '{"id":12}\n',
    };
    await place.land(lines);
    await ingest(place.lake, { from: place.from, into: "shop.lines", format: "json" });
    expect(await place.rows("shop.lines", "id")).toHaveLength(3);
  });

  test("may have folders, pipes and links among its files: none of them is waited for", async ({
    skip,
  }) => {
    if (process.platform === "win32") skip();
    await using place = await landing({ "a.csv": body(1) });
    await mkdir(join(place.from, "folder.csv"));
    expect(spawnSync("mkfifo", [join(place.from, "pipe.csv")]).status).toBe(0);
    await writeFile(join(place.lake.path, "elsewhere"), body(2));
    await symlink(join(place.lake.path, "elsewhere"), join(place.from, "link.csv"));
    await symlink(place.from, join(place.from, "loop.csv"));
    await symlink("/dev/zero", join(place.from, "device.csv"));
    await symlink(join(place.from, "nowhere"), join(place.from, "broken.csv"));
    await link(join(place.from, "a.csv"), join(place.from, "hard.csv"));
    const report = await ingest(place.lake, { from: place.from, into });
    expect(states(report)).toEqual([
      "a.csv loaded",
      "broken.csv gone",
      "hard.csv skipped",
      "link.csv loaded",
    ]);
    for (const from of ["pipe.csv", "device.csv"])
      await expect(
        ingest(place.lake, { from: join(place.from, from), into }),
      ).rejects.toMatchObject({ code: "table/failed-read" });
  });
});

describe("a file that changes while it is loaded", () => {
  const other = (path: string): Buffer => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 2] = 55;
    return bytes;
  };
  const changes: readonly (readonly [string, (path: string) => void, string])[] = [
    ["is deleted", (path) => rmSync(path), "gone"],
    ["is renamed", (path) => renameSync(path, `${path}.done`), "gone"],
    ["is cut", (path) => truncateSync(path, 12), "refused"],
    ["is emptied", (path) => truncateSync(path, 0), "refused"],
    [
      "is rewritten with the same size and time",
      (path) => {
        writeFileSync(path, other(path));
        utimesSync(path, 1000, 1000);
      },
      "refused",
    ],
    [
      "is replaced by another of the same size and time",
      (path) => {
        writeFileSync(`${path}.new`, other(path));
        utimesSync(`${path}.new`, 1000, 1000);
        renameSync(`${path}.new`, path);
      },
      "refused",
    ],
    ["grows", (path) => appendFileSync(path, "\n"), "refused"],
  ];

  test.each(changes)(
    "and %s before it is read is not loaded, and is when it has settled",
    async (_, change, state) => {
      for (const format of ["csv", "json", "parquet"] as const) {
        await using place = await landing();
        const path = join(place.from, `a.${format}`);
        await make(place, path);
        const task = { from: place.from, into, format, onRefused: "report" } as const;
        let changed = false;
        const lake = beforeReading(place.lake, () => {
          if (!changed) change(path);
          changed = true;
        });
        const [file] = (await ingest(lake, task)).files;
        const code = state === "gone" ? undefined : "table/conflict-file";
        expect([format, file?.state, file?.refusal?.code]).toEqual([format, state, code]);
        expect(await place.lake.tables()).toEqual([]);
        await make(place, path);
        expect((await ingest(place.lake, task)).rows).toBe(3);
      }
    },
  );

  test("with the same size and time after it was read is not loaded under its old name", async () => {
    await using place = await landing({ "a.csv": body(1, 2, 3) });
    const path = join(place.from, "a.csv");
    await utimes(path, 1000, 1000);
    const changed = beforeCommit(place.lake, async () => {
      await writeFile(path, body(7, 8, 9));
      await utimes(path, 1000, 1000);
    });
    await expect(ingest(changed, { from: place.from, into })).rejects.toMatchObject({
      code: "table/conflict-file",
    });
    expect((await ingest(place.lake, { from: place.from, into })).rows).toBe(3);
    expect(await idsIn(place)).toEqual([7, 8, 9]);
  });

  test("and grows for ever is taken when it stops, and keeps no other file waiting", async () => {
    await using place = await landing({ "b.csv": body(1) });
    const path = join(place.from, "a.csv");
    let text = body(100);
    await writeFile(path, text);
    const growing = setInterval(() => {
      text += "101,a\n";
      writeFileSync(path, text); // one write ends before the next begins
    }, 5);
    const stop = new AbortController();
    const loaded: string[] = [];
    let grown = 0;
    try {
      for await (const report of watchFolder(place.lake, {
        from: place.from,
        into,
        settleMs: 1500, // longer than a busy machine pauses
        pollMs: 20,
        signal: stop.signal,
      })) {
        loaded.push(
          ...report.files.filter(({ state }) => state === "loaded").map(({ file }) => file),
        );
        if (loaded.includes("b.csv") && !loaded.includes("a.csv")) {
          clearInterval(growing);
          grown = text.split("\n").length - 2;
        }
        if (loaded.includes("a.csv")) stop.abort();
      }
    } finally {
      clearInterval(growing);
    }
    expect(loaded).toEqual(["b.csv", "a.csv"]);
    expect(await idsIn(place)).toHaveLength(grown + 1);
  });
});

describe("gzip", () => {
  const packed: readonly (readonly [string, Uint8Array, number | string])[] = [
    ["of several members", Buffer.concat([gzipSync(body(1, 2)), gzipSync("3,a\n4,a\n")]), 4],
    ["of an empty member", Buffer.concat([gzipSync(body(1, 2)), gzipSync("")]), 2],
    [
      "followed by words",
      Buffer.concat([gzipSync(body(1, 2)), Buffer.from("words")]),
      "table/corrupt-file",
    ],
    [
      "followed by zeros",
      Buffer.concat([gzipSync(body(1, 2)), Buffer.alloc(512)]),
      "table/corrupt-file",
    ],
    [
      "followed by half a member",
      Buffer.concat([gzipSync(body(1, 2)), gzipSync("3,a\n").subarray(0, 12)]),
      "table/corrupt-file",
    ],
    ["cut in its checksum", gzipSync(body(1, 2)).subarray(0, -4), "table/corrupt-file"],
    [
      "with a wrong checksum",
      Buffer.from(
        gzipSync(body(1, 2)).map((byte, i, all) => (i === all.length - 6 ? byte ^ 1 : byte)),
      ),
      "table/corrupt-file",
    ],
    ["of nothing", gzipSync(""), "table/missing-rows"],
    ["that is two bytes", Buffer.from([0x1f, 0x8b]), "table/corrupt-file"],
    [
      "with a name and a comment in its header",
      Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, 0x18, 0, 0, 0, 0, 0, 3]),
        Buffer.from("a.csv\0why\0"),
        gzipSync(body(1, 2)).subarray(10),
      ]),
      2,
    ],
  ];
  test.each(packed)("%s is loaded whole or refused", async (_, bytes, outcome) => {
    await using place = await landing({ "a.csv.gz": bytes });
    const done = ingest(place.lake, { from: place.from, into });
    if (typeof outcome === "string") await expect(done).rejects.toMatchObject({ code: outcome });
    else expect((await done).rows).toBe(outcome);
    expect(await place.lake.tables()).toHaveLength(typeof outcome === "string" ? 0 : 1);
  });
});
