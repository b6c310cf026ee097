/** @file Redis by its own package: a table is one hash, changed by one script. */
import type { RedisArgument, RedisClientType } from "redis";
import { loadPackage } from "../../../store/index.ts";
import type { ServerPlace } from "../server-place.ts";
import {
  type Conflict,
  type FieldPart,
  type FieldServer,
  type FieldStep,
  stateField,
} from "../server-store.ts";

/** Connects. Throws `store/missing-package`, `feature/failed-online-store`. */
export async function redisServer(place: ServerPlace): Promise<FieldServer> {
  const name = "redis";
  const redis = await loadPackage(
    { name, feature: "An online store in Redis" },
    () => import("redis"),
  );
  const { url, timeoutMs } = place;
  const line = oneLine(
    place,
    () =>
      redis.createClient({
        url,
        RESP: 2,
        socket: { connectTimeout: timeoutMs, reconnectStrategy: false },
        commandOptions: { typeMapping: { [redis.RESP_TYPES.BLOB_STRING]: Buffer } },
        disableClientInfo: true,
      }) as unknown as RedisClientType,
  );
  const server = fieldServer(line);
  await line.ask((client) => client.sendCommand(["PING"]));
  return server;
}

/** A connection that is made anew when it broke. */
interface Line {
  readonly place: ServerPlace;
  ask<T>(work: (client: RedisClientType) => Promise<T>, timeoutMs?: number): Promise<T>;
  /** The same for a command that writes. */
  tell(command: readonly RedisArgument[]): Promise<unknown>;
  close(): Promise<void>;
}

