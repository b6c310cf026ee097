/** @file Whether the lines of a CSV file are parted by another delimiter than the one it is read with. */
import { fail } from "./errors.ts";

const others = [";", "\t", "|", ","];
/** Lines that are looked at. */
const looked = 20;

/**
 * Refuses a text of one column whose first lines, two at least, all hold another usual delimiter, and
 * equally often: read so, each line would be one cell.
 *
 * @throws `table/mismatch-delimiter`
 */
export function checkDelimiter(head: string, file: string, delimiter: string): void {
  const lines = head.split(/\r?\n|\r/, looked + 1).slice(0, looked);
  const bare = lines.map((line) => line.replaceAll(/"[^"]*"/g, "")).filter((line) => line !== "");
  const found = others.find((other) => {
    const [first = 0, ...rest] = bare.map((line) => line.split(other).length - 1);
    return other !== delimiter && first > 0 && rest.length > 0 && rest.every((n) => n === first);
  });
  if (found === undefined) return;
  const cells = (bare[0] ?? "").split(found).length;
  fail("table/mismatch-delimiter", { file, delimiter, found, cells, lines: bare.length });
}
