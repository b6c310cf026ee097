/** @file Values of options that need a second look. */

/** Names given one by one or with commas between them: `--cluster-by a,b --cluster-by c`. */
export const namesOf = (given: readonly string[]): readonly string[] =>
  given.flatMap((text) => text.split(",").map((name) => name.trim())).filter((name) => name !== "");
