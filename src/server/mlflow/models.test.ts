/** @file Tests of MLflow's protocol over HTTP: registered models, versions, aliases, stages, and where versions may come from. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProtocolServer, protocolServer } from "../../../tests/support/protocol.ts";
import { unquoted } from "./model-source.ts";

let server: ProtocolServer;
let run: { readonly run_id: string; readonly artifact_uri: string };
beforeAll(async () => {
  server = await protocolServer();
  run = (await server.post("runs/create", { experiment_id: "0" })).json.run.info;
});
afterAll(() => server[Symbol.asyncDispose]());

const newModel = async (name: string, versions = 0): Promise<string> => {
  await server.post("registered-models/create", { name });
  for (let i = 0; i < versions; i++) await newVersion(name);
  return name;
};
const newVersion = (name: string, more: object = {}) =>
  server.post("model-versions/create", { name, source: "s3://bucket/model", ...more });
const version = (name: string, number: number) =>
  server.get("model-versions/get", { name, version: `${number}` });

describe("registered models", () => {
  test("are made, described, tagged, renamed with all they have, and deleted", async () => {
    await server.post("registered-models/create", {
      name: "a",
      description: "d",
      tags: [{ key: "k", value: "v" }],
    });
    await newVersion("a", { run_id: run.run_id, tags: [{ key: "t", value: "u" }] });
    await server.post("registered-models/alias", { name: "a", version: "1", alias: "champion" });
    await server.send("PATCH", "registered-models/update", { name: "a", description: "better" });
    await server.post("registered-models/set-tag", { name: "a", key: "k", value: "w" });
    const renamed = await server.post("registered-models/rename", { name: "a", new_name: "b" });
    expect(renamed.json.registered_model).toMatchObject({
      ...{ name: "b", description: "better", tags: [{ key: "k", value: "w" }] },
      aliases: [{ alias: "champion", version: "1" }],
      latest_versions: [
        {
          name: "b",
          version: "1",
          run_id: run.run_id,
          tags: [{ key: "t", value: "u" }],
          status: "READY",
          current_stage: "None",
          aliases: ["champion"],
        },
      ],
    });
    expect((await server.get("registered-models/get", { name: "a" })).json.message).toBe(
      "Registered Model with name=a not found",
    );
    await server.send("DELETE", "registered-models/delete-tag", { name: "b", key: "k" });
    await server.send("DELETE", "registered-models/delete", { name: "b" });
    expect((await server.get("registered-models/get", { name: "b" })).status).toBe(404);
  });

  test("do not use the numbers of a deleted model again", async () => {
    await newModel("again", 2);
    await server.send("DELETE", "registered-models/delete", { name: "again" });
    await newModel("again");
    expect((await newVersion("again")).json.model_version.version).toBe("3");
  });

  test("are searched, without prompts unless they are asked for", async () => {
    for (const name of ["find-a", "find-b", "Find-c"]) await newModel(name);
    await server.post("registered-models/create", {
      name: "find-prompt",
      tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }],
    });
    const names = async (query: Record<string, string>) => {
      const { json } = await server.get("registered-models/search", query);
      return json.registered_models?.map(({ name }: { name: string }) => name) ?? json.message;
    };
    expect(await names({ filter: "name LIKE 'find-%'" })).toEqual(["find-a", "find-b"]);
    expect(await names({ filter: "name ILIKE 'find-%'", order_by: "name DESC" })).toEqual([
      "find-b",
      "find-a",
      "Find-c",
    ]);
    expect(
      await names({ filter: "name LIKE 'find-%' AND tags.`mlflow.prompt.is_prompt` = 'true'" }),
    ).toEqual(["find-prompt"]);
    expect(await names({ filter: "colour = 'x'" })).toContain(
      "Invalid attribute key 'colour' specified",
    );
    expect(await names({ order_by: "colour" })).toContain(
      "Invalid order by key 'colour' specified",
    );
    expect(await names({ max_results: "1001" })).toContain(
      "It must be at most 1000, but got value 1001",
    );
  });

  test.each([
    ["registered-models/create", {}, "Missing value for required parameter 'name'."],
    ["registered-models/create", { name: "" }, "Missing value for required parameter 'name'."],
    [
      "registered-models/create",
      { name: "a/b" },
      "Invalid model name 'a/b'. Names cannot contain '/' or ':'.",
    ],
    [
      "registered-models/rename",
      { name: "none", new_name: "x" },
      "Registered Model with name=none not found",
    ],
    [
      "registered-models/set-tag",
      { name: "none", key: "../x", value: "" },
      "must not resolve to other names",
    ],
  ] as const)("refuse %s of %j", async (path, body, message) => {
    const { json } = await server.post(path, body);
    expect(json.message).toContain(message);
  });

  test("refuse a name that is taken", async () => {
    await newModel("taken");
    await newModel("other");
    for (const [path, body] of [
      ["create", { name: "taken" }],
      ["rename", { name: "other", new_name: "taken" }],
    ] as const) {
      const { status, json } = await server.post(`registered-models/${path}`, body);
      expect([status, json.error_code, json.message]).toEqual([
        400,
        "RESOURCE_ALREADY_EXISTS",
        "Registered Model (name=taken) already exists.",
      ]);
    }
  });
});

describe("versions", () => {
  test("are described, tagged, staged and deleted, and their numbers stay taken", async () => {
    const name = await newModel("staged", 3);
    await server.send("PATCH", "model-versions/update", {
      name,
      version: "1",
      description: "first",
    });
    await server.post("model-versions/set-tag", { name, version: "1", key: "k", value: "v" });
    const stage = (number: number, to: string, archive = false) =>
      server.post("model-versions/transition-stage", {
        name,
        version: `${number}`,
        stage: to,
        archive_existing_versions: archive,
      });
    await stage(1, "production");
    await stage(2, "Production", true);
    expect((await version(name, 1)).json.model_version).toMatchObject({
      current_stage: "Archived",
      description: "first",
      tags: [{ key: "k", value: "v" }],
    });
    const latest = await server.post("registered-models/get-latest-versions", {
      name,
      stages: ["Production"],
    });
    expect(latest.json.model_versions.map((one: { version: string }) => one.version)).toEqual([
      "2",
    ]);
    expect((await stage(1, "None", true)).json.message).toContain("is not an Active stage");
    expect((await stage(1, "Shelf")).json.message).toContain("Invalid Model Version stage: Shelf.");
    await server.post("registered-models/alias", { name, version: "3", alias: "best" });
    await server.send("DELETE", "model-versions/delete", { name, version: "3" });
    expect((await version(name, 3)).json.message).toBe(
      `Model Version (name=${name}, version=3) not found`,
    );
    expect(
      (await server.get("registered-models/alias", { name, alias: "best" })).json.message,
    ).toBe("Registered model alias best not found.");
    expect((await newVersion(name)).json.model_version.version).toBe("4");
    await server.send("DELETE", "model-versions/delete-tag", { name, version: "1", key: "k" });
    expect((await version(name, 1)).json.model_version.tags).toBeUndefined();
  });

  test("are searched by name, run, number and tag, the newest first", async () => {
    const name = await newModel("hunted", 3);
    await newVersion(name, { run_id: run.run_id, tags: [{ key: "k", value: "v" }] });
    const numbers = async (filter: string, more: Record<string, string> = {}) => {
      const { json } = await server.get("model-versions/search", { filter, ...more });
      return (
        json.model_versions?.map((one: { version: string }) => Number(one.version)) ??
        json.message ??
        []
      );
    };
    expect(await numbers(`name = '${name}'`)).toEqual([4, 3, 2, 1]);
    expect(
      await numbers(`name = '${name}'`, { order_by: "version_number ASC", max_results: "2" }),
    ).toEqual([1, 2]);
    expect(await numbers(`name = '${name}' AND version_number >= 3`)).toEqual([4, 3]);
    expect(await numbers(`name = '${name}' AND run_id IN ('${run.run_id}')`)).toEqual([4]);
    expect(await numbers(`name = '${name}' AND tags.k = 'v'`)).toEqual([4]);
    expect(await numbers("source_path IN ('a')")).toContain(
      "attributes support comparison with a list",
    );
  });

  test("have aliases that move; latest and v1 are not free", async () => {
    const name = await newModel("aliased", 2);
    const alias = (word: string, to = "1") =>
      server.post("registered-models/alias", { name, alias: word, version: to });
    await alias("champion");
    await alias("champion", "2");
    const at = async (word: string) =>
      (await server.get("registered-models/alias", { name, alias: word })).json;
    expect((await at("champion")).model_version.version).toBe("2");
    expect((await at("latest")).model_version.version).toBe("2");
    expect((await alias("latest")).json.message).toContain("is reserved");
    expect((await alias("v1")).json.message).toBe("Version alias name 'v1' is reserved.");
    expect((await alias("a b")).json.message).toContain("Invalid alias name: 'a b'.");
    expect((await alias("x", "9")).status).toBe(404);
    await server.send("DELETE", "registered-models/alias", { name, alias: "champion" });
    expect((await at("champion")).message).toBe("Registered model alias champion not found.");
  });

  test("tell where their files are", async () => {
    const name = await newModel("stored", 1);
    const { json } = await server.get("model-versions/get-download-uri", { name, version: "1" });
    expect(json.artifact_uri).toBe("s3://bucket/model");
    expect(
      (await server.get("model-versions/get-download-uri", { name, version: "one" })).json.message,
    ).toBe("Parameter 'version' must be an integer, got 'one'.");
  });
});

describe("the source of a version", () => {
  const create = async (source: string, run_id: string | undefined = run.run_id) => {
    await newModel("sourced");
    return newVersion("sourced", { source, run_id });
  };

  test.each(["", "/model", "/.", "/model/.."])("may be the run's artifacts%s", async (path) => {
    expect((await create(`${run.artifact_uri}${path}`)).status).toBe(200);
    expect((await create(`${run.artifact_uri}${path}`.slice("file://".length))).status).toBe(200);
  });

  test.each([
    "mlflow-artifacts:/models",
    "mlflow-artifacts:/models///",
    "mlflow-artifacts:/models/foo///bar",
    "mlflow-artifacts://host:9000/models/artifact/..../",
    "s3://bucket/model",
    "runs:/1f/model",
  ])("may be %s", async (source) => {
    expect((await create(source)).status).toBe(200);
  });

  test.each([
    "/tmp",
    "file:///tmp",
    "file:///etc/passwd",
    "../secret",
    "FILE:///etc/passwd",
    "file:/etc/passwd",
    "file:////etc/passwd",
  ])("may not be %s, which is not the run's", async (source) => {
    const { status, json } = await create(source);
    expect([status, json.message]).toEqual([
      400,
      expect.stringContaining("To use a local path as a model version source"),
    ]);
  });

  test("may not be local without a run, nor of a run that is not there", async () => {
    for (const run_id of ["", "none"])
      expect((await create(run.artifact_uri, run_id)).json.message).toContain(
        "To use a local path",
      );
    expect((await create(`${run.artifact_uri}-other`)).json.message).toContain(
      "To use a local path",
    );
    expect((await create(`${run.artifact_uri}/%2e%2e/%2e%2e/x`)).json.message).toContain(
      "To use a local path",
    );
  });

  test.each([
    "mlflow-artifacts://host:9000/models/../../../",
    "http://host:9000/models/../../../",
    "https://host/api/2.0/mlflow-artifacts/artifacts/../../../",
    "s3a://my_bucket/api/2.0/mlflow-artifacts/artifacts/../../../",
    "ftp://host:8888/api/2.0/mlflow-artifacts/artifacts/../../../",
    "mlflow-artifacts://host:9000/models/..%2f..%2fartifacts",
    "mlflow-artifacts://host:9000/models/%252e%252e/artifacts",
    "mlflow-artifacts://host:9000/models/artifact%00",
    "runs:/1f/../2e/model",
  ])("may not go up: %s", async (source) => {
    const { status, json } = await create(source);
    expect([status, json.message]).toEqual([
      400,
      expect.stringContaining("If supplying a source as an http, https,"),
    ]);
  });

  test("may not be a file of another host", async () => {
    const { status, json } = await create("file://123.456.789.123/path/to/source");
    expect([status, json.message]).toEqual([
      500,
      expect.stringContaining("is not a valid remote uri"),
    ]);
  });

  test("is read without codes, however often they are written over each other", () => {
    expect(unquoted("a%25252e%25252e%2fb")).toBe("a../b");
    expect(unquoted("100%")).toBe("100%");
  });
});
