/** @file `millrace sql`: a query over the tables of a workspace, as a table for people or lines for programs. */
import { once } from "node:events";
import type { Frame } from "../table/index.ts";
import { openWorkspaceLake } from "../workspace/index.ts";
import { command, type Surroundings } from "./command.ts";
import { queryText } from "./query-text.ts";
import { columnsOf, csvLine, jsonLine, textRow, textsSql } from "./result-text.ts";
import { firstRows, rowLines, rowsData, type ShownRows } from "./shown-rows.ts";
import { stoppable } from "./stoppable.ts";
import { dir } from "./workspace-folder.ts";

/** What is asked, and how the answer is written. */
interface Asking {
  readonly query: string;
  readonly dir: string;
  readonly files: boolean;
  readonly limit: number | undefined;
  readonly format: "table" | "csv" | "json";
}

/** The first rows of an answer; none where they are written as they come. */
interface Answered extends ShownRows {
  readonly asking: Asking;
}

export const sql = command({
  name: "sql",
  summary: "Ask the tables of a workspace in SQL.",
  about: [
    "Any tables, named schema.table; joins, WITH, windows and all else that DuckDB's SQL has. An",
    "earlier version is schema.table VERSION AS OF 3, or TIMESTAMP AS OF '2026-01-05'. SHOW TABLES,",
    "DESCRIBE name and DESCRIBE HISTORY name work too. A query reads; what writes is refused.",
    "The query is the argument, a file, or what another program writes into this one.",
  ],
  arguments: {
    query: { type: "string", optional: true, help: "the query; - reads what comes in" },
  },
  options: {
    file: { type: "string", value: "FILE", help: "reads the query from a file" },
    limit: {
      type: "number",
      min: 0,
      whole: true,
      value: "N",
      help: "at most so many rows (50 for people, 1000 with --json, else all)",
    },
    format: {
      type: "string",
      choices: ["table", "csv", "json"],
      default: "table",
      help: "csv and json (an object a line) are written as they come",
    },
    files: {
      type: "boolean",
      default: false,
      help: "allows the query to read files: FROM 'x.csv', read_parquet('x')",
    },
    dir,
  },
  examples: [
    'sql "SELECT churn, count(*) AS n FROM telco.silver GROUP BY churn"',
    'sql "FROM telco.silver VERSION AS OF 0" --format csv > silver.csv',
    "sql --file report.sql --json",
  ],
  run: async ({ query, file, ...rest }, around): Promise<Answered> => {
    const asking: Asking = { ...rest, query: await queryText({ query, file }) };
    if (isStreamed(asking, around)) return { asking, columns: [], rows: [], total: 0 };
    const { limit } = asking;
    const { json } = around;
    return asked(asking, around, async (frame) => ({
      asking,
      ...(await firstRows(frame, { limit, json })),
    }));
  },
  render: (answer, around) =>
    isStreamed(answer.asking, around)
      ? []
      : rowLines(answer, { width: around.width, more: ", --format csv writes them" }),
  data: (answer) => rowsData(answer),
  after: async ({ asking }, around) => {
    if (isStreamed(asking, around))
      await asked(asking, around, (frame) => streamRows(asking, frame, around));
    return undefined;
  },
});

/** Whether the rows are written as they come: only then may there be any number. */
const isStreamed = ({ format }: Asking, { json }: Pick<Surroundings, "json">): boolean =>
  !json && format !== "table";

/** Asks, and hands the frame to the work, which Ctrl-C stops. */
async function asked<T>(
  { query, dir, files }: Asking,
  { signal }: Surroundings,
  work: (frame: Frame) => Promise<T>,
): Promise<T> {
  await using lake = await openWorkspaceLake(dir);
  return await stoppable({ engine: lake.engine, signal }, async () =>
    work(await lake.sql(query, { files })),
  );
}

async function streamRows(
  { format, limit }: Asking,
  frame: Frame,
  { print }: Surroundings,
): Promise<void> {
  const columns = columnsOf(frame);
  const line = format === "csv" ? csvLine : jsonLine;
  if (format === "csv")
    print(
      `${csvLine(
        columns.map(({ name }) => name),
        [],
      )}\n`,
    );
  const sql = textsSql(frame);
  await frame.engine.stream(limit === undefined ? sql : `${sql} LIMIT ${limit}`, async (part) => {
    print(
      part
        .rows()
        .map((row) => `${line(textRow(row, columns), columns)}\n`)
        .join(""),
    );
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  });
}
