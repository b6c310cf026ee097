/** @file Runs a recipe: each step measured, then done; rejected rows noted with the rule that rejected them. */
import { systemClock } from "../../core/index.ts";
import type { Engine } from "../adapter/duckdb.ts";
import type { Columns } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import { castTable, misfitSql, originsOf } from "./cast-table.ts";
import { place, type Touches } from "./deed.ts";
import { fail } from "./errors.ts";
import {
  type DoneStep,
  exampleRows,
  measure,
  nextSql,
  type RunTask,
  rejectedSql,
} from "./measure.ts";
import { quarantineSql, type Rejection } from "./quarantine.ts";
import { deedOf, labelOf, touchesOf } from "./steps.ts";

/** What a run leaves: two queries over tables that live until it is closed. */
export interface Run {
  /** The cleaned rows in the order of the source. */
  readonly sql: string;
  /** The rejected rows, in the form of the quarantine. */
  readonly quarantine: string;
  readonly steps: readonly DoneStep[];
  /** How many cells are in the rescued column. */
  readonly rescued: number;
  close(): Promise<void>;
}

let made = 0;

/** Runs a recipe over tables of its own. Throws what `clean` throws; then nothing is left. */
export async function runRecipe<C extends Columns>(task: RunTask<C>): Promise<Run> {
  const touches = checkRecipe(task);
  const room = tableRoom(task.source.engine);
  try {
    return await runSteps(task, room, touches);
  } catch (error) {
    await room.close();
    throw error;
  }
}

/** Where an error says that a step stands. */
const whereIs = ({ name }: { readonly name: string }, label: string): string =>
  `recipe ${JSON.stringify(name)}, ${label}`;

/** What all steps touch; throws before any row is read. */
export function checkRecipe<C extends Columns>({
  recipe,
  target,
}: Pick<RunTask<C>, "recipe" | "target">): readonly Touches[] {
  return recipe.steps.map((step) =>
    touchesOf(step, { at: whereIs(recipe, labelOf(step)), target }),
  );
}

interface Room {
  keep(sql: string): Promise<string>;
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}

function tableRoom(engine: Engine): Room {
  const tables = new Set<string>();
  const drop = async (name: string): Promise<void> => {
    if (tables.delete(name)) await engine.run(`DROP TABLE ${name}`);
  };
  return {
    keep: async (sql) => {
      made += 1;
      const name = `clean_${made}`;
      await engine.run(`CREATE TABLE ${name} AS ${sql}`);
      tables.add(name);
      return name;
    },
    drop,
    close: async () => {
      for (const name of tables) await drop(name);
    },
  };
}

async function runSteps<C extends Columns>(
  task: RunTask<C>,
  room: Room,
  touches: readonly Touches[],
): Promise<Run> {
  const { source, target, recipe, clock = systemClock } = task;
  const { engine } = source;
  const removes = touches.some((one) => one.removes === true);
  const placed = `SELECT *, row_number() OVER () AS ${place} FROM (${source.sql})`;
  // The source is kept when rows may be rejected: the quarantine holds them as they were delivered.
  const kept = removes ? await room.keep(placed) : undefined;
  const first = await castSource(task, touches, { sql: kept ?? placed, room });
  const steps = [first.done];
  const rejections: Rejection[] = [];
  let table = first.table;
  for (const [i, step] of recipe.steps.entries()) {
    const at = whereIs(recipe, labelOf(step));
    const deed = await deedOf(step, { engine, target, at, table, keep: room.keep });
    const measured = await measure(task, { step, deed, table });
    if (measured.rejected > 0) {
      const rows = await room.keep(
        `SELECT ${place} FROM ${table} t WHERE ${place} IN (${rejectedSql(deed, table)})`,
      );
      rejections.push({ step: i + 1, rule: labelOf(step), rows });
      steps.push({ ...measured.done, rejected: await exampleRows(task, kept ?? "", rows) });
    } else steps.push(measured.done);
    if (measured.rejected === 0 && !measured.isChanged) continue;
    const next = await room.keep(nextSql(deed, table));
    await room.drop(table);
    table = next;
  }
  const names = Object.keys(target.columns).map(quoteName).join(", ");
  const rescued = "_rescued" in target.columns ? await countOf(engine, rescuedSql(table)) : 0;
  const what = { source, recipe: recipe.name, rejections, table: kept, atMs: clock() };
  return {
    sql: `SELECT ${names} FROM ${table}`,
    quarantine: quarantineSql(what),
    steps,
    rescued,
    close: room.close,
  };
}

const countOf = async (engine: Engine, sql: string): Promise<number> =>
  Number((await engine.query(sql))[0]?.["n"] ?? 0);

const rescuedSql = (table: string): string =>
  `SELECT coalesce(sum(len(json_keys(_rescued))), 0)::BIGINT AS n FROM ${table}`;

async function castSource<C extends Columns>(
  { source, target, recipe, values = {} }: RunTask<C>,
  touches: readonly Touches[],
  { sql, room }: { readonly sql: string; readonly room: Room },
): Promise<{ readonly table: string; readonly done: DoneStep }> {
  const { engine } = source;
  const makes = [...touches.flatMap((one) => one.makes ?? []), ...Object.keys(values)];
  const origins = originsOf({ recipe, target, delivered: source.schema.columns, makes });
  const given = Object.fromEntries(
    Object.entries(values).flatMap(([name, cell]) => (cell === undefined ? [] : [[name, cell]])),
  );
  const from = sql.startsWith("SELECT") ? sql : `SELECT * FROM ${sql}`;
  if (recipe.cast === "strict")
    await refuseMisfits(
      recipe.name,
      engine,
      misfitSql(origins, { schema: source.schema, sql: from }),
    );
  const table = await room.keep(castTable(origins, { source, target, sql: from, values: given }));
  const rows = await countOf(engine, `SELECT count(*) AS n FROM ${table}`);
  const cellsChanged = "_rescued" in target.columns ? await countOf(engine, rescuedSql(table)) : 0;
  const report = { step: castLabel, rowsIn: rows, rowsOut: rows, cellsChanged };
  return { table, done: { report, changes: [], rejected: [] } };
}

/** What the first line of every report is called. */
export const castLabel = "cast to types";

async function refuseMisfits(name: string, engine: Engine, sql: string): Promise<void> {
  const found = await engine.query(sql);
  if (found.length === 0) return;
  const cells = Object.fromEntries(found.map((row) => [String(row["name"]), Number(row["n"])]));
  fail("table/mismatch-cast", {
    at: `recipe ${JSON.stringify(name)}`,
    cells,
    sample: found[0]?.["sample"],
  });
}
