/** @file Reading the fields of a stored predictor. */
import { type Fields, fieldsOf as readFields } from "../core/index.ts";
import type { Task } from "../flow.ts";
import { fail } from "./errors.ts";

export type { Fields } from "../core/index.ts";

/** The fields of what was stored; `name` is for the sentence. Throws `model/corrupt-state`, as all of its fields do. */
export function fieldsOf(candidate: unknown, name: string): Fields {
  return readFields(candidate, { name, damaged });
}

/** The task of a stored predictor; undefined where there is none, which is binary. */
export function storedTask(state: Fields): Task | undefined {
  if (!state.has("task")) return undefined;
  const task = state.fields("task");
  const kind = task.text("kind");
  if (kind === "binary" || kind === "regression") return { kind };
  if (kind === "multiclass") return { kind, classes: task.texts("classes") };
  return damaged("task", "binary, multiclass or regression", kind);
}

/** Throws `model/corrupt-state`. */
export function damaged(field: string, expected: string, got: string): never {
  return fail("model/corrupt-state", { field, expected, got });
}
