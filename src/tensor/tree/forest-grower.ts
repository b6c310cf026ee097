/** @file One thread that grows whole trees of a forest. */
import type { WasmMemory, WasmModule } from "../adapter/web-assembly.ts";
import { openModule } from "../kernel-file.ts";
import { type ForestLayout, spaceCounts } from "./forest-layout.ts";

/** The functions of kernels/forest.as.ts. */
export interface ForestCode {
  heapBase(): number;
  open(job: number, space: number): void;
  binRows(first: number, count: number): void;
  growTree(key: bigint): void;
}

/** What a thread needs to take part; plain data, so that it can be posted to a worker. */
export interface ForestJob {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly layout: ForestLayout;
  /** What chooses the sample and the features of each tree. */
  readonly keys: BigUint64Array;
  /** Whether a tree comes with how often it drew each row. */
  readonly keepsDrawn: boolean;
}

/** A tree as the kernel leaves it: records of nodes, and the sets of category splits. */
export interface GrownTree {
  readonly records: ArrayBuffer;
  readonly sets: Uint32Array<ArrayBuffer>;
  /** How often each row was drawn, at most 255, [n]; empty unless it is asked for. */
  readonly drawn: Uint8Array<ArrayBuffer>;
}

/** Grows trees by their numbers in a space of its own. */
export function openForestGrower(
  { module, memory, layout, keys, keepsDrawn }: ForestJob,
  thread: number,
): (tree: number) => GrownTree {
  const space = layout.spaces[thread]!;
  const code = openModule(module, memory) as ForestCode;
  code.open(layout.job, space.at);
  const { buffer } = memory;
  const counts = new DataView(buffer, space.at);
  const tallies = new Uint32Array(buffer, space.words.tallies, layout.words.rows);
  return (tree) => {
    code.growTree(keys[tree]!);
    const nodes = counts.getUint32(spaceCounts.nodes, true);
    const sets = counts.getUint32(spaceCounts.sets, true);
    const records = new Uint8Array(nodes * layout.words.recordBytes);
    records.set(new Uint8Array(buffer, space.words.nodes, records.length));
    return {
      records: records.buffer,
      sets: new Uint32Array(new Uint32Array(buffer, space.words.sets, 8 * sets)),
      drawn: keepsDrawn ? Uint8Array.from(tallies, (n) => Math.min(255, n)) : new Uint8Array(0),
    };
  };
}

/** The word that says which tree is next. */
export function nextTree({ memory, layout }: ForestJob): Int32Array {
  return new Int32Array(memory.buffer, layout.control, 1);
}
