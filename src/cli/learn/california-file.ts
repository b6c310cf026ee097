/** @file A file of California housing that the user brings: the same columns, a number in each cell. */
import { type CaliforniaBlock, californiaSchema } from "../../dataset/index.ts";
import type { Cell, Cells } from "../../flow.ts";
import { fail } from "../errors.ts";
import { failTable } from "../fail-table.ts";
import { withSource } from "../source.ts";

const names = Object.keys(californiaSchema.columns).filter((name) => name !== "block");
const quiet = {
  note: () => undefined,
  stage: <T>(_: string, work: (progress: () => undefined) => Promise<T>): Promise<T> =>
    work(() => undefined),
};

/**
 * Reads the blocks of a CSV, Parquet or JSON file with the columns MedInc … MedHouseVal; others are left out. Blocks are numbered by
 * their values, so that the order of the lines changes nothing.
 *
 * @throws `table/unknown-column`, `cli/mismatch-option` where a cell is no number, and what reading the file throws
 */
export async function readCaliforniaFile(
  file: string,
  signal: AbortSignal | undefined,
): Promise<readonly CaliforniaBlock[]> {
  const task = { from: file, dir: ".", at: {}, form: {}, command: "learn" };
  const around = { reporter: quiet, signal: signal ?? new AbortController().signal };
  return withSource(task, around, async ({ rows }) => {
    const columns = Object.keys(rows.schema.columns);
    const absent = names.find((name) => !columns.includes(name));
    if (absent !== undefined)
      failTable("table/unknown-column", { at: `learn, ${file}`, column: absent, columns });
    const given: readonly Cells[] = await rows.rows();
    const read = given.map((row, line) => numbersOf(row, { file, line }));
    read.sort((a, b) => byValues(Object.values(a), Object.values(b)));
    return read.map((row, block) => ({ block, ...row }));
  });
}

function numbersOf(row: Cells, at: { readonly file: string; readonly line: number }) {
  const number = (name: string): number => {
    const cell: Cell = row[name] ?? null;
    if (typeof cell === "number" && Number.isFinite(cell)) return cell;
    return fail("cli/mismatch-option", {
      command: "learn",
      option: "csv",
      expected: `a number in each cell of ${names.join(", ")}`,
      got: `${cell === null ? "nothing" : String(cell)} in ${name}, row ${at.line + 1} of ${at.file}`,
    });
  };
  return {
    MedInc: number("MedInc"),
    HouseAge: number("HouseAge"),
    AveRooms: number("AveRooms"),
    AveBedrms: number("AveBedrms"),
    Population: number("Population"),
    AveOccup: number("AveOccup"),
    Latitude: number("Latitude"),
    Longitude: number("Longitude"),
    MedHouseVal: number("MedHouseVal"),
  };
}

/** Compares lists of numbers, the first that differ deciding. */
function byValues(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
