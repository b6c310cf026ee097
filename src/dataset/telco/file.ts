/** @file The raw file: how clean customers were written down, with the damage that has to be found. */
import { type Random, random } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import { type TelcoColumn, type TelcoCustomer, telcoHeader, telcoHoles } from "./schema.ts";

/** What the original file lacks, by count. */
export interface Damage {
  /** Lines that are repeated whole. */
  readonly duplicates: number;
  /** Cells of text in another case or with blanks around. */
  readonly spellings: number;
  /** Cells of numbers that are no numbers. */
  readonly badNumbers: number;
}

/** What the file is written from. */
export interface FileSource {
  readonly customers: readonly TelcoCustomer[];
  readonly seed: number;
  readonly damage: Damage;
}

const columns = Object.keys(telcoHeader) as readonly TelcoColumn[];
/** Shares of the original: holes in a column, and totals below zero. */
const share = { holes: 0.1, negative: 473 / 7043 };

/** The file's text: a header and one line a customer, every line ended by CRLF. */
export function formatTelcoFile({ customers, seed, damage }: FileSource): string {
  const chance = random(seed).stream("telco file");
  const table = columns.map((column) => customers.map((row) => raw(column, row[column])));
  const column = (name: TelcoColumn): string[] => table[columns.indexOf(name)] ?? [];
  const holes = Math.round(share.holes * customers.length);
  for (const name of telcoHoles) {
    const isTotal = name === "total_charges";
    const places = [...chance.stream(`holes ${name}`).shuffled(customers.length)]
      .filter((i) => !isTotal || customers[i]?.tenure !== 0) // new ones are blank already
      .slice(0, holes);
    const cells = column(name);
    if (isTotal) writeTotals(cells, { customers, holes: places, chance: chance.stream("totals") });
    for (const place of places) cells[place] = "";
  }
  misspell(chance.stream("spellings"), column, damage.spellings);
  breakNumbers(chance.stream("bad numbers"), column, damage.badNumbers);
  const lines = customers.map((_, i) => table.map((cells) => cells[i]).join(","));
  repeat(chance.stream("duplicates"), lines, damage.duplicates);
  return `${[Object.values(telcoHeader).join(","), ...lines].join("\r\n")}\r\n`;
}

/** A cell as the file spells it: 34.0, Yes, 0.0, full precision; the internet column is empty. */
function raw(column: TelcoColumn, cell: Cell): string {
  if (cell === null || column === "internet_service") return "";
  if (column === "senior_citizen") return cell === true ? "1.0" : "0.0";
  if (typeof cell === "boolean") return cell ? "Yes" : "No";
  return column === "tenure" ? `${cell}.0` : String(cell);
}

/**
 * Totals with noise of 287 USD, blank for new customers. Of those that stay visible the original's
 * share is below zero: where chance gave more or fewer, the sign of those nearest to zero turns.
 */
function writeTotals(cells: string[], { customers, holes, chance }: TotalsSource): void {
  const hidden = new Set(holes);
  const noisy = customers.map(({ total_charges }) => (total_charges ?? 0) + 287 * chance.normal());
  const isVisible = (i: number) => !hidden.has(i) && customers[i]?.tenure !== 0;
  const total = (i: number) => noisy[i] ?? 0;
  const sorted = noisy
    .map((_, i) => i)
    .filter(isVisible)
    .sort((a, b) => total(a) - total(b));
  const target = Math.round(share.negative * customers.length);
  const found = sorted.filter((i) => total(i) < 0).length;
  for (const i of sorted.slice(Math.min(target, found), Math.max(target, found)))
    noisy[i] = -total(i);
  for (const [i, value] of noisy.entries())
    cells[i] = customers[i]?.tenure === 0 ? "" : String(value);
}

interface TotalsSource extends Pick<FileSource, "customers"> {
  readonly holes: readonly number[];
  readonly chance: Random;
}

type Columns = (name: TelcoColumn) => string[];

/** Other spellings of labels: upper case, lower case, blanks around. */
function misspell(chance: Random, column: Columns, cells: number): void {
  const names = ["gender", "contract", "payment_method", "partner"] as const;
  const spell = [
    (text: string) => text.toUpperCase(),
    (text: string) => text.toLowerCase(),
    (text: string) => ` ${text}`,
    (text: string) => `${text}  `,
  ];
  change(chance, { places: names.map(column), cells }, (text) => chance.pick(spell)(text));
}

/** Numbers that are none: words, currency signs, a decimal point typed twice. */
function breakNumbers(chance: Random, column: Columns, cells: number): void {
  const wrong = [
    () => "n/a",
    () => "unknown",
    (text: string) => `$${text}`,
    (text: string) => text.replace(".", ".."),
  ];
  const places = [column("monthly_charges"), column("tenure")];
  change(chance, { places, cells }, (text) => chance.pick(wrong)(text));
}

/** Changes that many cells which are not empty, each once. */
function change(
  chance: Random,
  { places, cells }: { places: readonly string[][]; cells: number },
  spell: (text: string) => string,
): void {
  const filled = places.flatMap((column) =>
    column.flatMap((text, i) => (text === "" ? [] : [{ column, i, text }])),
  );
  for (const at of chance.shuffled(filled.length).subarray(0, cells)) {
    const place = filled[at];
    if (place !== undefined) place.column[place.i] = spell(place.text);
  }
}

/** Repeats that many lines at random places. */
function repeat(chance: Random, lines: string[], duplicates: number): void {
  const chosen = [...chance.shuffled(lines.length).subarray(0, duplicates)];
  const copies = chosen.map((i) => lines[i] ?? "");
  for (const line of copies) lines.splice(chance.below(lines.length + 1), 0, line);
}
