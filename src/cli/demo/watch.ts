/** @file The demo's second half of the loop: labels that come late, the monitor, and the rows to learn from again. */
import { random } from "../../core/index.ts";
import { telcoSchema } from "../../dataset/index.ts";
import { type MonitorReport, monitorReport } from "../../monitor/index.ts";
import { bool, type Frame, frame, type Lake, schema, text, timestamp } from "../../table/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { churnLabels, churnSet } from "./customer-features.ts";
import { silverTable } from "./silver-steps.ts";
import { demoRequests, driftMs, logTable, readLog } from "./traffic.ts";
import {
  type ChurnModel,
  type CustomerColumns,
  judgedRows,
  type StoredScores,
  splitCustomers,
} from "./train.ts";

/** What turned out to be true, by request. */
export const labelSchema = schema("churn labels", {
  request_id: text({ key: true }),
  churn: bool(),
  known_at: timestamp(),
});
export const labelTable = "serving.churn_labels";

/** The rows models learn from, as a table, so that every run can name the version it saw. */
export const trainingTable = "telco.training";

/** Share of the requests whose truth has come in when the monitor looks. */
const labelled = 0.9;
const lateMs = 14 * 24 * 3_600_000;

/** Writes the labels that have come in; writing them again changes nothing. */
export async function joinLabels(
  workspace: Workspace,
  asked: { readonly seed: number; readonly version: number },
): Promise<{ readonly labels: number }> {
  const chance = random(asked.seed).stream("late labels");
  const requests = await demoRequests(workspace, asked);
  const rows = requests
    .filter(() => chance.next() < labelled)
    .map(({ requestId, customer }) => ({
      request_id: requestId,
      churn: customer.churn,
      known_at: new Date(driftMs + lateMs),
    }));
  const table = workspace.lake.table(labelTable, labelSchema);
  await table.merge(rows, { on: ["request_id"] });
  return { labels: rows.length };
}

/** Compares what was asked since a moment with what the model learned from. */
export async function watch(
  workspace: Workspace,
  model: ChurnModel,
  task: {
    /** The version of the model that answered, and of the table it learned from. */
    readonly version: number;
    readonly table: number;
    readonly trained: StoredScores;
    readonly from: number;
    readonly to?: number;
  },
): Promise<MonitorReport> {
  const { lake } = workspace;
  const { train } = await splitCustomers(await readTraining(workspace, task.table));
  const answers = await readLog(workspace, model);
  const at = (ms: number): string => `to_timestamp(${ms / 1000})`;
  const until = task.to === undefined ? "" : ` AND "at" < ${at(task.to)}`;
  const sql = `SELECT * FROM (${answers.sql}) WHERE model_version = ${task.version} AND "at" >= ${at(task.from)}${until}`;
  const { probability } = await judgedRows(model, train);
  const accuracy = task.trained["accuracy"];
  return monitorReport({
    reference: train,
    log: frame({ engine: lake.engine, schema: answers.schema, sql }),
    columns: Object.keys(model.signature.inputs),
    trained: { ...(typeof accuracy === "number" ? { accuracy } : {}), probabilities: probability },
    labels: await lake.table(labelTable, labelSchema).read(),
    label: "churn",
  });
}

/** A version of the training table. */
export async function readTraining(
  { lake }: Workspace,
  version?: number,
): Promise<Frame<CustomerColumns>> {
  const table = lake.table(trainingTable, telcoSchema);
  return table.read(version === undefined ? {} : { version });
}

/**
 * Writes the training table: the silver customers and, to learn again, the requests whose truth has
 * come in, each with the features that its key finds.
 */
export async function writeTraining(
  { lake }: Workspace,
  { withAnswers }: { readonly withAnswers: boolean },
): Promise<{ readonly version: number; readonly rows: number; readonly fromLog: number }> {
  const customers = await lake.sql(`SELECT customer_id, churn FROM ${silverTable}`, {
    schema: churnLabels,
  });
  const answered = withAnswers ? await labelledRequests(lake) : undefined;
  const labels = await lake.sql(
    `FROM customers${answered === undefined ? "" : " UNION ALL FROM answered"}`,
    { frames: { customers, ...(answered && { answered }) }, schema: churnLabels },
  );
  const set = await churnSet(lake, labels);
  const { version } = await lake.table(trainingTable, telcoSchema).overwrite(set.rows);
  return { version, rows: await labels.count(), fromLog: (await answered?.count()) ?? 0 };
}

/** Logged requests with their labels; a request's features are kept under its id. */
function labelledRequests(lake: Lake): Promise<Frame<typeof churnLabels.columns>> {
  return lake.sql(
    `SELECT request_id AS customer_id, churn FROM ${logTable} JOIN ${labelTable} USING (request_id)`,
    { schema: churnLabels },
  );
}
