import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import Fastify from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { seededIds, steppingClock } from "../core/index.ts";
import type { Answered, Cells, Signature } from "../flow.ts";
import {
  type AnswerLog,
  type Endpoint,
  endpoint,
  requestSchema,
  rowChecker,
} from "../serve/index.ts";
import { type HttpServer, type ServeHttpOptions, serveHttp } from "./serve-http.ts";

const signature: Signature = {
  inputs: {
    tenure: { kind: "int", nullable: false, min: 0 },
    contract: { kind: "category", nullable: true, levels: ["month", "year"] },
  },
  output: { name: "churn", kind: "bool" },
};
const predictAll = (rows: readonly Cells[]) =>
  rows.map((row) => {
    if (row["tenure"] === 13) throw new Error("secret path");
    return { value: Number(row["tenure"]) < 10, probability: 1 / (1 + Number(row["tenure"])) };
  });
/** A log in memory, which can be made to wait. */
function memoryLog(wait: () => Promise<void> = async () => undefined) {
  const kept: Answered[] = [];
  const append = async (answers: readonly Answered[]): Promise<void> => {
    await wait();
    kept.push(...answers);
  };
  return { signature, append, kept } satisfies AnswerLog & { kept: Answered[] };
}
const churn = (log: AnswerLog = memoryLog(), name = "churn"): Endpoint =>
  endpoint({
    name,
    model: { signature, predictAll },
    version: 1,
    log,
    clock: steppingClock(0, 1),
    ids: seededIds(1),
  });

