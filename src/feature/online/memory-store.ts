/** @file An online store in the process's memory, kept on the disk step by step. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { type Bytes, folderBytes } from "../../store/index.ts";
import { fail } from "./errors.ts";
import { type HeldTable, heldTable } from "./held-table.ts";
import { stepFiles } from "./step-files.ts";
import type { OnlineStore } from "./store.ts";

/** Where snapshots are kept. */
export interface MemoryStoreOptions {
  /** A folder, or bytes opened by the caller, who closes them. Default: nowhere. */
  readonly snapshots?: string | Bytes;
  /** Milliseconds between looks for what other processes wrote there; 0 looks before writes only. Default 1,000. */
  readonly refreshMs?: number;
}

/**
 * Opens an online store in memory. Reads take microseconds, while batches come too: a batch is seen at
 * once, and takes its way into the rows little by little. With `snapshots` every batch is on the disk,
 * whole, before it is seen; a store that is opened there again has it, and goes on from the version
 * that it records. Several processes may have stores there: of two that write from one state the
 * second is told, and what one wrote the others see within `refreshMs`.
 *
 * @throws `feature/corrupt-snapshot`, `store/failed-read`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const plans = featureTable({ name: "shop.plans", schema: schema("plans", { id: text(), plan: text() }), key: "id" });
 * await writeFeatures(lake, plans, [{ id: "a", plan: "gold" }]);
 * await using store = await memoryStore();
 * await materialize(lake, store, { table: "shop.plans" });
 * (await store.read("shop.plans", [["a"], ["z"]], ["plan"])).map((row) => row?.cells) // => [["gold"], undefined]
 * ```
 */
export async function memoryStore(options: MemoryStoreOptions = {}): Promise<OnlineStore> {
  checkNames("memoryStore", options, ["snapshots", "refreshMs"]);
  const { snapshots, refreshMs = 1000 } = options;
  checkNumber("memoryStore", { refreshMs }, { min: 0, max: 3_600_000 });
  const bytes = typeof snapshots === "string" ? folderBytes(snapshots) : snapshots;
  const files = bytes === undefined ? undefined : stepFiles(bytes);
  const held = new Map<string, HeldTable>();
  const holding = (table: string): HeldTable => {
    const found = held.get(table) ?? heldTable(table, files);
    held.set(table, found);
    return found;
  };
  const names = (): readonly string[] =>
    [...held].flatMap(([table, { state }]) => (state === undefined ? [] : [table])).sort();
  const missing = (table: string): never =>
    fail("feature/missing-online-table", { table, known: names() });
  const refresh = async (): Promise<void> => {
    for (const [table, numbers] of (await files?.list()) ?? [])
      if ((numbers.at(-1) ?? -1) > holding(table).number) await holding(table).catchUp();
  };
  await refresh();
  const looking = repeat(refresh, files === undefined ? 0 : refreshMs);
  const close = async (): Promise<void> => {
    await looking.stop();
    held.clear();
    if (typeof snapshots === "string") await bytes?.close();
  };
  return {
    read: async (table, keys, columns) => held.get(table)?.read(keys, columns) ?? missing(table),
    state: async (table) => held.get(table)?.state,
    tables: async () => names(),
    write: (batch) => holding(batch.state.table).write(batch),
    entries: async function* (table) {
      yield* held.get(table)?.parts() ?? missing(table);
    },
    drop: (table) => holding(table).drop(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Does work again and again, never twice at once; it keeps no process alive. */
function repeat(work: () => Promise<void>, everyMs: number): { stop(): Promise<void> } {
  let [isStopped, under] = [everyMs === 0, Promise.resolve()];
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      // What cannot be read now is not taken; what is held is whole, and whoever writes is told.
      under = work()
        .catch(() => undefined)
        .then(next);
    }, everyMs).unref();
  };
  next();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await under;
    },
  };
}
