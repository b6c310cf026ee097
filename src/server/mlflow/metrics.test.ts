/** @file Tests of MLflow's protocol over HTTP: the history of metrics, and the wire. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  newExperiment,
  newRun,
  type ProtocolServer,
  protocolServer,
} from "../../../tests/support/protocol.ts";

let server: ProtocolServer;
beforeAll(async () => {
  server = await protocolServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("metrics", () => {
  test("have their history, whole and by pages, and thinned out for charts", async () => {
    const run_id = await newRun(server, await newExperiment(server, "history"));
    for (let step = 0; step < 10; step++)
      await server.post("runs/log-metric", {
        run_id,
        key: "m",
        value: step / 2,
        timestamp: 1,
        step,
      });
    const history = await server.get("metrics/get-history", { run_id, metric_key: "m" });
    expect(history.json.metrics).toHaveLength(10);
    const page = await server.get("metrics/get-history", {
      run_id,
      metric_key: "m",
      max_results: "7",
    });
    const rest = await server.get("metrics/get-history", {
      run_id,
      metric_key: "m",
      max_results: "7",
      page_token: page.json.next_page_token,
    });
    expect(rest.json.metrics.map(({ step }: { step: number }) => step)).toEqual([7, 8, 9]);
    expect((await server.get("metrics/get-history", { run_id, metric_key: "none" })).json).toEqual(
      {},
    );
    const steps = async (query: Record<string, string | string[]>) =>
      (
        await server.get("metrics/get-history-bulk-interval", {
          run_ids: [run_id],
          metric_key: "m",
          ...query,
        })
      ).json.metrics.map(({ step }: { step: number }) => step);
    expect(await steps({ max_results: "5" })).toEqual([0, 2, 4, 6, 8, 9]);
    expect(await steps({ max_results: "5", start_step: "0", end_step: "4" })).toEqual([
      0, 1, 2, 3, 4,
    ]);
    const bulk = await server.get("metrics/get-history-bulk", {
      run_id: [run_id],
      metric_key: "m",
      max_results: "2",
    });
    expect(bulk.json.metrics).toEqual([
      { key: "m", value: 0, timestamp: 1, step: 0, run_id },
      { key: "m", value: 0.5, timestamp: 1, step: 1, run_id },
    ]);
  });

  test.each([
    [
      "get-history-bulk",
      { metric_key: "k" },
      "GetMetricHistoryBulk request must specify at least one run_id.",
    ],
    [
      "get-history-bulk",
      { run_id: "1" },
      "GetMetricHistoryBulk request must specify a metric_key.",
    ],
    [
      "get-history-bulk-interval",
      { metric_key: "k" },
      "Missing value for required parameter 'run_ids'.",
    ],
    [
      "get-history-bulk-interval",
      { run_ids: "1", metric_key: "k", max_results: "0" },
      "max_results must be between 1 and 2500",
    ],
    [
      "get-history-bulk-interval",
      { run_ids: "1", metric_key: "" },
      "Missing value for required parameter 'metric_key'",
    ],
    [
      "get-history-bulk-interval",
      { run_ids: "1", metric_key: "k", start_step: "1", end_step: "0" },
      "end_step must be greater than start_step. ",
    ],
    [
      "get-history-bulk-interval",
      { run_ids: "1", metric_key: "k", start_step: "1" },
      "If either start step or end step are specified, both must be specified.",
    ],
  ])("refuse %s of %j", async (path, query, message) => {
    const { status, json } = await server.get(
      `metrics/${path}`,
      query as unknown as Record<string, string>,
    );
    expect(json.message).toContain(message);
    expect([status, json.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });
});

describe("the wire", () => {
  test("is at both prefixes, takes JSON within JSON and camelCase, and refuses what is no JSON", async () => {
    const page = await fetch(`${server.url}/ajax-api/2.0/mlflow/experiments/get?experiment_id=0`);
    expect(page.status).toBe(200);
    const twice = await server.post(
      "experiments/create",
      JSON.stringify(JSON.stringify({ name: "twice" })),
    );
    expect(twice.status).toBe(200);
    const camel = await server.post("experiments/create", {
      name: "camel",
      artifactLocation: "s3://b/c",
    });
    const { experiment } = (await server.get("experiments/get", camel.json)).json;
    expect(experiment.artifact_location).toBe("s3://b/c");
    expect((await server.post("experiments/create", "{")).json.error_code).toBe("BAD_REQUEST");
    const form = await fetch(`${server.url}/api/2.0/mlflow/runs/search`, {
      method: "POST",
      body: "a=b",
      headers: { "content-type": "text/plain" },
    });
    expect(form.status).toBe(400);
  });
});
