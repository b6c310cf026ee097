/** @file Regular expressions that mean the same in JavaScript, in DuckDB and in ONNX Runtime. */

/**
 * Whether a pattern means the same everywhere: characters, classes of them written out, `\d`, `\w`,
 * groups that capture nothing, alternatives and repetitions. What engines disagree about or lack is
 * not: `\s` and `\b`, classes of Unicode properties, `.`, lookaround, references, capturing groups,
 * anchors. A pattern must not match nothing at all.
 */
export function isPortable(pattern: string): boolean {
  if (pattern === "" || pattern.length > 20_000 || !pattern.isWellFormed()) return false;
  if (/\(\?(?!:)|\((?!\?:)/.test(withoutEscapes(pattern))) return false;
  if (/\\(?![dw^$.*+?()[\]{}|/-])/u.test(pattern.replaceAll("\\\\", ""))) return false;
  if (/[.^$]/.test(outsideClasses(pattern))) return false;
  try {
    return !new RegExp(`^(?:${pattern})$`, "u").test("");
  } catch {
    return false;
  }
}

const withoutEscapes = (pattern: string): string => pattern.replace(/\\./gu, "");
const outsideClasses = (pattern: string): string =>
  withoutEscapes(pattern).replace(/\[[^\]]*\]/gu, "");
