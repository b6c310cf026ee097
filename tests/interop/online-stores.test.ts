import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executable } from "../../src/cli/execute.ts";
import { featureTables } from "../../src/cli/features.ts";
import { serveWorkspace } from "../../src/cli/serving.ts";
import {
  checkParity,
  materialize,
  type OnlineStore,
  writeFeatures,
} from "../../src/feature/index.ts";
import type { Cells, Prediction } from "../../src/flow.ts";
import { client } from "../../src/serve/index.ts";
import { openLake } from "../../src/table/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";
import { onlineStoreConformance } from "../conform/online.ts";
import { batch, entry, parts, spends, state, things } from "../conform/online-rows.ts";
import { runCommand } from "../support/run-command.ts";
import { makeChampion, spendingModel, spendingTable } from "../support/spending-model.ts";
import { startWorker } from "../support/worker.ts";
import type { RunningServer } from "./object-servers.ts";
import { type OnlineServer, password, postgres, redis } from "./online-servers.ts";

/** What an error says and carries, but for where in the code it was thrown. */
const wordsOf = (error: unknown): string =>
  error instanceof Error
    ? `${JSON.stringify({ ...error, message: error.message })} ${wordsOf(error.cause)}`
    : String(error);

for (const kind of [redis, postgres]) {
  const { missing } = kind.program;
  if (missing !== undefined) process.stdout.write(`${kind.name} skipped: ${missing}\n`);
  describe.skipIf(missing !== undefined)(`${kind.name}, the real one`, () => runSuite(kind));
}

