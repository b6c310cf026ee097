/** @file 64 hostile CSV and JSON files, each with what must become of it: loaded, rescued or refused. */
import { gzipSync } from "node:zlib";
import type { IngestTask } from "../../src/table/index.ts";

/** What must become of a file that is loaded with types inferred, into a table of its own. */
export type Outcome =
  | { readonly loaded: number; readonly cells?: Readonly<Record<string, unknown>>; readonly kinds?: Readonly<Record<string, string>> } // biome-ignore format: a table
  | { readonly rescued: Readonly<Record<string, string>>; readonly rows: number }
  | { readonly refused: string; readonly line?: number; readonly row?: number };

/** A file, made when it is asked for. */
export interface HostileFile {
  readonly name: string;
  readonly file: string;
  readonly body: () => string | Uint8Array;
  readonly options: Partial<IngestTask>;
  readonly outcome: Outcome;
}

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le");
const swapped = (text: string): Buffer => utf16(text).swap16();
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
/** Rows enough that those after them are not in the sample that types are inferred from. */
const rows = 10_050;
const many = (line: (i: number) => string): string =>
  Array.from({ length: rows }, (_, i) => `${line(i)}\n`).join("");
const late = (line: string): string => `id,v\n${many((i) => `${i},1`)}${line}\n`;
const wide = Array.from({ length: 10_000 }, (_, i) => i);
/** A file in a line: its name, its bytes, its outcome, and options if it needs them. */
type Line = readonly [string, HostileFile["body"], Outcome, Partial<IngestTask>?];
const named = (file: string, lines: readonly Line[]): readonly HostileFile[] =>
  lines.map(([name, body, outcome, options = {}]) => ({ name, file, body, outcome, options }));

// biome-ignore format: a table
const encodings: readonly Line[] = [
  ["UTF-8 with a byte order mark", () => "\uFEFFid,v\n1,é\n", { loaded: 1, cells: { id: 1, v: "é" } }],
  ["UTF-16 with a byte order mark", () => utf16("id,v\n1,é😀\n"), { loaded: 1, cells: { id: 1, v: "é😀" } }, { encoding: "utf-16" }],
  ["UTF-16, the other byte first", () => swapped("id,v\n1,é\n"), { loaded: 1, cells: { v: "é" } }, { encoding: "utf-16" }],
  ["UTF-16 that says it is UTF-8", () => utf16("id,v\n1,2\n"), { refused: "table/corrupt-text", line: 1 }],
  ["UTF-16 with half of a surrogate pair", () => utf16("id,v\n1,\ud800\n"), { refused: "table/corrupt-text", line: 1 }, { encoding: "utf-16" }],
  ["UTF-16 with a byte too few", () => utf16("id,v\n1,2\n").subarray(0, -1), { refused: "table/corrupt-text" }, { encoding: "utf-16" }],
  ["Latin-1 that is declared", () => latin1("id,v\n1,café\n"), { loaded: 1, cells: { v: "café" } }, { encoding: "latin-1" }],
  ["Latin-1 that says it is UTF-8", () => latin1("id,v\n1,2\n3,café\n"), { refused: "table/corrupt-text", line: 3 }],
  ["UTF-8 cut in a character", () => Buffer.from("id,v\n1,€").subarray(0, -1), { refused: "table/corrupt-text", line: 2 }],
  ["a surrogate written in UTF-8", () => Buffer.from([...Buffer.from("id,v\n1,"), 0xed, 0xa0, 0x80, 10]), { refused: "table/corrupt-text", line: 2 }],
  ["an overlong slash", () => Buffer.from([...Buffer.from("id,v\n1,"), 0xc0, 0xaf, 10]), { refused: "table/corrupt-text", line: 2 }],
  ["a NUL byte", () => "id,v\n1,a\0b\n", { refused: "table/corrupt-text", line: 2 }],
];

