import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { telcoTwin } from "../../src/dataset/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");
let folder: string;
let url: string;
let child: ReturnType<typeof spawn>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-keep-"));
  child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "demo", "--dir", "demo", "--keep", "--json"],
    { cwd: folder, stdio: ["ignore", "pipe", "ignore"] },
  );
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const found = JSON.parse(line) as { url?: string };
    if (found.url !== undefined) {
      url = found.url;
      break;
    }
  }
});
afterAll(async () => {
  child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

const post = (body: string | Uint8Array<ArrayBuffer>, type = "application/json") =>
  fetch(`${url}/endpoints/churn/invocations`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
const customer = telcoTwin({ seed: 42 }).customers[0];
const ask = (change: object = {}) =>
  post(JSON.stringify({ dataframe_records: [{ customer_id: customer?.customer_id, ...change }] }));

describe("demo --keep", () => {
  test("shows runs, model, endpoint and drift on its first page", async () => {
    const page = await (await fetch(url)).text();
    for (const word of ["boost", "churn", "champion", "monthly_charges", "severe"])
      expect(page).toContain(word);
  });

  test("answers a request that holds only a key", async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as {
      predictions: [{ value: boolean; probability: number }];
    };
    const { value, probability } = body.predictions[0];
    expect(probability).toBeGreaterThan(0);
    expect(value).toBe(probability > 0.5);
  });

  const bad: readonly (readonly [string, () => Promise<Response>, number, RegExp])[] = [
    ["is not JSON", () => post("{"), 400, /JSON/],
    ["misses the key", () => ask({ customer_id: undefined }), 400, /customer_id/],
    ["has a wrong type", () => ask({ customer_id: 5 }), 400, /customer_id/],
    ["has a field nobody knows", () => ask({ tenure: 5 }), 400, /tenure/],
    [
      "names a customer nobody knows",
      () => ask({ customer_id: "nobody" }),
      404,
      /no features for "nobody"/,
    ],
    ["is not said to be JSON", () => post("a,b", "text/csv"), 415, /json/],
  ];
  test.each(bad)("refuses a request that %s", async (_, ...[send, status, words]) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    const body = (await answer.json()) as { error_code: string; message: string };
    expect(body.message).toMatch(words);
    expect(body.error_code).toMatch(/^[a-z]+\/[a-z-]+$/);
  });

  test("refuses a request of 50 MB, and goes on", async () => {
    const size = 50_000_000;
    const headers = { "content-type": "application/json", "content-length": size };
    const status = await new Promise<number | undefined>((answered) => {
      const sent = request(`${url}/invocations`, { method: "POST", headers }, (reply) => {
        answered(reply.statusCode);
        reply.resume();
      });
      // the server hangs up on the rest of the body, at times before its answer is read
      sent.on("error", () => answered(413));
      sent.end(Buffer.alloc(size, 32));
    });
    expect(status).toBe(413);
    expect((await ask()).status).toBe(200);
  });

  test("says that its port is in use", async () => {
    const port = new URL(url).port;
    const other = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", main, "serve", "--dir", "demo", "--port", port],
      { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    let words = "";
    other.stderr.on("data", (data) => {
      words += String(data);
    });
    const [code] = (await once(other, "close")) as [number];
    expect(code).toBe(4);
    expect(words).toContain(port);
  });

  test("ends at SIGINT with every answer in the inference log", async () => {
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
    await using workspace = await openWorkspace(join(folder, "demo"));
    const [last] = await workspace.lake.history("serving.churn_log");
    expect(last?.metrics["numOutputRows"]).toBe("2");
  });
});
