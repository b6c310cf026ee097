import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  actionsOf,
  commitAs,
  dataFiles,
  filesOf,
  inFolders,
  newLake,
  removeCommits,
} from "../../../tests/support/lake.ts";
import type { Bytes } from "../../store/index.ts";
import type { Lake } from "../lake.ts";
import { openTable } from "../open-table.ts";
import { int, schema, text } from "../schema.ts";

const points = schema("points", { id: int({ key: true }), note: text({ nullable: true }) });
const point = (id: number) => ({ id, note: null });
const day = 86_400_000;

interface Pauses {
  readonly before?: () => Promise<unknown>;
  readonly after?: () => Promise<unknown>;
  /** Called before a folder is listed. */
  readonly list?: () => void;
}

/**
 * A table of five versions, 0 to 4; the same table as a writer opens it that pauses where it puts
 * its first commit; and what others do meanwhile.
 */
async function paused(how: Pauses) {
  let now = Date.parse("2024-01-01T00:00:00Z");
  const lake = await newLake({ clock: () => now });
  const others = lake.table("a.points", points);
  for (let i = 0; i < 5; i++) await others.append([point(i)]);
  const { slow } = pausedIn(lake, how);
  const idsNow = async (): Promise<readonly number[]> =>
    (await (await lake.table("a.points", points).read()).rows())
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  return {
    lake,
    others,
    slow,
    idsNow,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

/** The table of a lake as a writer opens it that pauses where it puts its first commit. */
function pausedIn(lake: Lake, how: Pauses) {
  const { bytes: good, ...place } = lake.place("a.points");
  let once = true;
  const bytes: Bytes = {
    ...good,
    putIfAbsent: async (key, body) => {
      const first = once;
      once = false;
      if (first) await how.before?.();
      const done = await good.putIfAbsent(key, body);
      if (first) await how.after?.();
      return done;
    },
    list: async (folder, options) => {
      how.list?.();
      return good.list(folder, options);
    },
  };
  const { engine, clock, ids } = lake;
  const slow = openTable({
    ...{ place: { ...place, bytes }, schema: points, options: {}, engine, clock, ids },
    known: async () => [],
  });
  return { slow };
}

/** Others go on to version 12, with a checkpoint at 10. */
async function goOn(others: Awaited<ReturnType<typeof paused>>["others"]): Promise<void> {
  for (let i = 5; i < 13; i++) await others.append([point(i)]);
}

describe("a writer that pauses while the log is cleaned", () => {
  const upTo = (n: number, ...more: number[]) => [
    ...Array.from({ length: n }, (_, i) => i),
    ...more,
  ];

  test("before it commits has its rows in the table once, above the checkpoint", async () => {
    const { others, slow, idsNow } = await paused({});
    let first = true;
    const { version } = await slow.append([point(99)], {
      confirm: async () => {
        if (!first) return;
        first = false;
        await goOn(others);
        await removeCommits(others, 0, 9);
      },
    });
    expect(version).toBe(13);
    expect(await idsNow()).toEqual(upTo(13, 99));
    expect(await filesOf(others).names("_delta_log")).not.toContain(
      "_delta_log/00000000000000000005.json",
    );
    expect(await dataFiles(others)).toHaveLength(14);
  });

  test("where it puts its commit has its rows in the table once", async () => {
    const before = async () => {
      await goOn(at.others);
      await removeCommits(at.others, 0, 9);
    };
    const at = await paused({ before });
    expect((await at.slow.append([point(99)])).version).toBe(13);
    expect(await at.idsNow()).toEqual(upTo(13, 99));
    expect(await dataFiles(at.others)).toHaveLength(14);
  });

  test("is told by the time it took where the commit before is there still", async () => {
    const before = async () => {
      await goOn(at.others);
      await removeCommits(at.others, 5, 9);
      at.pass(31 * day);
    };
    const at = await paused({ before });
    expect((await at.slow.append([point(99)])).version).toBe(13);
    expect(await at.idsNow()).toEqual(upTo(13, 99));
  });

  test("looks before it commits when it was at work for long", async () => {
    const at = await paused({});
    let [first, puts] = [true, 0];
    const { version } = await at.slow.append([point(99)], {
      confirm: async () => {
        puts += 1;
        if (!first) return;
        first = false;
        await goOn(at.others);
        await removeCommits(at.others, 5, 9);
        at.pass(31 * day);
      },
    });
    expect({ version, puts }).toEqual({ version: 13, puts: 2 });
    expect(await at.idsNow()).toEqual(upTo(13, 99));
  });

  test.each([
    [
      "a deletion of whole files",
      (t: Slow) => t.delete((c) => c.id.is(3)),
      [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ],
    ["an overwrite", (t: Slow) => t.overwrite([point(7)]), [7]],
    ["a restore", (t: Slow) => t.restore({ version: 1 }), [0, 1]],
  ] as const)("does %s to what is there now", async (_, work, left) => {
    const before = async () => {
      await goOn(at.others);
      await removeCommits(at.others, 2, 9);
      at.pass(31 * day);
    };
    const at = await paused({ before });
    expect((await work(at.slow)).version).toBe(13);
    expect(await at.idsNow()).toEqual(left);
  });

  test("and whose commit others built on is not made to write it twice", async () => {
    const after = async () => {
      await at.others.delete((c) => c.id.is(99));
      for (let i = 6; i < 12; i++) await at.others.append([point(i)]);
      await removeCommits(at.others, 0, 9);
      at.pass(31 * day);
    };
    const at = await paused({ after });
    expect((await at.slow.append([point(99)])).version).toBe(5);
    expect(await at.idsNow()).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
  });

  const withoutRows: readonly (readonly [string, Work, Undo])[] = [
    [
      "deletion of whole files",
      (t) => t.delete((c) => c.id.is(3)),
      (t) => t.restore({ version: 4 }),
    ],
    [
      "check",
      (t) => t.alter({ checks: { early: (c) => c.id.isBelow(999) } }),
      (t) => t.alter({ changeFeed: true }),
    ],
    ["restore", (t) => t.restore({ version: 1 }), (t) => t.restore({ version: 4 })],
  ];

  test.each(withoutRows)("leaves its %s in the log when others undid it", async (_, work, undo) => {
    const after = async () => {
      await undo(at.others);
      at.pass(2 * 60_000);
    };
    const at = await paused({ after });
    expect((await work(at.slow)).version).toBe(5);
    expect(await at.idsNow()).toEqual(upTo(5));
    expect(await at.lake.table("a.points", points).version()).toBe(6);
  });

  test.each(withoutRows)(
    "leaves its %s that others undid below a checkpoint",
    async (_, work, undo) => {
      const after = async () => {
        await undo(at.others);
        for (let i = 7; i < 13; i++) await at.others.append([point(i)]);
        await removeCommits(at.others, 0, 3);
        at.pass(31 * day);
      };
      const at = await paused({ after });
      expect((await work(at.slow)).version).toBe(5);
      expect(await at.idsNow()).toEqual([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12]);
      expect(await filesOf(at.others).names("_delta_log")).toContain(
        "_delta_log/00000000000000000005.json",
      );
    },
  );

  test.each(["interval 0 seconds", "as long as we like"])(
    "of a table that keeps its log for %s leaves what others undid",
    async (kept) => {
      const lake = await newLake();
      const others = lake.table("a.points", points);
      await others.append([point(1)]);
      await others.append([point(2)]);
      const [, { metaData } = {}] = (await actionsOf(others, 0)).filter(
        (a) => a["commitInfo"] === undefined,
      );
      const configuration = { "delta.logRetentionDuration": kept };
      await commitAs(others, 2, [{ metaData: { ...metaData, configuration } }]);
      const { slow } = pausedIn(lake, { after: () => others.restore({ version: 2 }) });
      expect((await slow.delete((c) => c.id.is(1))).version).toBe(3);
      expect(await (await lake.table("a.points", points).read()).rows()).toHaveLength(2);
    },
  );

  test.runIf(inFolders())(
    "does its deletion again where the commits around its own are only on their way out",
    async () => {
      const before = async () => {
        await goOn(at.others);
        await removeCommits(at.others, 5, 5);
        const next = join(at.others.path, "_delta_log/00000000000000000006.json");
        await utimes(next, new Date(0), new Date(0));
        at.pass(31 * day);
      };
      const at = await paused({ before });
      expect((await at.slow.delete((c) => c.id.is(3))).version).toBe(13);
      expect(await at.idsNow()).toEqual(upTo(13).filter((id) => id !== 3));
    },
  );

  test("says that it cannot tell when the end of the log cannot be looked at, and leaves its commit", async () => {
    let isAway = false;
    const after = async () => {
      isAway = true;
      at.pass(2 * 60_000);
    };
    const list = () => {
      if (isAway) throw new Error("the disk is away");
    };
    const at = await paused({ after, list });
    await expect(at.slow.append([point(99)])).rejects.toMatchObject({
      code: "table/unknown-outcome",
      kind: "environment",
      details: { name: "a.points", version: 5, reason: "the disk is away" },
    });
    expect(await at.idsNow()).toEqual(upTo(5, 99));
  });

  test("between losing a version and reading who won it plans again", async () => {
    const before = () => goOn(at.others);
    const after = () => removeCommits(at.others, 0, 9);
    const at = await paused({ before, after });
    expect((await at.slow.append([point(99)])).version).toBe(13);
    expect(await at.idsNow()).toEqual(upTo(13, 99));
  });
});

type Slow = Awaited<ReturnType<typeof paused>>["slow"];
type Work = (table: Slow) => Promise<{ readonly version: number }>;
type Undo = (table: Awaited<ReturnType<typeof paused>>["others"]) => Promise<unknown>;