// biome-ignore format: a table
const quotes: readonly Line[] = [
  ["commas, quotes and line ends in quotes", () => 'id,v\n1,"a,""b""\r\nc"\n', { loaded: 1, cells: { v: 'a,"b"\r\nc' } }],
  ["a quote that is never closed", () => 'id,v\n1,2\n3,"4\n5,6\n', { refused: "table/corrupt-text", line: 3 }],
  ["text after a closing quote", () => 'id,v\n1,"2"x\n', { refused: "table/corrupt-text", line: 2 }],
  ["a quote inside a cell that has none", () => 'id,v\n1,5" pipe\n', { loaded: 1, cells: { v: '5" pipe' } }],
  ["an open quote in the header", () => '"id,v\n1,2\n', { refused: "table/corrupt-text", line: 1 }],
  ["empty cells, quoted and not", () => 'id,v,w\n1,"",\n', { loaded: 1, cells: { v: null, w: null } }],
  ["single quotes that are declared", () => "id,v\n1,'a,b'\n", { loaded: 1, cells: { v: "a,b" } }, { csv: { quote: "'" } }],
  ["no quotes at all, as declared", () => 'id\tv\n1\t"a\n', { loaded: 1, cells: { v: '"a' } }, { csv: { delimiter: "\t", quote: "" } }],
];

// biome-ignore format: a table
const shapes: readonly Line[] = [
  ["semicolons that are declared", () => "id;v\n1;2,5\n", { loaded: 1, cells: { id: 1, v: "2,5" } }, { csv: { delimiter: ";" } }],
  ["a delimiter of two characters", () => "id||v\n1||a|b\n", { loaded: 1, cells: { v: "a|b" } }, { csv: { delimiter: "||" } }],
  ["semicolons that are not declared", () => "id;v\n1;2,5\n", { refused: "table/mismatch-delimiter" }],
  ["a row with too few cells", () => "id,v\n1,2\n3\n", { refused: "table/mismatch-cells", line: 3 }],
  ["a row with too many cells", () => "id,v\n1,2\n3,4,5\n", { refused: "table/mismatch-cells", line: 3 }],
  ["a bad row far behind good ones", () => `id,v\n${many((i) => `${i},1`)}7\n`, { refused: "table/mismatch-cells", line: rows + 2 }],
  ["a trailing separator on every line", () => "id,v,\n1,2,\n", { loaded: 1, cells: { id: 1, v: 2, column3: null } }],
  ["a trailing separator on the rows only", () => "id,v\n1,2,\n", { loaded: 1, cells: { id: 1, v: 2 } }],
  ["lone carriage returns", () => "id,v\r1,2\r3,4\r", { loaded: 2, cells: { id: 1, v: 2 } }],
  ["mixed line ends", () => "id,v\r\n1,2\n3,4\r\n", { refused: "table/corrupt-text", line: 2 }],
  ["blank lines", () => "id,v\n\n1,2\n\n3,4\n\n", { loaded: 2 }],
  ["no end of the last line", () => "id,v\n1,2", { loaded: 1, cells: { v: 2 } }],
  ["nothing", () => "", { refused: "table/missing-rows" }],
  ["a header without rows", () => "id,v\n", { refused: "table/missing-rows" }],
  ["no header, as declared", () => "1,a\n2,b\n", { loaded: 2, cells: { column1: 1, column2: "a" } }, { csv: { header: false } }],
  ["a column twice", () => "id,v,ID\n1,2,3\n", { refused: "table/duplicate-column", line: 1 }],
  ["a column with a name of ours", () => "id,_row_id\n1,2\n", { refused: "table/conflict-column" }],
  ["a control character in a name", () => "id,a\u0007b\n1,2\n", { refused: "table/unsupported-name" }],
  ["a name that is SQL", () => 'id,"x""); DROP TABLE t; --"\n1,2\n', { loaded: 1, cells: { 'x"_DROP_TABLE_t_--': 2 } }],
  ["10,000 columns", () => `${wide.map((i) => `c${i}`).join()}\n${wide.join()}\n`, { loaded: 1, cells: { c0: "0", c9999: "9999" } }],
];

// biome-ignore format: a table
const sizes: readonly Line[] = [
  ["a cell of five million characters", () => `id,v\n1,${"x".repeat(5e6)}\n`, { loaded: 1, cells: { v: "x".repeat(5e6) } }],
  ["a row past the limit", () => `id,v\n1,${"x".repeat(200_000)}\n`, { refused: "table/corrupt-text", line: 2 }, { limits: { rowBytes: 100_000 } }],
  ["a file past the limit", () => `id,v\n${many((i) => `${i},1`)}`, { refused: "table/out-of-range-size" }, { limits: { fileBytes: 10_000 } }],
  ["gzip that is whole, under a plain name", () => gzipSync("id,v\n1,2\n"), { loaded: 1, cells: { id: 1, v: 2 } }],
];

