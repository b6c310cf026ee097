/** @file The small words of every error sentence: quoting, lists, and "did you mean". */

/** A value as an error shows it: strings quoted and cut at 60 characters. */
export function quote(value: unknown): string {
  if (typeof value === "bigint") return `${value}`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 62 ? `${text.slice(0, 60)}…${typeof value === "string" ? '"' : ""}` : text;
}

/** Values as a sentence lists them, cut at ten. */
export function list(values: readonly unknown[]): string {
  if (values.length === 0) return "none";
  const shown = values.slice(0, 10).map(quote).join(", ");
  return values.length > 10 ? `${shown} and ${values.length - 10} more` : shown;
}

/** ` Did you mean "…"?`, when one of the names is within two edits of what was given. */
export function didYouMean(given: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, edits: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= 2)
    .sort((a, b) => a.edits - b.edits)[0];
  return near === undefined || near.name === given ? "" : ` Did you mean ${quote(near.name)}?`;
}

/** "1 row", "2 rows", with thousands separated. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** Levenshtein's distance, O(a·b). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
