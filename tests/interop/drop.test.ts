import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderBytes } from "../../src/store/index.ts";
import { int, openLake, schema } from "../../src/table/index.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("deltaOlder");
if ("missing" in python) process.stdout.write(`drop interop skipped: ${python.missing}\n`);

const point = schema("point", { x: int() });
const commits = 13; // the log has a checkpoint at version 10

/** The rows of each table, or null where it cannot be opened or read. */
const countAll = `
import sys, json
from deltalake import DeltaTable
def rows(path):
    try: return DeltaTable(path).to_pyarrow_table().num_rows
    except Exception: return None
print(json.dumps([rows(path) for path in sys.argv[1:]]))
`;

/** A lake whose only table is dropped by somebody who dies after some writes. */
async function halfDropped(folder: string, writes: number): Promise<string> {
  const bytes = folderBytes(folder);
  let left = writes;
  const alive = async (): Promise<void> => {
    if (left-- <= 0) throw new Error("killed");
  };
  const lake = await openLake(bytes);
  const table = lake.table("a.points", point);
  for (let x = 0; x < commits; x++) await table.append([{ x }]);
  const { put, putIfAbsent, remove } = bytes;
  bytes.put = (key, body) => alive().then(() => put(key, body));
  bytes.putIfAbsent = (key, body) => alive().then(() => putIfAbsent(key, body));
  bytes.remove = (key) => alive().then(() => remove(key));
  await lake.drop("a.points").catch((error: unknown) => expect(String(error)).toContain("killed"));
  await lake.close();
  return table.path;
}

describe.skipIf("missing" in python)("a drop that was interrupted", () => {
  test("leaves delta-rs the whole table or none, after any number of removed files", async () => {
    const home = await mkdtemp(join(tmpdir(), "millrace-drop-"));
    const paths: string[] = [];
    for (let writes = 0; writes < 2 * commits + 6; writes++)
      paths.push(await halfDropped(join(home, `${writes}`), writes));
    const counts = runPython(python, countAll, paths) as readonly (number | null)[];
    expect(new Set(counts)).toEqual(new Set([commits, null]));
    expect(counts[0]).toBe(commits);
    expect(counts.at(-1)).toBeNull();
    await rm(home, { recursive: true });
  });
});
