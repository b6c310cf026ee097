/** @file The program of a process that answers: it is sent a model, and then rows to run it with. */

import type { Session, Values } from "../../tensor/index.ts";
import { type RuntimeOptions, requireRuntime } from "../runtime.ts";

/** What the process is sent: first the model, then rows, each with a number. */
export type Asked =
  | { readonly model: Uint8Array; readonly on: RuntimeOptions }
  | { readonly id: number; readonly feeds: Readonly<Record<string, Values>> };

/** What it tells of the rows with a number. */
export type Answer =
  | { readonly id: number; readonly told: Readonly<Record<string, Values>> }
  | { readonly id: number; readonly reason: string };

let opened: Promise<Session> | undefined;

async function answered(id: number, feeds: Readonly<Record<string, Values>>): Promise<Answer> {
  try {
    const session = await opened;
    return { id, told: (await session?.run(feeds)) ?? {} };
  } catch (error) {
    return { id, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function open({ runtime, provider = "cpu" }: RuntimeOptions, model: Uint8Array) {
  return (await requireRuntime(runtime)).open(model, { provider });
}

process.on("disconnect", () => process.exit(0)); // nobody is there any more
process.on("message", (asked: Asked) => {
  if ("model" in asked) {
    opened = open(asked.on, asked.model);
    opened.catch(() => undefined); // told with the first rows
  } else void answered(asked.id, asked.feeds).then((answer) => process.send?.(answer));
});
