/** @file Text in columns for a terminal: wrapped, hanging, and under each other. */

/** Words in lines of at most `width` characters; a longer word has a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * Names on the left, what they mean on the right and wrapped there; below the name where the
 * terminal is too narrow for both.
 *
 * @param left - Width of the names; that of the longest when absent.
 */
export function hanging(
  rows: readonly (readonly [string, string])[],
  width: number,
  left: number = Math.max(...rows.map(([name]) => name.length)),
): readonly string[] {
  const indent = left + 4;
  if (width - indent < 24)
    return rows.flatMap(([name, text]) => [
      `  ${name}`,
      ...wrap(text, Math.max(width - 4, 20)).map((line) => `    ${line}`),
    ]);
  return rows.flatMap(([name, text]) =>
    wrap(text, width - indent).map((line, i) =>
      i === 0 ? `  ${name.padEnd(left)}  ${line}` : `${" ".repeat(indent)}${line}`,
    ),
  );
}