const open: HttpServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
async function serve(options: Partial<ServeHttpOptions> = {}): Promise<string> {
  const server = await serveHttp({ endpoints: [churn()], ids: seededIds(2), ...options });
  open.push(server);
  return server.url;
}
async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
async function get(url: string) {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe("serveHttp", () => {
  test("answers rows, and names the model and the request", async () => {
    const log = memoryLog();
    const url = await serve({ endpoints: [churn(log)] });
    const rows = [{ tenure: 3 }, { tenure: 99, contract: "decade" }];
    const reply = await post(
      `${url}/endpoints/churn/invocations`,
      { dataframe_records: rows },
      { "x-request-id": "r-7" },
    );
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      predictions: [
        { value: true, probability: 0.25 },
        { value: false, probability: 0.01 },
      ],
      request_ids: ["r-7/0", "r-7/1"],
      model_version: 1,
      warnings: [
        {
          row: 1,
          message:
            'contract: unknown category "decade", served as unknown; known are "month", "year"',
        },
      ],
    });
    expect(reply.headers.get("x-request-id")).toBe("r-7");
    expect(reply.headers.get("x-millrace-model")).toBe("churn/1");
    expect(log.kept.map(({ requestId }) => requestId)).toEqual(["r-7/0", "r-7/1"]);
  });

  test("makes a request id where none was sent", async () => {
    const url = await serve();
    const reply = await post(`${url}/invocations`, { inputs: { tenure: 1 } });
    const id = reply.headers.get("x-request-id");
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(reply.body).toMatchObject({ request_ids: [id] });
  });

  test("tells its health, its endpoints and their signatures", async () => {
    const url = await serve();
    expect(await get(`${url}/health`)).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await get(`${url}/ready`)).toMatchObject({ body: { status: "ready", endpoints: 1 } });
    expect((await get(`${url}/endpoints`)).body).toMatchObject({
      endpoints: [{ name: "churn", model: "churn/1", model_version: 1, stats: { requests: 0 } }],
    });
    expect((await get(`${url}/endpoints/churn/signature`)).body).toEqual({
      ...signature,
      request_schema: requestSchema(signature),
    });
  });

  const invocations = "/endpoints/churn/invocations";
  test.each([
    ["a body that is not JSON", invocations, "{", 400, "server/corrupt-body"],
    ["an empty body", invocations, "", 400, "server/corrupt-body"],
    ["NaN", invocations, '{"inputs":{"tenure":NaN}}', 400, "server/corrupt-body"],
    ["no known form", invocations, {}, 400, "server/mismatch-body"],
    ["no rows", invocations, { instances: [] }, 400, "server/out-of-range-rows"],
    ["a wrong row", invocations, { inputs: { tenur: 1 } }, 400, "serve/mismatch-request"],
    ["a row that is a list", invocations, { instances: [[1]] }, 400, "serve/mismatch-request"],
    ["another endpoint", "/endpoints/chrun/invocations", {}, 404, "server/unknown-endpoint"],
    ["another place", "/endpoint/churn", {}, 404, "server/unknown-route"],
    ["a broken address", "/endpoints/%zz/invocations", {}, 400, "server/corrupt-request"],
    ["a body over the limit", invocations, "[1]".repeat(500), 413, "server/out-of-range-body"],
    [
      "what the model cannot",
      invocations,
      { inputs: { tenure: 13 } },
      500,
      "serve/failed-prediction",
    ],
  ])("refuses %s with its status and code", async (_, path, ...[body, status, code]) => {
    const url = await serve({ bodyLimitBytes: 1000 });
    const reply = await post(`${url}${path}`, body);
    expect(reply).toMatchObject({ status, body: { error_code: code } });
    expect(Object.keys(Object(reply.body))).toEqual(["error_code", "message", "details"]);
    expect(reply.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("says in details which field was wrong, and what was meant", async () => {
    const url = await serve();
    const { body } = await post(`${url}/invocations`, { instances: [{ tenur: 1 }] });
    expect(body).toMatchObject({
      details: { problems: [{ field: "tenure", got: "nothing" }, { field: "tenur" }] },
    });
    const missing = await post(`${url}/endpoints/chrun/invocations`, {});
    expect(missing.body).toMatchObject({
      message: 'there is no endpoint "chrun"; the server has "churn". Did you mean "churn"?',
    });
  });

  test("refuses another content type, and a request id that is none", async () => {
    const url = await serve();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(await post(`${url}/invocations`, "a=1", form)).toMatchObject({
      status: 415,
      body: { error_code: "server/unsupported-content-type" },
    });
    const id = { "x-request-id": "a b" };
    expect(await post(`${url}/invocations`, {}, id)).toMatchObject({
      status: 400,
      body: { error_code: "serve/mismatch-request-id" },
    });
  });

  test("needs a name where it has several endpoints", async () => {
    const url = await serve({ endpoints: [churn(), churn(memoryLog(), "other")] });
    expect(await post(`${url}/invocations`, {})).toMatchObject({
      status: 400,
      body: { error_code: "server/missing-endpoint" },
    });
    const twins = serveHttp({ endpoints: [churn(), churn()] });
    await expect(twins).rejects.toMatchObject({ code: "server/duplicate-endpoint" });
  });

  test("answers 413 to 50 MB without reading them into memory", async () => {
    const url = new URL(await serve());
    const size = 50_000_000;
    const reply = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = httpRequest(
        {
          host: url.hostname,
          port: url.port,
          method: "POST",
          path: "/invocations",
          headers: { "content-type": "application/json", "content-length": size },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sent.on("error", reject);
      sent.end(Buffer.alloc(size, 32));
    });
    expect(reply.status).toBe(413);
    expect(JSON.parse(reply.text)).toMatchObject({ error_code: "server/out-of-range-body" });
    expect(await get(`${url.origin}/health`)).toMatchObject({ status: 200 });
  });

  test("tells the owner of errors that are not the caller's", async () => {
    const seen: unknown[] = [];
    const page = (): never => {
      throw new Error("no page today");
    };
    const url = await serve({ page, onError: (error) => seen.push(error) });
    const reply = await get(`${url}/`);
    expect(reply).toMatchObject({ status: 500, body: { error_code: "internal/failed" } });
    expect(JSON.stringify(reply.body)).not.toContain("no page today");
    expect(seen).toMatchObject([{ message: "no page today" }]);
  });

  test("lets a new version take over between two requests", async () => {
    const log = memoryLog();
    let current = [churn(log)];
    const url = await serve({ endpoints: () => current });
    await post(`${url}/invocations`, { inputs: { tenure: 1 } });
    current = [endpoint({ name: "churn", model: { signature, predictAll }, version: 2, log })];
    const reply = await post(`${url}/invocations`, { inputs: { tenure: 1 } });
    expect(reply.headers.get("x-millrace-model")).toBe("churn/2");
  });

  test("says which port is in use, and what to do", async () => {
    const port = Number(new URL(await serve()).port);
    await expect(serveHttp({ endpoints: [], port })).rejects.toMatchObject({
      code: "server/conflict-port",
      message: `port ${port} of 127.0.0.1 is in use; choose another with --port, or --port 0 for a free one`,
    });
    const elsewhere = serveHttp({ endpoints: [], host: "203.0.113.7" });
    await expect(elsewhere).rejects.toMatchObject({ code: "server/failed-listen" });
    const outside = serveHttp({ endpoints: [], port: 70_000 });
    await expect(outside).rejects.toMatchObject({ code: "option/out-of-range" });
  });

  test("answers what is under way before it closes, and refuses what comes then", async () => {
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const log = memoryLog(async () => {
      arrived.resolve();
      await gate.promise;
    });
    const server = await serveHttp({ endpoints: [churn(log)] });
    const slow = post(`${server.url}/invocations`, { inputs: { tenure: 1 } });
    await arrived.promise;
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write("GET /ready HTTP/1.1\r\nhost: x\r\n"); // a connection that is not idle
    await new Promise((resolve) => socket.once("connect", resolve));
    await get(`${server.url}/health`); // the server has seen the lines above
    const closed = server.close();
    socket.write("\r\n");
    const text = await new Promise<string>((resolve) =>
      socket.once("data", (bytes) => resolve(String(bytes))),
    );
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text).toContain("server/failed-closing");
    gate.resolve();
    expect((await slow).status).toBe(200);
    await closed;
    socket.destroy();
    expect(log.kept).toHaveLength(1);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow("fetch failed");
  });

  test("serves a page that no script can enter", async () => {
    const url = await serve({
      page: () => ({
        title: "Churn",
        runs: [
          {
            id: "0",
            name: '<img src=x onerror="alert(1)">',
            status: "finished",
            startedAtMs: 0,
            endedAtMs: 1,
            metrics: {},
          },
        ],
      }),
    });
    const response = await fetch(url);
    const page = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(page).not.toContain("<img");
    expect(page).toContain("churn");
    const style = await fetch(`${url}/page.css`);
    expect(style.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(await style.text()).toContain("prefers-color-scheme: dark");
  });
});

describe("requestSchema", () => {
  test("law: it accepts what the endpoint's own check accepts", async () => {
    const wide: Signature = {
      inputs: {
        ...signature.inputs,
        charges: { kind: "float", nullable: true, max: 100 },
        code: { kind: "text", nullable: false, pattern: "[a-c]+" },
        senior: { kind: "bool", nullable: true },
        since: { kind: "timestamp", nullable: true },
      },
      output: signature.output,
    };
    await using app = Fastify({
      ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    });
    const { $schema: _, ...body } = requestSchema(wide);
    app.post("/", { schema: { body } }, async () => "fits");
    const check = rowChecker(wide);
    const cell = fc.constantFrom<unknown>(
      ...[null, 0, 3, -1, 1.5, 101, 1e300, true, "month", "decade", "abc", "abcd", "a\n", ""],
      ...[
        "2026-02-28T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-02-28",
        "2026-02-28T00:00:00+01:00",
      ],
    );
    const names = [...Object.keys(wide.inputs), "other"];
    const row = fc.record(Object.fromEntries(names.map((name) => [name, cell])), {
      requiredKeys: ["tenure", "code"],
    });
    const likely = fc.record({ tenure: fc.nat(), code: fc.constant("abc") });
    const rows = fc.oneof(
      row,
      fc.tuple(row, likely).map(([a, b]) => ({ ...a, ...b })),
    );
    await fc.assert(
      fc.asyncProperty(rows, async (value) => {
        const { statusCode } = await app.inject({ method: "POST", url: "/", payload: value });
        expect(statusCode === 200).toBe(check(value).problems.length === 0);
      }),
      { numRuns: 300 },
    );
  });
});
