/** @file `millrace sql`: a query over the tables of a workspace, as a table for people or lines for programs. */
import { once } from "node:events";
import { count, cutTo } from "../core/index.ts";
import type { Frame } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command, type Surroundings } from "./command.ts";
import { queryText } from "./query-text.ts";
import {
  cellForPeople,
  columnsOf,
  csvLine,
  jsonLine,
  jsonRow,
  type ResultColumns,
  type TextRow,
  textRow,
  textsSql,
} from "./result-text.ts";
import { stoppable } from "./stoppable.ts";
import { columns as aligned, leastWidth, number, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

/** How many rows are shown where nobody says, to people and with --json. */
const fewRows = { table: 50, json: 1000 } as const;

/** What is asked, and how the answer is written. */
interface Asking {
  readonly query: string;
  readonly dir: string;
  readonly files: boolean;
  readonly limit: number | undefined;
  readonly format: "table" | "csv" | "json";
}

/** The first rows of an answer; none where they are written as they come. */
interface Answered {
  readonly asking: Asking;
  readonly columns: ResultColumns;
  readonly rows: readonly TextRow[];
  /** How many rows there are. */
  readonly total: number;
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
    return asked(asking, around, (frame) => firstRows(asking, frame, around));
  },
  render: (answer, around) => (isStreamed(answer.asking, around) ? [] : table(answer, around)),
  data: ({ columns, rows, total }) => ({
    columns,
    rows: rows.map((row) => jsonRow(row, columns)),
    total,
  }),
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
  await using workspace = await openWorkspace(dir, { create: false });
  const { lake } = workspace;
  return await stoppable({ engine: lake.engine, signal }, async () =>
    work(await lake.sql(query, { files })),
  );
}

/** The first rows, and the number of all; the query runs once. */
async function firstRows(asking: Asking, frame: Frame, { json }: Surroundings): Promise<Answered> {
  const limit = asking.limit ?? (json ? fewRows.json : fewRows.table);
  const columns = columnsOf(frame);
  const rows: TextRow[] = [];
  let total = 0;
  await frame.engine.stream(textsSql(frame), (part) => {
    total += part.count;
    if (rows.length >= limit) return;
    const some = part.rows().slice(0, limit - rows.length);
    rows.push(...some.map((row) => textRow(row, columns)));
  });
  return { asking, columns, rows, total };
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

/** The widest that a cell gets where the output is no terminal. */
const widestCell = 200;

function table({ columns, rows, total }: Answered, { width }: Surroundings): readonly string[] {
  if (columns.length === 0) return [];
  const fitting = Math.max(1, Math.min(columns.length, Math.floor((width + 2) / (leastWidth + 2))));
  const shown = columns.slice(0, fitting);
  const cells = rows.map((row) =>
    shown.map(({ kind }, i) => cutTo(cellForPeople(row[i] ?? null, kind), widestCell)),
  );
  const right = shown.flatMap(({ kind }, i) => (kind === "int" || kind === "float" ? [i] : []));
  const lines = aligned([shown.map(({ name }) => name), ...cells], { width, right });
  const hidden = columns.slice(fitting).map(({ name }) => name);
  const notes = [
    ...(rows.length === total ? [] : [moreRows(total, rows.length)]),
    ...(hidden.length === 0 ? [] : [`${count(hidden.length, "more column")}: ${cutTo(hidden.join(", "), widestCell)}`]), // biome-ignore format: one line
  ];
  return [...lines, ...notes.flatMap((note) => ["", ...wrap(note, width)])];
}

const moreRows = (total: number, shown: number): string =>
  `${number(total - shown)} more of ${count(total, "row")}: --limit ${total} shows all, --format csv writes them`;
