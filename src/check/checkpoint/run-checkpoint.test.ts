import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/peer/great-expectations.ts";
import { steppingClock } from "../../core/index.ts";
import { folderBytes, memoryBytes } from "../../store/index.ts";
import { type Engine, type Frame, int, openEngine, schema } from "../../table/index.ts";
import { expectations } from "../expectation.ts";
import { suite } from "../suite.ts";
import { validate } from "../validate.ts";
import { callWithResult, postResult, throwOnFailure, writeResult } from "./actions.ts";
import { checkFolder } from "./check-folder.ts";
import { readCheckpoint, readValidationDefinition, writeCheckpoint } from "./definition.ts";
import { describeCheckpoint } from "./result.ts";
import { type RunCheckpointOptions, runCheckpoint } from "./run-checkpoint.ts";

const points = schema("points", { x: int() });
const e = expectations(points);
const name = (given: string) => ({ name: given, id: null });
const definition = readValidationDefinition({
  ...name("v"),
  data: { datasource: name("lake"), asset: name("points"), batch_definition: name("all") },
  suite: name("sound"),
});
const sound = suite("sound", points, [
  e.notNull("x"),
  e.between("x", { min: 0 }, { severity: "warning" }),
]);
const checkpoint = readCheckpoint({
  name: "nightly",
  validation_definitions: [name("v")],
  actions: [{ type: "update_data_docs", name: "docs", site_names: [] }],
  result_format: "COMPLETE",
});
let engine: Engine;
let rows: Frame<typeof points.columns>;
let server: Server;
let url: string;
let posted: string[] = [];
let status = 200;
beforeAll(async () => {
  engine = await openEngine();
  rows = frameOf(engine, points, [[1], [-1]]);
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    posted.push(Buffer.concat(chunks).toString());
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await engine.close();
  await new Promise((resolve) => server.close(resolve));
});

const run = (more: Partial<RunCheckpointOptions> = {}, given = checkpoint) =>
  runCheckpoint(given, {
    definitions: [definition],
    suites: [sound],
    rows: () => rows,
    clock: steppingClock(Date.UTC(2024, 0, 2, 3, 4, 5, 6)),
    ...more,
  });

describe("runCheckpoint", () => {
  test("puts more about a run into its result's meta", async () => {
    const metaOf = ({ name: of }: { readonly name: string }) => ({ millrace: { version: 3, of } });
    const [result] = Object.values((await run({ metaOf })).run_results);
    expect(result?.meta).toMatchObject({ checkpoint_name: "nightly", millrace: { of: "v" } });
  });

  test("judges every validation and describes what it found", async () => {
    const result = await run();
    expect(Object.keys(result.run_results)).toEqual([
      "ValidationResultIdentifier::sound/__none__/20240102T030405.006000Z/lake-points",
    ]);
    expect(result).toMatchObject({ success: false, skipped: ["docs"] });
    expect(describeCheckpoint(result)).toMatchObject({
      success: false,
      statistics: { evaluated_validations: 1, success_percent: 0, unsuccessful_validations: 1 },
      validation_results: [
        {
          expectations: [{ success: true }, { success: false, result: { unexpected_list: [-1] } }],
        },
      ],
    });
  });

  test("keeps results in the layout of Great Expectations, outside version control", async () => {
    const place = await mkdtemp(join(tmpdir(), "millrace-gx-"));
    const files = folderBytes(place);
    const folder = checkFolder(files);
    await folder.suites.write(sound);
    await folder.definitions.write(definition);
    await folder.checkpoints.write(checkpoint);
    const options = {
      suites: await folder.suites.all(),
      definitions: await folder.definitions.all(),
      files,
    };
    await run(options, await folder.checkpoints.read("nightly"));
    await run({ ...options, runName: "again", clock: steppingClock(Date.UTC(2025, 0, 1)) });
    expect(await readFile(join(place, ".gitignore"), "utf8")).toBe("uncommitted/\n");
    const key = "uncommitted/validations/sound/__none__/20240102T030405.006000Z/lake-points.json";
    expect(JSON.parse(await readFile(join(place, key), "utf8"))).toMatchObject({
      success: false,
      suite_name: "sound",
      meta: { checkpoint_name: "nightly", active_batch_definition: { data_asset_name: "points" } },
    });
    const found = await folder.results("sound");
    expect(found.map(({ meta }) => meta["run_id"])).toMatchObject([
      { run_name: null },
      { run_name: "again" },
    ]);
    expect(await folder.results("other")).toEqual([]);
    await expect(folder.suites.read("soun")).rejects.toThrow(
      'there is no suite "soun"; there is "sound". Did you mean "sound"?',
    );
    await rm(place, { recursive: true });
  });

  test("throws on a failure of the severity asked for, after all actions ran", async () => {
    const place = await mkdtemp(join(tmpdir(), "millrace-result-"));
    const file = join(place, "result.json");
    const seen: boolean[] = [];
    const note = callWithResult("note", ({ success }) => void seen.push(success));
    await run({ actions: [throwOnFailure()] }); // the failure is a warning
    await expect(
      run({ actions: [throwOnFailure("warning"), writeResult(file), note] }),
    ).rejects.toThrow(
      expect.objectContaining({
        code: "check/failed-checkpoint",
        kind: "caller",
        message: expect.stringContaining("sound: expect_column_values_to_be_between of x"),
      }),
    );
    expect(seen).toEqual([false]);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      success: false,
      checkpoint_config: { name: "nightly", validation_definitions: [{ name: "v" }] },
    });
    await rm(place, { recursive: true });
  });

  test("calls a user's functions, and says which one failed", async () => {
    const types: string[] = [];
    const handlers = {
      update_data_docs: (_: unknown, { type }: { type: string }) => void types.push(type),
    };
    expect(await run({ handlers })).toMatchObject({ skipped: [] });
    expect(types).toEqual(["update_data_docs"]);
    const bad = callWithResult("mail", () => {
      throw new Error("no post today");
    });
    await expect(run({ actions: [bad] })).rejects.toThrow('action "mail" failed: no post today');
    const lost = () => {
      throw new Error("gone");
    };
    await expect(run({ rows: lost })).rejects.toThrow('the rows of "v" failed: gone');
  });

  test("posts results as the actions api and slack do, and says when nobody takes them", async () => {
    const actions = [
      { type: "api", name: "api", url },
      { type: "slack", name: "failures", slack_webhook: url, notify_on: "failure" },
      { type: "slack", name: "criticals", slack_webhook: url, notify_on: "critical" },
      { type: "slack", name: "successes", slack_webhook: url, notify_on: "success" },
    ];
    posted = [];
    await run({}, readCheckpoint({ ...JSON.parse(writeCheckpoint(checkpoint)), actions }));
    expect(posted.map((text) => JSON.parse(text))).toMatchObject([
      [{ test_suite_name: "sound", data_asset_name: "lake-points" }],
      { text: "Checkpoint nightly failed: 0 of 1 validations succeeded" },
    ]);
    status = 503;
    await expect(run({ actions: [postResult(url)] })).rejects.toThrow("it answered 503");
    status = 200;
    await expect(run({ actions: [postResult("http://127.0.0.1:1/")] })).rejects.toThrow(
      expect.objectContaining({ code: "check/failed-post" }),
    );
  });

  test("refuses names that are not there", async () => {
    const other = readCheckpoint({ name: "c", validation_definitions: [name("w")] });
    await expect(run({}, other)).rejects.toThrow(
      expect.objectContaining({ code: "check/missing-definition", kind: "not-found" }),
    );
    await expect(run({ suites: [] })).rejects.toThrow('there is no suite "sound", nor any other');
  });
});

