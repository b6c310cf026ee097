/** @file Tests of MLflow's protocol over HTTP: experiments, runs and metrics, with the sentences that its clients know. */
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

describe("experiments", () => {
  test("are made, found, renamed, deleted with their runs and restored", async () => {
    const made = await server.post("experiments/create", {
      name: "Mine",
      tags: [{ key: "team", value: "blue" }],
    });
    const { experiment_id } = made.json;
    const run_id = await newRun(server, experiment_id);
    expect((await server.get("experiments/get", { experiment_id })).json.experiment).toEqual({
      ...{ experiment_id, name: "Mine", artifact_location: `file:///artifacts/${experiment_id}` },
      ...{ lifecycle_stage: "active", last_update_time: expect.any(Number) },
      ...{ creation_time: expect.any(Number), tags: [{ key: "team", value: "blue" }] },
    });
    await server.post("experiments/update", { experiment_id, new_name: "Ours" });
    const byName = await server.get("experiments/get-by-name", { experiment_name: "Ours" });
    expect(byName.json.experiment.experiment_id).toBe(experiment_id);
    await server.post("experiments/delete", { experiment_id });
    const stage = async () =>
      (await server.get("runs/get", { run_id })).json.run.info.lifecycle_stage;
    expect(await stage()).toBe("deleted");
    await server.post("experiments/restore", { experiment_id });
    expect(await stage()).toBe("active");
  });

  test("are searched by name, tag and view, in order and by pages", async () => {
    const own = await protocolServer();
    for (const [name, value] of [
      ["a", "value"],
      ["ab", "vaLue"],
      ["Abc", undefined],
    ] as const)
      await own.post("experiments/create", {
        name,
        tags: value === undefined ? [] : [{ key: "key", value }],
      });
    const names = async (body: object) =>
      (await own.post("experiments/search", { max_results: 10, ...body })).json.experiments?.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names({})).toEqual(["Abc", "ab", "a", "Default"]);
    expect(await names({ filter: "name LIKE 'a%'" })).toEqual(["ab", "a"]);
    expect(await names({ filter: "tag.key != 'value'" })).toEqual(["ab"]);
    expect(await names({ filter: "tag.key ILIKE '%alu%'" })).toEqual(["ab", "a"]);
    expect(await names({ order_by: ["name DESC"] })).toEqual(["ab", "a", "Default", "Abc"]);
    expect(await names({ filter: "name = 'none'" })).toBeUndefined();
    const page = (await own.post("experiments/search", { max_results: 3 })).json;
    expect(page.experiments).toHaveLength(3);
    expect(await names({ page_token: page.next_page_token })).toEqual(["Default"]);
    await own[Symbol.asyncDispose]();
  });

  test.each([
    ["experiments/create", {}, "Missing value for required parameter 'name'."],
    ["experiments/create", { name: 123 }, "Invalid value 123 for parameter 'name' supplied"],
    [
      "experiments/create",
      '{"name": "x", "artifact_location": 9.0}',
      "Invalid value 9.0 for parameter 'artifact_location' supplied",
    ],
    [
      "experiments/create",
      { name: "x", tags: "5" },
      `Invalid value "5" for parameter 'tags' supplied`,
    ],
    ["experiments/create", { name: "" }, "Invalid experiment name: ''"],
    [
      "experiments/create",
      { name: "x".repeat(501) },
      "'name' exceeds the maximum length of 500 characters",
    ],
    [
      "experiments/search",
      { max_results: 50_001 },
      "Invalid value 50001 for parameter 'max_results' supplied",
    ],
    ["experiments/search", { filter: "metrics.a > 3" }, "Invalid entity type 'metrics'"],
    ["experiments/search", { order_by: ["colour"] }, "Invalid attribute key 'colour' specified"],
    [
      "experiments/search",
      { page_token: "garbage!" },
      "Invalid page token, could not base64-decode",
    ],
    [
      "experiments/delete",
      { experiment_id: "abc" },
      "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
    ],
  ])("refuse %s of %j", async (path, body, message) => {
    const { status, json } = await server.post(path, body);
    expect(json.message).toContain(message);
    expect([status, json.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });

  test("tell which is not there, and which is there already", async () => {
    const missing = await server.get("experiments/get", { experiment_id: "999" });
    expect(missing).toEqual({
      status: 404,
      json: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "No Experiment with id=999 exists" },
    });
    const twice = await server.post("experiments/create", { name: "Default" });
    expect([twice.status, twice.json.error_code]).toEqual([400, "RESOURCE_ALREADY_EXISTS"]);
  });
});

