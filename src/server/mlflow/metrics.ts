/** @file The places of metrics: their history, whole, by pages, of many runs, and thinned out for charts. */
import type { RunMetric } from "../../run/index.ts";
import { refuse } from "./answer-error.ts";
import { int, list, required, text } from "./fields.ts";
import { jsonNumber, listed, metricMessage } from "./messages.ts";
import { type ProtocolRoute, route } from "./route.ts";
import { idOf } from "./runs.ts";

const invalid = (message: string): never => refuse("INVALID_PARAMETER_VALUE", message);
const most = { runs: 100, history: 25_000, sampled: 2500 };

/** The places of metrics. */
export const metricRoutes: readonly ProtocolRoute[] = [
  route(
    "GET 2.0 metrics/get-history",
    {
      run_id: text(),
      run_uuid: text(),
      metric_key: required(text()),
      max_results: int(),
      page_token: text(),
    },
    async ({ metric_key: key, max_results, page_token: pageToken, ...asked }, { tracking }) => {
      if (max_results !== undefined && max_results <= 0)
        invalid(
          `Invalid value ${max_results} for parameter 'max_results' supplied. It must be a positive integer.`,
        );
      const maxResults =
        max_results === undefined ? undefined : Math.min(max_results, most.history);
      const page = await tracking.history({ id: idOf(asked), key }, { maxResults, pageToken });
      return {
        ...listed("metrics", page.items.map(metricMessage)),
        ...(page.nextPageToken === undefined ? {} : { next_page_token: page.nextPageToken }),
      };
    },
  ),
  route(
    "GET 2.0 metrics/get-history-bulk",
    { run_id: list(text()), metric_key: text(), max_results: int() },
    async ({ run_id: ids = [], metric_key: key, max_results = most.history }, { tracking }) => {
      if (ids.length === 0)
        invalid("GetMetricHistoryBulk request must specify at least one run_id.");
      if (ids.length > most.runs)
        invalid(
          `GetMetricHistoryBulk request cannot specify more than ${most.runs} run_ids. Received ${ids.length} run_ids.`,
        );
      if (key === undefined)
        return invalid("GetMetricHistoryBulk request must specify a metric_key.");
      const points = await tracking.histories({ ids, key }, Math.min(max_results, most.history));
      return { metrics: points.map(pointMessage) };
    },
  ),
  route(
    "GET 2.0 metrics/get-history-bulk-interval",
    {
      ...{ run_ids: required(list(text())), metric_key: required(text()) },
      ...{ start_step: int(), end_step: int(), max_results: int() },
    },
    async (asked, { tracking }) => {
      const { run_ids: ids, metric_key: key, max_results: maxResults = most.sampled } = asked;
      if (ids.length > most.runs)
        invalid(
          `GetMetricHistoryBulkInterval request must specify at most ${most.runs} run_ids. Received ${ids.length} run_ids.`,
        );
      if (key === "") invalid("Missing value for required parameter 'metric_key'.");
      if (maxResults < 1 || maxResults > most.sampled)
        invalid(`max_results must be between 1 and ${most.sampled}.`);
      const range = rangeOf(asked.start_step, asked.end_step);
      const points = await tracking.sampledHistories({ ids, key, range, maxResults });
      return listed("metrics", points.map(pointMessage));
    },
  ),
];

function rangeOf(from: number | undefined, to: number | undefined) {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined)
    return invalid("If either start step or end step are specified, both must be specified.");
  if (from > to)
    invalid(
      `end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`,
    );
  return [from, to] as const;
}

const pointMessage = ({ key, value, atMs, step, runId }: RunMetric): object => ({
  ...{ key, value: jsonNumber(value), timestamp: atMs, step, run_id: runId },
});