describe("checkFolder", () => {
  test("keeps no two things in one file, and gives none for another", async () => {
    const folder = checkFolder(memoryBytes());
    await folder.suites.write(suite("day/sales", points, [e.notNull("x")]));
    const other = folder.suites.write(suite("day_sales", points, []));
    const details = {
      what: "suite",
      name: "day_sales",
      file: "expectations/day_sales.json",
      holds: "day/sales",
    };
    await expect(other).rejects.toMatchObject({
      code: "check/conflict-name",
      kind: "conflict",
      details,
    });
    await folder.suites.write(suite("day/sales", points, []));
    expect((await folder.suites.read("day/sales")).expectations).toEqual([]);
    expect((await folder.suites.all()).map((one) => one.name)).toEqual(["day/sales"]);
    await expect(folder.suites.read("day:sales")).rejects.toMatchObject({
      code: "check/missing-definition",
    });
  });

  test("writes checkpoints and validations that read as they were", async () => {
    const folder = checkFolder(memoryBytes());
    await folder.checkpoints.write(checkpoint);
    await folder.definitions.write(definition);
    const [read] = await folder.checkpoints.all();
    const defined = await folder.definitions.read("v");
    const uuid = expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(read).toEqual({ ...checkpoint, id: uuid, validations: [{ name: "v", id: defined.id }] });
    expect(defined).toEqual({ ...definition, id: uuid, suite: { name: "sound", id: uuid } });
    expect(await folder.suites.names()).toEqual([]);
  });

  test("keeps a result where a checkpoint would, out of version control, and finds it again", async () => {
    const files = memoryBytes();
    const folder = checkFolder(files);
    const clock = steppingClock(Date.UTC(2024, 0, 2, 3, 4, 5, 6));
    const result = await validate(rows, sound, { clock, batchId: "demo.points" });
    const key = "uncommitted/validations/sound/__none__/20240102T030405.006000Z/demo.points.json";
    expect(await folder.keep(result)).toBe(key);
    expect(await folder.judged()).toEqual(["sound"]);
    expect(await folder.results("sound")).toEqual([JSON.parse(JSON.stringify(result))]);
    expect(Buffer.from(await files.get(".gitignore")).toString()).toBe("uncommitted/\n");
  });

  test("gives ids to what has none, the same each time, and keeps those that are there", async () => {
    const folder = checkFolder(memoryBytes());
    const twice = { ...sound, expectations: [...sound.expectations, ...sound.expectations] };
    await folder.suites.write({ ...sound, id: "theirs" });
    await folder.suites.write(twice);
    const read = await folder.suites.read("sound");
    const ids = read.expectations.map(({ id }) => id);
    expect([read.id, new Set(ids).size, ids.includes(null)]).toEqual(["theirs", 4, false]);
    await folder.suites.write(twice);
    expect(await folder.suites.read("sound")).toEqual(read);
    await folder.definitions.write(definition);
    expect((await folder.definitions.read("v")).suite.id).toBe("theirs");
  });
});