function oneLine(place: ServerPlace, make: () => RedisClientType): Line {
  let opened: { readonly client: RedisClientType; readonly ready: Promise<unknown> } | undefined;
  const open = (): NonNullable<typeof opened> => {
    if (opened?.client.isOpen === true) return opened;
    const client = make();
    client.on("error", () => undefined); // told by the command that is under way
    opened = { client, ready: client.connect() };
    return opened;
  };
  const ask: Line["ask"] = async (work, timeoutMs = place.timeoutMs) => {
    const { client, ready } = open();
    const late = Symbol("late");
    const { promise, resolve } = Promise.withResolvers<typeof late>();
    const timer = setTimeout(() => resolve(late), timeoutMs);
    try {
      const asked = ready.then(() => work(client));
      const answer = await Promise.race([asked, promise]).catch(place.failed);
      if (answer !== late) return answer as Awaited<typeof asked>;
      asked.catch(() => undefined); // given up
      client.destroy(); // its answer must not be taken for that of the next command
      return place.timedOut(timeoutMs);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    place,
    ask,
    tell: (command) => ask((client) => client.sendCommand(command), place.writeTimeoutMs),
    close: async () => {
      if (opened?.client.isOpen === true) await opened.client.close();
    },
  };
}

/** How long fields of a batch that was given up stay. */
const stagedSeconds = 3600;
const atOnce = 1000;

function fieldServer(line: Line): FieldServer {
  const { ask, tell, close } = line;
  const { prefix } = line.place;
  const tablesKey = `${prefix}:tables`;
  // braces keep what belongs to a table on one node of a cluster
  const keyOf = (table: string): string => `${prefix}:{${table}}`;
  /** The names are those of all tables that ever were: they may be on another node than a table. */
  const tables = async (): Promise<readonly string[]> => {
    const names = (await ask((client) =>
      client.sendCommand(["SMEMBERS", tablesKey]),
    )) as unknown as readonly Buffer[];
    const there = await Promise.all(
      names.map((name) =>
        ask((client) => client.sendCommand(["HEXISTS", keyOf(String(name)), stateField])),
      ),
    );
    return names.map(String).filter((_, i) => Number(there[i]) === 1);
  };
  return {
    get: (table, fields) =>
      ask(async (client) => {
        const reply = await client.sendCommand(["HMGET", keyOf(table), ...fields]);
        return reply as unknown as readonly (Buffer | null)[];
      }),
    write: async (step) => {
      await tell(["SADD", tablesKey, step.table]);
      return write(line, keyOf(step.table), step);
    },
    parts: (table) => parts(line, keyOf(table)),
    tables,
    // Its name stays among the names: taken away, it could be that of a table just written.
    drop: async (table) => void (await tell(["UNLINK", keyOf(table)])),
    close,
  };
}

/**
 * Takes what is staged: KEYS are the table, its staged fields (the state is one) and the list of the
 * fields to forget; ARGV the state that must be there ("" for no table), how much was staged, and
 * whether it replaces all.
 */
const take = `
local now = redis.call('HGET', KEYS[1], '${stateField}')
if (now or '') ~= ARGV[1] then return {'conflict', now} end
if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[2]) or redis.call('LLEN', KEYS[3]) ~= tonumber(ARGV[3]) then
  return {'lost'}
end
if ARGV[4] == 'replace' then
  redis.call('UNLINK', KEYS[1])
  redis.call('RENAME', KEYS[2], KEYS[1])
  redis.call('PERSIST', KEYS[1])
else
  for i = 0, tonumber(ARGV[3]) - 1, ${atOnce} do
    redis.call('HDEL', KEYS[1], unpack(redis.call('LRANGE', KEYS[3], i, i + ${atOnce} - 1)))
  end
  local cursor = '0'
  repeat
    local part = redis.call('HSCAN', KEYS[2], cursor, 'COUNT', ${atOnce})
    cursor = part[1]
    for i = 1, #part[2], ${2 * atOnce} do
      redis.call('HSET', KEYS[1], unpack(part[2], i, math.min(i + ${2 * atOnce} - 1, #part[2])))
    end
  until cursor == '0'
end
redis.call('UNLINK', KEYS[2], KEYS[3])
return {'done'}`;

/** Stages a step beside the table, and takes it in one script: all of it is seen, or nothing. */
async function write(
  { tell, place }: Line,
  key: string,
  step: FieldStep,
): Promise<Conflict | undefined> {
  const staged = `${key}:${crypto.randomUUID()}`;
  const forgotten = `${staged}:deletes`;
  const stage = async (name: string, command: readonly RedisArgument[]): Promise<number> => {
    const added = Number(await tell(command));
    await tell(["EXPIRE", name, String(stagedSeconds)]);
    return added;
  };
  try {
    let fields = await stage(staged, ["HSET", staged, stateField, step.state]);
    for await (const part of step.upserts)
      for (let i = 0; i < part.length; i += atOnce)
        fields += await stage(staged, ["HSET", staged, ...part.slice(i, i + atOnce).flat()]);
    for (let i = 0; i < step.deletes.length; i += atOnce)
      await stage(forgotten, ["RPUSH", forgotten, ...step.deletes.slice(i, i + atOnce)]);
    const counts = [String(fields), String(step.deletes.length)];
    const how = step.replaces ? "replace" : "change";
    const keys = [key, staged, forgotten];
    const reply = await tell(["EVAL", take, "3", ...keys, step.from ?? "", ...counts, how]);
    const [said, found = null] = reply as readonly (Buffer | null)[];
    if (String(said) === "conflict") return { found };
    if (String(said) === "lost")
      place.failed(new Error("the batch took so long that its first part was forgotten"));
    return undefined;
  } finally {
    await tell(["UNLINK", staged, forgotten]).catch(() => undefined); // else they expire
  }
}

/** The state and some fields of one moment: KEYS is the table, ARGV where to go on. */
const look = `
return {redis.call('HGET', KEYS[1], '${stateField}'), redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ${atOnce})}`;

type Looked = readonly [
  state: Buffer | null,
  scanned: readonly [next: Buffer, flat: readonly Buffer[]],
];

/** The fields some at a time, each once, each part with the state of its moment. */
async function* parts({ ask }: Line, key: string): AsyncIterable<FieldPart> {
  const seen = new Set<string>();
  let cursor = "0";
  do {
    const command = ["EVAL", look, "1", key, cursor];
    const reply = await ask((client) => client.sendCommand(command));
    const [state, [next, flat]] = reply as unknown as Looked;
    if (state === null) return;
    const fields: [string, Buffer][] = [];
    for (let i = 0; i < flat.length; i += 2) {
      const [name, bytes] = [String(flat[i]), flat[i + 1]];
      if (seen.has(name) || bytes === undefined) continue;
      seen.add(name);
      fields.push([name, bytes]);
    }
    yield { state, fields };
    cursor = String(next);
  } while (cursor !== "0");
}
