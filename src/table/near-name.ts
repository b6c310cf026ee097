/** @file "Did you mean" for names with a schema in front. */
import { didYouMean, quote } from "../core/index.ts";

/** A thing of that name in another schema, if there is one only, or one within two edits. */
export function suggestion(name: string, known: readonly string[]): string {
  const last = name.split(".").at(-1);
  const same = known.filter((one) => one !== name && one.split(".").at(-1) === last);
  const [only] = same;
  return only !== undefined && same.length === 1
    ? ` Did you mean ${quote(only)}?`
    : didYouMean(name, known);
}
