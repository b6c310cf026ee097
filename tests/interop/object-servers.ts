/** @file Real object servers on loopback: Azurite for Azure Blob, versitygw for S3, and a line that goes wrong. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { alone, patienceMs } from "./alone.ts";
import { npmPackage } from "./npm.ts";
import { versitygwVersion } from "./peers.ts";

const cache = join(import.meta.dirname, "../../.cache");

/** A program that serves objects, or the reason why there is none. */
export type Program =
  | { readonly command: readonly string[]; readonly missing?: never }
  | { readonly missing: string; readonly command?: never };

/** Installs Azurite (once) from npm under `.cache/`. */
export function azuriteProgram(): Program {
  const installed = npmPackage("azurite");
  if (installed.missing !== undefined) return installed;
  const main = join(installed.folder, "node_modules/azurite/dist/src/blob/main.js");
  return { command: [process.execPath, main] };
}

/** Builds versitygw (once) from its Go module under `.cache/`; this takes some minutes. */
export function versitygwProgram(): Program {
  const folder = join(cache, "go", `versitygw-${versitygwVersion}`);
  const program = join(folder, "versitygw");
  if (process.platform === "win32") return { missing: "versitygw does not run on Windows" };
  if (existsSync(program)) return { command: [program] };
  return alone(folder, () => (existsSync(program) ? { command: [program] } : build()));

  function build(): Program {
    mkdirSync(folder, { recursive: true });
    const args = ["install", `github.com/versity/versitygw/cmd/versitygw@${versitygwVersion}`];
    const env = { ...process.env, GOBIN: folder };
    const made = spawnSync("go", args, { encoding: "utf8", env, timeout: patienceMs });
    if (made.status !== 0) return { missing: `go install versitygw failed: ${reason(made)}` };
    return { command: [program] };
  }
}

const reason = (done: { error?: Error; stderr: string | null }): string =>
  done.error?.message ?? String(done.stderr).trim().split("\n").at(-1) ?? "";

/** A running server, which can be killed and started again on the same port with the same data. */
export interface RunningServer {
  readonly port: number;
  readonly url: string;
  /** Ends it at once, as a crash would, or, with SIGTERM, in order. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

/** Starts a program on a free port of loopback and waits until it takes connections. */
export async function startServer(
  command: readonly string[],
  how: {
    readonly argumentsFor: (port: number) => readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** As whom and where it runs. Default: as the tests do. */
    readonly as?: { readonly uid?: number; readonly gid?: number; readonly cwd?: string };
  },
): Promise<RunningServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const [program = "", ...first] = command;
    const started = spawn(program, [...first, ...how.argumentsFor(port)], {
      stdio: "ignore",
      env: { ...process.env, ...how.env },
      ...how.as,
    });
    child = started;
    let failure: Error | undefined;
    started.on("error", (error) => {
      failure = error;
    });
    while (!(await takesConnections(port))) {
      const end = started.exitCode ?? started.signalCode;
      if (end !== null) throw new Error(`${program} ended with ${end}`);
      if (failure !== undefined) throw failure;
    }
  };
  const kill = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  await start();
  return { port, url: `http://127.0.0.1:${port}`, kill, start };
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Tries to connect; a refusal is answered after the system's own short while. */
async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    await new Promise((later) => setTimeout(later, 20)); // nothing tells when a server listens
    return false;
  } finally {
    socket.destroy();
  }
}

/** What happens to one request on its way. */
export type Mishap = "none" | "busy" | "hang-up" | "lose-answer" | "slow" | "truncate";

/** A line to a server that goes wrong as it is told. */
export interface Line {
  readonly url: string;
  mishap: (request: IncomingMessage) => Mishap;
  /** Told of each piece of a body on its way to the server: how much of it has passed. */
  passed: (request: IncomingMessage, sizeBytes: number) => void;
  close(): Promise<void>;
}

/** Opens a line to the server at a port. A slow answer comes after `slowMs`. */
export async function openLine(port: number, slowMs: number): Promise<Line> {
  const state = {
    mishap: (() => "none") as Line["mishap"],
    passed: (() => undefined) as Line["passed"],
  };
  const server = createServer((from, to) => {
    const what = state.mishap(from);
    if (what === "hang-up") return void to.destroy();
    if (what === "busy") return answerBusy(from, to);
    const { method, url, headers } = from;
    const onward = request({ port, host: "127.0.0.1", method, path: url, headers, agent: false });
    let sizeBytes = 0;
    from.on("data", (piece: Buffer) => {
      sizeBytes += piece.length;
      state.passed(from, sizeBytes);
    });
    from.pipe(onward);
    onward.on("error", () => to.destroy());
    onward.on("response", (answer) => giveBack(answer, to, { what, slowMs }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: own } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${own}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

function answerBusy(from: IncomingMessage, to: ServerResponse): void {
  from.resume();
  from.on("end", () => {
    const body = "<?xml version='1.0'?><Error><Code>SlowDown</Code></Error>";
    to.writeHead(503, { "content-length": body.length, "x-ms-error-code": "ServerBusy" });
    to.end(body);
  });
}

function giveBack(
  answer: IncomingMessage,
  to: ServerResponse,
  { what, slowMs }: { readonly what: Mishap; readonly slowMs: number },
): void {
  answer.on("error", () => to.destroy());
  if (what === "lose-answer") {
    answer.resume();
    answer.on("end", () => to.destroy());
    return;
  }
  const send = (): void => {
    to.writeHead(answer.statusCode ?? 500, answer.headers);
    if (what === "truncate")
      answer.once("data", (piece: Buffer) =>
        to.write(piece.subarray(0, piece.length / 2), () => to.destroy()),
      );
    else answer.pipe(to);
  };
  if (what === "slow") setTimeout(send, slowMs);
  else send();
}
