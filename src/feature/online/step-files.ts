/** @file The steps of tables as numbered files, so that of several processes one makes each step. */
import { isMillraceError } from "../../core/index.ts";
import type { Bytes } from "../../store/index.ts";
import { formatStep, parseStep, type Step } from "./step.ts";

/** Where the steps of tables are kept. */
export interface StepFiles {
  /** The numbers of the steps of each table, rising. */
  list(): Promise<ReadonlyMap<string, readonly number[]>>;
  /** A step, or undefined where it was removed. Throws `feature/corrupt-snapshot`. */
  get(table: string, number: number): Promise<Step | undefined>;
  /** Stores a step where none of that number is; false where another process was first. */
  add(table: string, number: number, step: Step): Promise<boolean>;
  /** Removes the steps before one that needs none of them, the first first. */
  removeBefore(table: string, number: number): Promise<void>;
}

const digits = 12;
const pattern = new RegExp(`^(.+)\\.([0-9]{${digits}})\\.online$`);

/** Steps in a folder of bytes. */
export function stepFiles(bytes: Bytes): StepFiles {
  const nameOf = (table: string, number: number): string =>
    `${table}.${String(number).padStart(digits, "0")}.online`;
  const list = async (): Promise<ReadonlyMap<string, readonly number[]>> => {
    const found = new Map<string, number[]>();
    for (const name of await bytes.list("")) {
      const [, table, number] = pattern.exec(name) ?? [];
      if (table === undefined) continue;
      const numbers = found.get(table) ?? [];
      found.set(table, numbers);
      numbers.push(Number(number));
    }
    return found;
  };
  return {
    list,
    get: async (table, number) => {
      const name = nameOf(table, number);
      const found = await bytes.get(name).catch((error: unknown) => {
        if (isMillraceError(error) && error.code === "store/missing-bytes") return undefined;
        throw error;
      });
      return found === undefined ? undefined : parseStep(bytes.locate(name), found);
    },
    add: async (table, number, step) =>
      bytes.putIfAbsent(nameOf(table, number), await formatStep(step)),
    removeBefore: async (table, number) => {
      for (const old of (await list()).get(table) ?? [])
        if (old < number) await bytes.remove(nameOf(table, old));
    },
  };
}