describe("runs", () => {
  test("have what was logged, NaN and infinities too", async () => {
    const id = await newRun(server, await newExperiment(server, "log"), {
      run_name: "mine",
      user_id: "ada",
    });
    const at = { run_id: id, timestamp: 5, step: 2 };
    await server.post("runs/log-metric", { ...at, key: "m", value: 1.5 });
    await server.post("runs/log-metric", { ...at, key: "nan", value: "NaN" });
    await server.post("runs/log-metric", { ...at, key: "inf", value: "-Infinity" });
    await server.post("runs/log-parameter", { run_id: id, key: "p", value: "" });
    await server.post("runs/set-tag", { run_uuid: id, key: "t", value: "v" });
    const { run } = (await server.get("runs/get", { run_id: id })).json;
    expect(run.info).toMatchObject({
      run_name: "mine",
      user_id: "ada",
      status: "RUNNING",
      run_uuid: id,
    });
    expect(run.info.artifact_uri).toMatch(new RegExp(`^file:///artifacts/\\d+/${id}/artifacts$`));
    expect(run.data.metrics).toEqual(
      expect.arrayContaining([
        { key: "m", value: 1.5, timestamp: 5, step: 2 },
        { key: "nan", value: "NaN", timestamp: 5, step: 2 },
        { key: "inf", value: "-Infinity", timestamp: 5, step: 2 },
      ]),
    );
    expect(run.data.params).toEqual([{ key: "p", value: "" }]);
    expect(run.data.tags).toEqual(
      expect.arrayContaining([
        { key: "t", value: "v" },
        { key: "mlflow.runName", value: "mine" },
      ]),
    );
  });

  test("take a batch whole or not at all", async () => {
    const run_id = await newRun(server, await newExperiment(server, "batch"));
    await server.post("runs/log-batch", { run_id, params: [{ key: "p", value: "1" }] });
    const refused = await server.post("runs/log-batch", {
      run_id,
      metrics: [{ key: "m", value: 1, timestamp: 1 }],
      params: [{ key: "p", value: "2" }],
      tags: [{ key: "t", value: "x" }],
    });
    expect(refused.json.message).toContain(
      "Changing param values is not allowed. Param with key='p' was already logged with value='1'",
    );
    const { data } = (await server.get("runs/get", { run_id })).json.run;
    expect([data.metrics, data.params]).toEqual([undefined, [{ key: "p", value: "1" }]]);
  });

  test("keep every model that is logged, also when they come at once", async () => {
    const run_id = await newRun(server, await newExperiment(server, "models"));
    const model = (artifact_path: string) => ({
      ...{ run_id, artifact_path, utc_time_created: "2026", flavors: {} },
    });
    const logged = ["a", "b", "c"].map((path) =>
      server.post("runs/log-model", { run_id, model_json: JSON.stringify(model(path)) }),
    );
    expect((await Promise.all(logged)).map(({ status }) => status)).toEqual([200, 200, 200]);
    const { tags } = (await server.get("runs/get", { run_id })).json.run.data;
    const { value } = tags.find(({ key }: { key: string }) => key === "mlflow.log-model.history");
    const paths = JSON.parse(value).map((one: { artifact_path: string }) => one.artifact_path);
    expect(paths.sort()).toEqual(["a", "b", "c"]);
    for (const [model_json, message] of [
      ["{", "Malformed model info."],
      ["{}", "Model json is missing mandatory fields"],
    ]) {
      const { json } = await server.post("runs/log-model", { run_id, model_json });
      expect(json.message).toContain(message);
    }
  });

  test("are renamed by their tag and by an update, finished, deleted and restored", async () => {
    const run_id = await newRun(server, await newExperiment(server, "update"));
    const info = async () => (await server.get("runs/get", { run_id })).json.run.info;
    await server.post("runs/set-tag", { run_id, key: "mlflow.runName", value: "by tag" });
    expect((await info()).run_name).toBe("by tag");
    const { run_info } = (
      await server.post("runs/update", {
        run_id,
        status: "FINISHED",
        end_time: 9,
        run_name: "done",
      })
    ).json;
    expect(run_info).toMatchObject({ run_name: "done", status: "FINISHED", end_time: 9 });
    await server.post("runs/delete", { run_id });
    const deleted = await server.post("runs/set-tag", { run_id, key: "a", value: "b" });
    expect(deleted.json.message).toBe(
      `The run ${run_id} must be in the 'active' state. Current state is deleted.`,
    );
    await server.post("runs/restore", { run_id });
    expect((await info()).lifecycle_stage).toBe("active");
  });

  test("are searched by everything that the grammar has, in order and by pages", async () => {
    const experiment = await newExperiment(server, "search");
    const ids = new Map<string, string>();
    for (const [name, auc, depth] of [
      ["a", 0.9, "4"],
      ["b", 0.7, "8"],
      ["c", "NaN", "4"],
      ["d", undefined, "x y"],
    ] as const) {
      const run_id = await newRun(server, experiment, {
        run_name: name,
        start_time: 10 + ids.size,
      });
      ids.set(name, run_id);
      await server.post("runs/log-batch", {
        run_id,
        metrics: auc === undefined ? [] : [{ key: "auc", value: auc, timestamp: 1 }],
        params: [{ key: "depth", value: depth }],
        tags: name === "d" ? [] : [{ key: "team", value: `T-${name}` }],
      });
    }
    const found = async (body: object) => {
      const { json } = await server.post("runs/search", { experiment_ids: [experiment], ...body });
      return (
        json.runs?.map((run: { info: { run_name: string } }) => run.info.run_name).join("") ??
        json.message ??
        ""
      );
    };
    expect(await found({})).toBe("dcba");
    expect(await found({ filter: "metrics.auc > 0.8" })).toBe("a");
    expect(await found({ filter: "metric.auc >= 0.7 AND params.depth = '8'" })).toBe("b");
    expect(await found({ filter: "params.depth != '4'" })).toBe("db");
    expect(await found({ filter: "tags.team LIKE 't%'" })).toBe("");
    expect(await found({ filter: "tags.team ILIKE 't%'" })).toBe("cba");
    expect(await found({ filter: "tags.team IS NULL" })).toBe("d");
    expect(await found({ filter: "params.depth IS NOT NULL and attributes.start_time < 12" })).toBe(
      "ba",
    );
    expect(await found({ filter: "run_name = 'a'" })).toBe("a");
    expect(await found({ filter: `run_id IN ('${ids.get("a")}', '${ids.get("c")}')` })).toBe("ca");
    expect(await found({ filter: "status = 'RUNNING' AND attributes.`Run Name` = 'b'" })).toBe("b");
    expect(
      await found({ filter: `artifact_uri LIKE 'file:///artifacts/%/${ids.get("b")}/%'` }),
    ).toBe("b");
    expect(await found({ order_by: ["metrics.auc DESC"] })).toBe("abcd"); // NaN behind numbers, none last
    expect(await found({ order_by: ["metrics.auc ASC"] })).toBe("bacd");
    expect(await found({ order_by: ["params.depth", "start_time ASC"] })).toBe("acbd");
    const first = (
      await server.post("runs/search", { experiment_ids: [experiment], max_results: 3 })
    ).json;
    expect(await found({ max_results: 3, page_token: first.next_page_token })).toBe("a");
    expect(await found({ experiment_ids: [] })).toBe("");
    await server.post("runs/delete", { run_id: ids.get("a") });
    expect(await found({})).toBe("dcb");
    expect(await found({ run_view_type: "DELETED_ONLY" })).toBe("a");
    expect(await found({ run_view_type: "ALL" })).toBe("dcba");
  });

  test.each([
    [
      "foo.a = 3",
      "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
    ],
    ["colour = 'x'", "Invalid attribute key 'colour' specified."],
    ["dataset.colour = 'x'", "Invalid dataset key 'colour' specified."],
    ["metrics.a = 'x'", "Expected numeric value type for metric. Found 'x'"],
    ["metrics.a LIKE 3", "Invalid comparator 'LIKE' not one of"],
    ["params.a = 3", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 3"],
    ["params.a > 'x'", "Invalid comparator '>' not one of"],
    [
      "start_time = 'x'",
      "Expected numeric value type for numeric attribute: start_time. Found 'x'",
    ],
    ["user_id IN ('a')", "Only ['run_id'] attributes support comparison with a list"],
    [
      "metrics.a IS NULL",
      "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'",
    ],
  ])("refuse the filter %s", async (filter, message) => {
    const { status, json } = await server.post("runs/search", { experiment_ids: ["0"], filter });
    expect(json.message).toContain(message);
    expect([status, json.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });

  test("refuse an order that names a field twice", async () => {
    const { json } = await server.post("runs/search", {
      experiment_ids: ["0"],
      order_by: ["start_time", "created DESC"],
    });
    expect(json.message).toContain("`order_by` contains duplicate fields");
  });

  test.each([
    [
      "runs/log-metric",
      { run_id: 31, key: "m", value: 41, timestamp: 59 },
      "Invalid value 31 for parameter 'run_id' supplied",
    ],
    [
      "runs/log-metric",
      { run_id: "r", value: 31, timestamp: 59 },
      "Missing value for required parameter 'key'",
    ],
    [
      "runs/log-metric",
      { run_id: "r", key: null, value: 31, timestamp: 59 },
      "Missing value for required parameter 'key'",
    ],
    [
      "runs/log-metric",
      { run_id: null, key: "k", value: 31, timestamp: 59 },
      "Missing value for required parameter 'run_id'",
    ],
    [
      "runs/log-metric",
      { run_id: "r", key: "k", value: 31, timestamp: 59, step: "foo" },
      `Invalid value "foo" for parameter 'step' supplied`,
    ],
    [
      "runs/log-metric",
      { run_id: "r", key: "a/../b", value: 31, timestamp: 59 },
      "must not resolve to other names",
    ],
    [
      "runs/log-metric",
      { run_id: "r", key: "a", value: 31, timestamp: -1 },
      "Timestamp must be a nonnegative long",
    ],
    [
      "runs/log-parameter",
      { run_id: "r", key: "a*b", value: "x" },
      "Names may only contain alphanumerics",
    ],
    [
      "runs/log-parameter",
      { run_id: "r", key: "a", value: "x".repeat(6001) },
      "'Param value' exceeds the maximum length of 6000 characters",
    ],
    [
      "runs/set-tag",
      { run_id: "r", key: "a", value: 41 },
      "Invalid value 41 for parameter 'value' supplied",
    ],
    [
      "runs/log-batch",
      { run_id: "r", metrics: "foo" },
      `Invalid value "foo" for parameter 'metrics' supplied`,
    ],
    [
      "runs/log-batch",
      { run_id: "r", metrics: [{ key: "mae", value: 2.5 }] },
      "Missing value for required parameter 'metrics[0].timestamp'",
    ],
    [
      "runs/log-batch",
      {
        run_id: "r",
        params: [
          { key: "a", value: "1" },
          { key: "a", value: "2" },
        ],
      },
      "Duplicate parameter keys have been submitted: ['a']",
    ],
    [
      "runs/log-batch",
      { run_id: "r", params: Array.from({ length: 101 }, (_, i) => ({ key: `k${i}`, value: "" })) },
      "A batch logging request can contain at most 100 params. Got 101 params.",
    ],
    ["runs/log-inputs", { datasets: [] }, "Missing value for required parameter 'run_id'"],
    [
      "experiments/search-datasets",
      {},
      "SearchDatasets request must specify at least one experiment_id.",
    ],
  ])("refuse %s of %j", async (path, body, message) => {
    const { status, json } = await server.post(path, body);
    expect(json.message).toContain(message);
    expect([status, json.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });

  test("tell which is not there, and that a name and its tag differ", async () => {
    const missing = await server.post("runs/set-tag", { run_id: "none", key: "a", value: "b" });
    expect([missing.status, missing.json.message]).toEqual([404, "Run with id=none not found"]);
    const run_id = await newRun(server, "0");
    const tag = await server.post("runs/delete-tag", { run_id, key: "none" });
    expect([tag.status, tag.json.message]).toEqual([
      404,
      `No tag with name: none in run with id ${run_id}`,
    ]);
    const named = await server.post("runs/create", {
      experiment_id: "0",
      run_name: "a",
      tags: [{ key: "mlflow.runName", value: "b" }],
    });
    expect(named.json.message).toContain(
      "Both 'run_name' argument and 'mlflow.runName' tag are specified",
    );
  });

  test("keep data sets with their tags, and the models that they took in and made", async () => {
    const experiment = await newExperiment(server, "inputs");
    const run_id = await newRun(server, experiment);
    const dataset = { name: "d", digest: "1", source_type: "local", source: "{}" };
    const tags = [{ key: "mlflow.data.context", value: "training" }];
    await server.post("runs/log-inputs", {
      run_id,
      datasets: [{ dataset, tags }],
      models: [{ model_id: "m-1" }],
    });
    await server.post("runs/outputs", { run_id, models: [{ model_id: "m-2", step: 3 }] });
    const { run } = (await server.get("runs/get", { run_id })).json;
    expect(run.inputs).toEqual({
      dataset_inputs: [{ tags, dataset }],
      model_inputs: [{ model_id: "m-1" }],
    });
    expect(run.outputs).toEqual({ model_outputs: [{ model_id: "m-2", step: 3 }] });
    const summaries = await server.post("experiments/search-datasets", {
      experiment_ids: [experiment],
    });
    expect(summaries.json.dataset_summaries).toEqual([
      { experiment_id: experiment, name: "d", digest: "1", context: "training" },
    ]);
    const search = (filter: string) =>
      server.post("runs/search", { experiment_ids: [experiment], filter });
    expect(
      (await search("dataset.name = 'd' AND datasets.context = 'training'")).json.runs,
    ).toHaveLength(1);
    expect((await search("dataset.digest IN ('2', '3')")).json.runs).toBeUndefined();
  });
});
