/** @file YAML, for MLflow's `MLmodel` files. */
import { parse, stringify } from "yaml";
import type { Json } from "../../flow.ts";

/** Writes YAML that version 1.1 readers (Python's) and 1.2 readers take for the same; keys sorted. */
export function formatYaml(value: Json): string {
  return stringify(value, { version: "1.1", sortMapEntries: true, lineWidth: 0 });
}

/** Reads YAML. Throws the parser's error. */
export function parseYaml(text: string): unknown {
  return parse(text, { version: "1.1" });
}
