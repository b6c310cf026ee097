/** @file The demo's dry run: done on a copy of what it would change, which is thrown away. */
import { constants } from "node:fs";
import { cp, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type DocsReport, toDocsResult, validate } from "../../check/index.ts";
import { type PlannedPipelineStep, planPipeline } from "../../pipeline/index.ts";
import {
  type CleaningPlan,
  clean,
  type Frame,
  frame,
  type IngestReport,
  ingest,
  planCleaning,
} from "../../table/index.ts";
import { openWorkspace, type Workspace } from "../../workspace/index.ts";
import type { Surroundings } from "../command.ts";
import { churnPipeline, type DemoTask } from "./churn-pipeline.ts";
import { classic, classicSilver } from "./classic.ts";
import { deliver, type Landed, land } from "./land.ts";
import { checkSameSource, type DemoOptions } from "./run-demo.ts";
import { bronze, recipe, silver, silverSuite } from "./silver.ts";
import { silverTable } from "./silver-steps.ts";

/** What the demo would do. */
export interface DemoPlan {
  readonly folder: string;
  readonly steps: readonly PlannedPipelineStep[];
  readonly landed: Landed;
  /** What bronze would get. */
  readonly bronze: IngestReport;
  /** What the default recipe would do to the rows that are new, and the classic one to all. */
  readonly cleaning: CleaningPlan;
  readonly classic: CleaningPlan | null;
  /** What the gate would say of the cleaned rows; null when there are none. */
  readonly gate: DocsReport | null;
  /** What the merge into silver would do. */
  readonly silver: {
    readonly inserted: number;
    readonly updated: number;
    readonly rejected: number;
  };
}

/** What of a workspace the demo's first half reads and writes. */
const copied = ["lake.json", "records.db", "records.db-wal", "landing", "tables/telco"];

/**
 * Says what {@link runDemo} would do up to silver, and which steps would run: by doing it on a copy in
 * the system's temporary folder. The workspace is neither made nor changed.
 *
 * @throws what {@link runDemo} throws about the file and the folder, `cli/missing-file` for one
 */
export async function planDemo(options: DemoOptions, around: Surroundings): Promise<DemoPlan> {
  const folder = resolve(options.folder);
  const delivery = await deliver(options.source); // a file that cannot be read is told first
  const copy = await mkdtemp(join(tmpdir(), "millrace-dry-run-"));
  try {
    for (const part of copied) {
      const from = join(folder, part);
      const found = await stat(from).catch(() => undefined);
      const mode = constants.COPYFILE_FICLONE;
      if (found !== undefined) await cp(from, join(copy, part), { recursive: true, mode });
    }
    await using workspace = await openWorkspace(copy);
    await checkSameSource({ ...workspace, path: folder }, delivery);
    const task = { workspace, delivery, recipe: options.recipe, progress: () => undefined };
    return { folder, ...(await planIn(task, around)) };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function planIn(task: DemoTask, { signal }: Surroundings): Promise<Omit<DemoPlan, "folder">> {
  const { workspace, delivery, recipe: recipeName } = task;
  const { lake, bytes, records } = workspace;
  const steps = await planPipeline(churnPipeline(task), { records });
  const landed = await land(bytes, delivery);
  const into = lake.table("telco.bronze", bronze);
  const loaded = await ingest(lake, { from: bytes.locate("landing"), into, signal });
  const rows = await into.read();
  const sql = `SELECT * FROM (${rows.sql}) WHERE NOT _is_processed`;
  const fresh = frame({ engine: lake.engine, schema: rows.schema, sql });
  const values = { _run_id: "a run" };
  const cleaning = await planCleaning(fresh, silver, { ...recipe, values, examples: 2 });
  const wanted = recipeName === "classic";
  return {
    steps,
    landed,
    bronze: loaded,
    cleaning,
    classic: wanted ? await planCleaning(rows, classicSilver, { ...classic, examples: 2 }) : null,
    ...(await effects(workspace, fresh)),
  };
}

/** What the gate would say, and what the merge would do. */
async function effects(
  { lake, clock }: Workspace,
  fresh: Frame,
): Promise<Pick<DemoPlan, "gate" | "silver">> {
  const read = await fresh.count();
  if (read === 0) return { gate: null, silver: { inserted: 0, updated: 0, rejected: 0 } };
  const values = { _run_id: "a run" };
  await using cleaned = await clean(fresh, silver, { ...recipe, values });
  const rows = await cleaned.frame.count();
  const index = { unexpected_index_column_names: ["customer_id"] };
  const result = await validate(cleaned.frame, silverSuite, {
    clock,
    batchId: silverTable,
    resultFormat: { result_format: "SUMMARY", ...index },
    meta: { millrace: { table: silverTable, rows } },
  });
  const updated = await knownIn(lake, cleaned.frame);
  return {
    gate: toDocsResult(result).report,
    silver: { inserted: rows - updated, updated, rejected: read - rows },
  };
}

/** How many of some customers silver has already. */
async function knownIn(lake: Workspace["lake"], rows: Frame): Promise<number> {
  if (!(await lake.tables()).includes(silverTable)) return 0;
  const there = await lake.table(silverTable, await lake.schemaOf(silverTable)).read();
  const sql = `SELECT count(*) AS n FROM (${rows.sql}) SEMI JOIN (${there.sql}) USING (customer_id)`;
  const [found] = await lake.engine.query(sql);
  return Number(found?.["n"] ?? 0);
}
