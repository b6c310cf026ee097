/** @file Tests of artifacts over HTTP: sent, listed, read and removed, and no way out of their folder. */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProtocolServer, protocolServer } from "../../../tests/support/protocol.ts";
import { folderBytes } from "../../store/index.ts";

let home: string;
let server: ProtocolServer;
let run: { readonly run_id: string; readonly artifact_uri: string };
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-artifacts-"));
  await mkdir(join(home, "store"));
  await writeFile(join(home, "secret.txt"), "secret");
  server = await protocolServer("mlflow-artifacts:/", folderBytes(join(home, "store")));
  run = (await server.post("runs/create", { experiment_id: "0" })).json.run.info;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

const proxy = "/api/2.0/mlflow-artifacts/artifacts";
const at = () => run.artifact_uri.slice("mlflow-artifacts:/".length);
const put = (path: string, body: string | Uint8Array<ArrayBuffer>) =>
  fetch(`${server.url}${proxy}/${path}`, { method: "PUT", body });

/** A request whose path is sent as it is, dots and all. */
function raw(method: string, path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path }, (answer) => {
      let body = "";
      answer.on("data", (data) => {
        body += String(data);
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("artifacts through the server", () => {
  test("are sent, listed, read and removed", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    expect((await put(`${at()}/model/weights.bin`, bytes)).status).toBe(200);
    await put(`${at()}/note.txt`, "hello");
    const list = async (path?: string) =>
      (
        await server.get("artifacts/list", {
          run_id: run.run_id,
          ...(path === undefined ? {} : { path }),
        })
      ).json;
    expect(await list()).toEqual({
      root_uri: run.artifact_uri,
      files: [
        { path: "model", is_dir: true },
        { path: "note.txt", is_dir: false, file_size: 5 },
      ],
    });
    expect((await list("model")).files).toEqual([
      { path: "model/weights.bin", is_dir: false, file_size: 100_000 },
    ]);
    expect(await list("none")).toEqual({ root_uri: run.artifact_uri });
    const root = await (await fetch(`${server.url}${proxy}?path=${at()}/model`)).json();
    expect(root).toEqual({ files: [{ path: "weights.bin", is_dir: false, file_size: 100_000 }] });
    const read = await fetch(`${server.url}${proxy}/${at()}/model/weights.bin`);
    expect(new Uint8Array(await read.arrayBuffer())).toEqual(bytes);
    const page = await fetch(`${server.url}/get-artifact?run_id=${run.run_id}&path=note.txt`);
    expect(await page.text()).toBe("hello");
    expect(page.headers.get("content-type")).toBe("text/plain");
    expect(page.headers.get("content-disposition")).toContain("attachment");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    await fetch(`${server.url}${proxy}/${at()}/model`, { method: "DELETE" });
    expect((await list()).files).toHaveLength(1);
  });

  test("come from the page too, and of a version", async () => {
    const upload = (query: string, body = "data") =>
      fetch(`${server.url}/ajax-api/2.0/mlflow/upload-artifact${query}`, { method: "POST", body });
    expect((await upload(`?run_uuid=${run.run_id}&path=page/a.json`)).status).toBe(200);
    const said = async (query: string, body?: string) =>
      ((await (await upload(query, body)).json()) as { message: string }).message;
    expect(await said("")).toBe("Request must specify run_uuid.");
    expect(await said(`?run_uuid=${run.run_id}`)).toBe("Request must specify path.");
    expect(await said(`?run_uuid=${run.run_id}&path=a`, "")).toBe("Request must specify data.");
    expect(await said(`?run_uuid=${run.run_id}&path=../a`)).toBe("Invalid path");
    await server.post("registered-models/create", { name: "m" });
    await server.post("model-versions/create", { name: "m", source: `${run.artifact_uri}/page` });
    const file = await fetch(
      `${server.url}/model-versions/get-artifact?name=m&version=1&path=a.json`,
    );
    expect(await file.text()).toBe("data");
  });

  test.each([
    "../secret.txt",
    "%2e%2e/secret.txt",
    "%252e%252e/secret.txt",
    "..%2fsecret.txt",
    "..%5csecret.txt",
    "a/../../secret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "C:/windows/win.ini",
    "file:///etc/passwd",
    "a%00b",
    "a%23b",
  ])("have no way out of their folder by %s", async (path) => {
    const answers = [
      await raw("GET", `${proxy}/${path}`),
      await raw("GET", `${proxy}?path=${path}`),
      await raw("PUT", `${proxy}/${path}`),
      await raw("DELETE", `${proxy}/${path}`),
      await raw("GET", `/get-artifact?run_id=${run.run_id}&path=${path}`),
      await raw("GET", `/model-versions/get-artifact?name=m&version=1&path=${path}`),
      await raw("GET", `/api/2.0/mlflow/artifacts/list?run_id=${run.run_id}&path=${path}`),
    ];
    // slashes that follow each other count as one, so that what is absolute behind a slash is not
    const isOneSlash = path.startsWith("/");
    for (const [i, { status, body }] of answers.entries()) {
      expect(body).not.toContain("root:");
      expect(body).not.toBe("secret");
      if (!isOneSlash || i > 3 || i === 1) expect([400, 404], body).toContain(status);
    }
    expect((await readdir(home)).sort()).toEqual(["secret.txt", "store"]);
  });

  test("have no way out by a link", async () => {
    await symlink(join(home, "secret.txt"), join(home, "store", "link.txt"));
    const { status, body } = await raw("GET", `${proxy}/link.txt`);
    expect([status, JSON.parse(body).message]).toEqual([400, "Invalid path"]);
    await rm(join(home, "store", "link.txt"));
  });

  test("say which is not there, and which are elsewhere", async () => {
    const missing = await raw("GET", `${proxy}/none.txt`);
    expect([missing.status, JSON.parse(missing.body).error_code]).toEqual([
      404,
      "RESOURCE_DOES_NOT_EXIST",
    ]);
    const { experiment_id } = (
      await server.post("experiments/create", { name: "x", artifact_location: "s3://b/c" })
    ).json;
    const other = (await server.post("runs/create", { experiment_id })).json.run.info;
    const list = await server.get("artifacts/list", { run_id: other.run_id });
    expect([list.status, list.json.error_code]).toEqual([501, "NOT_IMPLEMENTED"]);
    expect((await raw("POST", "/api/2.0/mlflow-artifacts/mpu/create/a")).status).toBe(501);
  });

  test("leave nothing half when a client goes away in the middle", async () => {
    const { hostname, port } = new URL(server.url);
    const gone = new Promise<void>((resolve) => {
      const headers = { "content-length": 1_000_000 };
      const sent = request({ hostname, port, method: "PUT", path: `${proxy}/half.bin`, headers });
      sent.on("error", () => resolve());
      sent.on("close", () => resolve());
      sent.write(Buffer.alloc(1000), () => sent.destroy());
    });
    await gone;
    expect((await raw("GET", `${proxy}/half.bin`)).status).toBe(404);
  });
});
