import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type IngestReport,
  ingest,
  type Lake,
  openLake,
  quoteName,
  quoteText,
  schemaLog,
} from "../../src/table/index.ts";
import { type HostileFile, hostileFiles, type Outcome } from "./hostile-files.ts";

let folder: string;
let lake: Lake;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-hostile-"));
  lake = await openLake(join(folder, "lake"));
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true });
});

/** Some columns of the rows of a table, in their order. */
const rowsOf = async (table: string, names: readonly string[]) => {
  const path = join(lake.path, "tables", ...table.split("."), "*.parquet");
  const select = ["_row_id", ...names].map(quoteName).join(", ");
  return lake.engine.query(
    `SELECT ${select} FROM read_parquet(${quoteText(path)}) ORDER BY _row_id`,
  );
};

async function take({ file, body, options }: HostileFile, number: number) {
  const from = join(folder, `${number}-${file}`);
  await writeFile(from, body());
  const into = `hostile.t${number}`;
  const format = file.endsWith(".jsonl") ? "json" : "csv";
  return { into, done: ingest(lake, { from, into, format, types: "infer", ...options }) };
}

async function checkLoaded(into: string, report: IngestReport, outcome: Outcome): Promise<void> {
  if ("loaded" in outcome) {
    expect(report).toMatchObject({ rows: outcome.loaded, files: [{ rescued: 0 }] });
    const [first] = await rowsOf(into, Object.keys(outcome.cells ?? {}));
    expect(first).toMatchObject(outcome.cells ?? {});
    const columns = (await schemaLog(lake, into))[0]?.columns ?? [];
    const kinds = Object.fromEntries(columns.map(({ name, kind }) => [name, kind]));
    expect(kinds).toMatchObject(outcome.kinds ?? {});
  }
  if ("rescued" in outcome) {
    expect(report).toMatchObject({ rows: outcome.rows, files: [{ rescued: 1 }] });
    const kept = (await rowsOf(into, ["_rescued"])).filter((row) => row["_rescued"] !== null);
    expect(kept).toHaveLength(1);
    const said = JSON.parse(String(kept[0]?.["_rescued"])) as Record<string, string>;
    expect(said).toEqual({ ...outcome.rescued, _source_file: expect.stringContaining("a.") });
  }
}

describe("hostile files", () => {
  test("are 64", () => {
    expect(hostileFiles).toHaveLength(64);
  });

  test.each(hostileFiles.map((file, i) => [file.name, file, i] as const))(
    "%s",
    async (_, file, i) => {
      const { into, done } = await take(file, i);
      if (!("refused" in file.outcome)) return checkLoaded(into, await done, file.outcome);
      const { refused, ...position } = file.outcome;
      const error = await done.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: refused, kind: "caller" });
      if ("row" in position) expect(error).toMatchObject({ details: position });
      if (position.line !== undefined)
        expect((error as Error).message).toContain(`line ${position.line}:`);
      expect(await lake.tables()).not.toContain(into);
    },
  );
});
