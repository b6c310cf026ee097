/** @file A page in headless Chromium, served by this process over the loopback, that tells what it found. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program, or the reason why there is none. */
export type Chromium = { readonly path: string } | { readonly missing: string };

/** Chromium, where the machine has it under one of its names. */
export function findChromium(): Chromium {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const path = names.find((name) => spawnSync(name, ["--version"]).status === 0);
  return path === undefined ? { missing: `none of ${names.join(", ")} is installed` } : { path };
}

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const kinds: Readonly<Record<string, string>> = {
  mjs: "text/javascript",
  wasm: "application/wasm",
  html: "text/html",
};

/** What a browser is shown: files by their paths; the page at `/` posts what it found to `/told`. */
export interface Served {
  readonly html: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Other paths are names of files in this folder. */
  readonly folder: string;
}

/** Shows a page and gives what it posts. */
export async function askPage(
  chromium: { readonly path: string },
  served: Served,
): Promise<unknown> {
  const told = Promise.withResolvers<unknown>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    if (path === "/told") {
      told.resolve(JSON.parse(await bodyOf(request)));
      response.end();
      return;
    }
    const name = path.split("/").at(-1) ?? "";
    const file =
      path === "/"
        ? served.html
        : (served.files[path] ??
          (await readFile(join(served.folder, name)).catch(() => undefined)));
    response.statusCode = file === undefined ? 404 : 200;
    response.setHeader(
      "content-type",
      kinds[path === "/" ? "html" : (name.split(".").at(-1) ?? "")] ?? "application/octet-stream",
    );
    response.end(file ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const profile = await mkdtemp(join(tmpdir(), "millrace-chromium-"));
  const child = spawn(
    chromium.path,
    [
      ...flags,
      `--user-data-dir=${profile}`,
      "--remote-debugging-port=0",
      `http://127.0.0.1:${port}/`,
    ],
    { stdio: "ignore", detached: true },
  );
  const ended = once(child, "exit").then(() =>
    told.reject(new Error("Chromium ended before the page told anything")),
  );
  try {
    return await told.promise;
  } finally {
    process.kill(-(child.pid ?? 0), "SIGKILL"); // the browser with the processes it started
    await ended;
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
