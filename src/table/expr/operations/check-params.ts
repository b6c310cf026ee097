/** @file What parameters of operations may be: they come from JSON that anybody may have written. */

/** Whether a value is a list of finite numbers. */
export function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}

/** Whether a value is a list of at least one finite number, each above the one before. */
export function isIncreasing(value: unknown): value is readonly number[] {
  if (!isNumbers(value) || value.length === 0) return false;
  return value.every((number, i) => i === 0 || number > (value[i - 1] ?? Infinity));
}

/** Whether a value is a list of well-formed texts. */
export function isTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.every((text) => typeof text === "string" && text.isWellFormed())
  );
}
