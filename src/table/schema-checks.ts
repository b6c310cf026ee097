/** @file What a column must be before it may stand in a schema. */
import { checkNumber } from "../core/index.ts";
import type { ColumnKind, ColumnSpec } from "../flow.ts";
import { fail } from "./schema-errors.ts";

const kinds: readonly ColumnKind[] = ["text", "int", "float", "bool", "category", "timestamp"];

/** Throws the first of the errors of schemas that the column earns; `at` begins the sentence. */
export function checkColumn(at: string, spec: ColumnSpec): void {
  if (!kinds.includes(spec.kind))
    fail("table/unsupported-kind", { at, kind: spec.kind, known: kinds });
  if (spec.key === true && spec.nullable) fail("table/conflict-key", { at });
  if (spec.kind === "category") checkLevels(at, spec.levels ?? []);
  if (spec.pattern !== undefined) checkPattern(at, spec.pattern);
  checkBounds(at, spec);
}

/** Throws `table/unsupported-name` unless SQL, Delta and JSON can all hold the name. */
export function checkName(at: string, name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const odd = /[\u0000-\u001f\u007f]/.test(name) || !name.isWellFormed();
  if (name.trim() === "" || odd || name === "__proto__" || name.startsWith("__millrace_"))
    fail("table/unsupported-name", { at, name });
}

/** The source of a pattern given as a regular expression or as text; flags would be lost. */
export function patternSource(pattern: RegExp | string | undefined): string | undefined {
  if (pattern === undefined || typeof pattern === "string") return pattern;
  const flags = pattern.flags.replace(/[uv]/, "");
  if (flags === "") return pattern.source;
  const reason = `its flags ${JSON.stringify(flags)} would be lost. Write it without flags.`;
  return fail("table/unsupported-pattern", { at: "text", pattern: String(pattern), reason });
}

function checkLevels(at: string, levels: readonly string[]): void {
  if (levels.length === 0) fail("table/missing-levels", { at });
  for (const [i, level] of levels.entries()) {
    if (levels.indexOf(level) !== i) fail("table/duplicate-levels", { at, level });
    if (!level.isWellFormed()) fail("table/unsupported-name", { at, name: level });
  }
}

/** DuckDB's engine (RE2) has neither look-around nor back-references, so neither may a pattern. */
function checkPattern(at: string, pattern: string): void {
  const refuse = (reason: string): never =>
    fail("table/unsupported-pattern", { at, pattern, reason });
  try {
    new RegExp(`^(?:${pattern})$`, "u");
  } catch (cause) {
    refuse((cause as Error).message);
  }
  const bare = pattern.replaceAll(/\\\\/g, "");
  if (/\(\?(=|!|<=|<!)/.test(bare)) refuse("the engine has no look-around");
  if (/\\([1-9]|k<)/.test(bare)) refuse("the engine has no back-references");
}

function checkBounds(at: string, { min, max, kind }: ColumnSpec): void {
  const integer = kind === "int";
  if (min !== undefined) checkNumber(at, { min }, { integer });
  if (max !== undefined) checkNumber(at, { max }, { integer });
  if (min !== undefined && max !== undefined && min > max)
    fail("table/conflict-bounds", { at, min, max });
}