function runSuite(kind: OnlineServer): void {
  let home: string;
  let server: RunningServer;
  let made = 0;
  const prefix = (): string => `p${made++}`;
  const url = (): string => kind.url(server.port);
  const open = (more = {}): Promise<OnlineStore> =>
    kind.open({ url: url(), prefix: prefix(), ...more });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "millrace-online-"));
    server = await kind.start(home);
  });
  afterAll(async () => {
    await server.kill("SIGINT"); // in order, whoever is connected
    await rm(home, { recursive: true, force: true });
  });

  onlineStoreConformance(kind.name, open);

  test("a server that was killed has what it acknowledged, and a store goes on with it", async () => {
    await using store = await open();
    await store.write(batch(1, { upserts: parts([entry("a", 1, 7)]) }));
    await server.kill();
    const failed = { code: "feature/failed-online-store", kind: "environment" };
    const answer = () => spends(store, "a").catch(({ code }) => code);
    await expect.poll(answer, { timeout: 20_000 }).toBe(failed.code); // its children live a moment longer
    await expect(store.write(batch(2))).rejects.toMatchObject(failed);
    await server.start();
    expect(await spends(store, "a")).toEqual([7]);
    await store.write(batch(2, { from: state(1), upserts: parts([entry("a", 1, 8)]) }));
    expect(await spends(store, "a")).toEqual([8]);
  });

  test("a process killed while it writes leaves the version that is recorded, and the next goes on", async () => {
    const lakeAt = join(home, "lake");
    for (let round = 0; round < 4; round++) {
      const program = join(import.meta.dirname, "../faults/online-child.ts");
      const worker = startWorker(program, lakeAt, url());
      await worker.begun; // one whole round, and some part of the next
      await new Promise((later) => setTimeout(later, 11 * round));
      await worker.kill();
      await using lake = await openLake(lakeAt);
      await using store = await kind.open({ url: url() });
      expect(await checkParity(lake, store, "shop.counters")).toMatchObject({
        equal: true,
        keys: 500,
      });
      await materialize(lake, store, { table: "shop.counters" });
      expect(await checkParity(lake, store, "shop.counters")).toMatchObject({
        equal: true,
        behind: 0,
      });
    }
  });

  test("two stores see what the other wrote, and of another prefix nothing", async () => {
    const same = { prefix: prefix() };
    await using one = await open(same);
    await using two = await open(same);
    await using other = await open();
    await one.write(batch(1, { upserts: parts([entry("a", 1, 1)]) }));
    expect(await two.state(things)).toEqual(state(1));
    await two.write(batch(2, { from: state(1), upserts: parts([entry("a", 1, 2)]) }));
    expect(await spends(one, "a")).toEqual([2]);
    const late = one.write(batch(3, { from: state(1), upserts: parts([entry("a", 1, 3)]) }));
    await expect(late).rejects.toMatchObject({
      code: "feature/conflict-materialize",
      details: { expected: 1, found: 2 },
    });
    expect(await other.tables()).toEqual([]);
  });

  test("a table that is dropped while it is written is listed if it is there", async () => {
    const same = { prefix: prefix() };
    await using one = await open(same);
    await using two = await open(same);
    let dropping: Promise<void> | undefined;
    async function* upserts() {
      yield [entry("a", 1, 1)];
      dropping = two.drop(things);
      for (let i = 0; i < 50; i++) await two.tables(); // PostgreSQL drops it after the write
      yield [entry("b", 1, 2)];
    }
    await one.write(batch(1, { upserts: upserts() }));
    await dropping;
    const isThere = (await one.state(things)) !== undefined;
    expect(await one.tables()).toEqual(isThere ? [things] : []);
    await one.drop(things);
    expect(await one.tables()).toEqual([]);
  });

  test("what a newer Millrace wrote is refused and left alone; a damaged row is named", async () => {
    const at = { prefix: prefix(), table: things };
    await using store = await open({ prefix: at.prefix });
    await store.write(batch(1, { upserts: parts([entry("a", 1, 1), entry("b", 1, 2)]) }));
    await kind.overwrite(url(), { ...at, field: '["a",1]' }, Buffer.of(2, 9, 0, 0, 0, 65));
    await expect(spends(store, "a")).rejects.toMatchObject({ code: "feature/corrupt-online-row" });
    expect(await spends(store, "b")).toEqual([2]);
    await kind.overwrite(
      url(),
      { ...at, field: "state" },
      Buffer.from('2 {"table":"shop.things"}'),
    );
    const refused = { code: "feature/unsupported-online-format" };
    await expect(spends(store, "b")).rejects.toMatchObject(refused);
    await expect(store.state(things)).rejects.toMatchObject(refused);
    const step = store.write(batch(2, { from: state(1), upserts: parts([entry("b", 1, 3)]) }));
    await expect(step).rejects.toMatchObject(refused);
  });

  test("no error has the password, and each says the address", async () => {
    const wrong = kind.url(server.port, `${password}-wrong`);
    const nobody = kind.url(9);
    for (const address of [wrong, nobody]) {
      const error = await kind.open({ url: address }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "feature/failed-online-store", kind: "environment" });
      const { host, protocol } = new URL(address);
      expect(wordsOf(error)).toContain(host);
      expect(wordsOf(error)).toContain(protocol);
      expect(wordsOf(error)).not.toContain("s3cret");
    }
    const error = await kind.open({ url: nobody }).catch((thrown: unknown) => thrown);
    expect(wordsOf(error)).toContain("nothing listens there");
    const bad = await kind
      .open({ url: `nonsense s3cret ${nobody}` })
      .catch((thrown: unknown) => thrown);
    expect(bad).toMatchObject({ code: "feature/out-of-range-online-address", kind: "caller" });
    expect(wordsOf(bad)).not.toContain("s3cret");
  });

  test("features materialize fills it, parity finds it equal, and serve answers by key from it", async () => {
    const work = join(home, "work");
    await using workspace = await openWorkspace(work);
    await makeChampion(workspace, await spendingModel(workspace.lake, spendingTable));
    const serving = () => serveWorkspace({ workspace, model: "churn", port: 0, store: url() });
    await expect(serving()).rejects.toMatchObject({ code: "feature/missing-online-table" });
    const run = (...words: readonly string[]) =>
      runCommand(executable(featureTables), [...words, "--store", url(), "--dir", work]);
    expect((await run("materialize")).lines[0]).toContain("shop.spending: full");
    expect((await run("parity")).lines[0]).toContain("shop.spending: equal (4 keys");
    const served = await serving();
    const asked = client<{ predict(row: Cells): Prediction<boolean> }>(served.web.url, {
      endpoint: "churn",
    });
    const before = await asked.predict({ id: "a" });
    await writeFeatures(workspace.lake, spendingTable, [{ id: "a", spend: 3 }]);
    expect((await run("materialize", "shop.spending")).lines[0]).toContain("incremental");
    const after = await asked.predict({ id: "a" });
    expect(after).toEqual(await asked.predict({ id: "d" }));
    expect(after.probability).toBeGreaterThan(before.probability);
    await served.close();
  });

  test("a server that says nothing is given up after the time-out", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const at = silent.address();
    const port = typeof at === "object" && at !== null ? at.port : 0;
    const opening = kind.open({ url: kind.url(port), timeoutMs: 200 });
    await expect(opening).rejects.toMatchObject({ code: "feature/timed-out-online-store" });
    silent.close();
  });
}
