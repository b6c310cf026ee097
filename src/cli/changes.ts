/** @file `millrace changes`: the change data feed of a table. */
import { frame, type HistoryEntry, type Table } from "../table/index.ts";
import { command } from "./command.ts";
import { firstRows, rowLines, rowsData } from "./shown-rows.ts";
import { stoppable } from "./stoppable.ts";
import { tableArgument, withTable } from "./table-option.ts";
import { dir } from "./workspace-folder.ts";

export const changes = command({
  name: "changes",
  summary: "Which rows of a table each version inserted, updated and deleted.",
  about: [
    "Reads the change data feed of a table that keeps one, in the order of the versions; an updated row",
    "stands there as it was and as it is. A program turns the feed on: alter({ changeFeed: true }), or",
    "the setting delta.enableChangeDataFeed.",
  ],
  arguments: { table: tableArgument },
  options: {
    from: {
      type: "number",
      min: 0,
      whole: true,
      value: "N",
      help: "the first version; that from which on the feed was kept, if not given",
    },
    until: {
      type: "number",
      min: 0,
      whole: true,
      value: "N",
      help: "the last version; the newest if not given",
    },
    limit: {
      type: "number",
      min: 0,
      whole: true,
      value: "N",
      help: "at most so many rows (50 for people, 1000 with --json)",
    },
    dir,
  },
  examples: ["changes telco.silver", "changes telco.silver --from 3 --until 5 --json"],
  run: ({ table, dir, from, until, limit }, { json, signal }) =>
    withTable({ table, dir }, ({ lake, table: opened }) =>
      stoppable({ engine: lake.engine, signal }, async () => {
        const first = from ?? (await feedStart(opened));
        const fed = await opened.changes({
          from: first,
          ...(until === undefined ? {} : { to: until }),
        });
        return firstRows(inOrder(fed), { limit, json });
      }),
    ),
  render: (found, { width }) =>
    found.total === 0 ? ["no row changed"] : rowLines(found, { width }),
  data: rowsData,
});

/** The feed's columns first, and its rows in the order of the versions. */
function inOrder(fed: Awaited<ReturnType<Table["changes"]>>) {
  const { _commit_version, _change_type, _commit_timestamp, ...columns } = fed.schema.columns;
  const ordered = { _commit_version, _change_type, ...columns, _commit_timestamp };
  return frame({
    engine: fed.engine,
    schema: { name: fed.schema.name, columns: ordered },
    sql: `FROM (${fed.sql}) ORDER BY _commit_version, _change_type`,
  });
}

/** Since which version the feed is kept: where it was turned on last, else the first of the log. */
async function feedStart(table: Table): Promise<number> {
  const entries = await table.history();
  const on = entries.find(turnsOn) ?? entries.at(-1);
  return on?.version ?? 0;
}

const turnsOn = ({ operation, parameters }: HistoryEntry): boolean =>
  operation === "SET TBLPROPERTIES" &&
  /"delta\.enableChangeDataFeed":"true"/.test(parameters["properties"] ?? "");