// biome-ignore format: a table
const packed: readonly Line[] = [
  ["a zip bomb", () => gzipSync(Buffer.alloc(30_000_000, "1,2\n")), { refused: "table/out-of-range-size" }, { limits: { inflatedBytes: 1_000_000 } }],
  ["gzip that is cut", () => gzipSync(late("1,2")).subarray(0, 5000), { refused: "table/corrupt-file" }],
];

// biome-ignore format: a table
const values: readonly Line[] = [
  ["formulas", () => 'id,v\n1,"=HYPERLINK(""x"")"\n2,+1+1\n3,@SUM(A1)\n', { loaded: 3, cells: { v: '=HYPERLINK("x")' } }],
  ["leading zeros", () => "id,v\n1,007\n2,12\n", { loaded: 2, cells: { v: "007" }, kinds: { v: "text" } }],
  ["the years 1 and 9999", () => "id,v\n1,0001-01-01\n2,9999-12-31\n", { loaded: 2, kinds: { v: "timestamp" }, cells: { v: new Date("0001-01-01T00:00:00Z") } }],
  ["the year 0", () => "id,v\n1,0000-01-01\n2,2024-01-01\n", { loaded: 2, kinds: { v: "text" }, cells: { v: "0000-01-01" } }],
  ["days that are not in the calendar, late", () => `id,v\n${many((i) => `${i},2024-01-01`)}1,2024-02-30\n`, { rescued: { v: "2024-02-30" }, rows: rows + 1 }],
  ["integers past 2^53", () => "id,v\n1,9007199254740993\n", { loaded: 1, cells: { v: "9007199254740993" }, kinds: { v: "text" } }],
  ["an integer past 2^53, late", () => late("1,9007199254740993"), { rescued: { v: "9007199254740993" }, rows: rows + 1 }],
  ["a fraction among integers, late", () => late("1,1.5"), { rescued: { v: "1.5" }, rows: rows + 1 }],
  ["NaN spellings among numbers", () => "id,v\n1,1.5\n2,NaN\n", { rescued: { v: "NaN" }, rows: 2 }],
  ["numbers too large for a double", () => "id,v\n1,1.5\n2,1e999\n", { rescued: { v: "1e999" }, rows: 2 }],
  ["words among numbers, with evolution fail", () => late("1,many"), { refused: "table/mismatch-cell-type", row: rows + 1 }, { evolution: "fail" }],
];

// biome-ignore format: a table
const jsons: readonly Line[] = [
  ["JSON with a repeated key", () => '{"id":1}\n\n{"id":1,"id":2}\n', { refused: "table/corrupt-text", line: 3 }],
  ["JSON that is cut", () => '{"id":1}\n{"id":2', { refused: "table/corrupt-text", line: 2 }],
  ["a JSON list for lines", () => ' \n[{"id":1},{"id":2}]\n', { refused: "table/unsupported-list" }],
  ["JSON with half of a surrogate pair", () => '{"v":"a"}\n{"v":"\\ud800"}\n', { refused: "table/corrupt-text", line: 2 }],
  ["JSON with integers past 2^53 and 1e999", () => '{"v":12345678901234567890123,"w":1e999}\n', { loaded: 1, cells: { v: "12345678901234567890123", w: "1e999" } }],
  ["JSON a hundred thousand levels deep", () => `{"v":${"[".repeat(100_000)}${"]".repeat(100_000)}}\n`, { loaded: 1, kinds: { v: "text" } }],
  ["JSON with a byte order mark and 900 keys", () => `\uFEFF${JSON.stringify(Object.fromEntries(wide.slice(0, 900).map((i) => [`c${i}`, i])))}\n`, { loaded: 1, cells: { c0: 0, c899: 899 } }],
];

/** All of them. */
export const hostileFiles: readonly HostileFile[] = [
  ...named("a.csv", [...encodings, ...quotes, ...shapes, ...sizes, ...values]),
  ...named("a.csv.gz", packed),
  ...named("a.jsonl", jsons),
];
