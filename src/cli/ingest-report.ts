/** @file What became of each file of an ingestion, as lines. */
import { count, shown } from "../core/index.ts";
import type { IngestedFile, IngestReport } from "../table/index.ts";
import type { Surroundings } from "./command.ts";
import { sentenceOf } from "./sentences.ts";
import { columns, number, wrap } from "./text.ts";

/** Files that have a line of their own; of more, those that were skipped are only counted. */
const listed = 20;

export const isRefused = ({ state }: IngestedFile): boolean => state === "refused";

/** A line a file, and below them why some were refused. */
export function fileLines(
  files: readonly IngestedFile[],
  { width, program }: Pick<Surroundings, "width" | "program">,
): readonly string[] {
  const told = files.length > listed ? files.filter(({ state }) => state !== "skipped") : files;
  const skipped = files.length - told.length;
  if (files.length === 0) return ["no file to load is there"];
  const rows = told.map((file) => [
    shown(file.file),
    file.state,
    number(file.rows),
    notesOf(file).join("; "),
  ]);
  return [
    ...(told.length === 0
      ? []
      : columns([["file", "state", "rows", "notes"], ...rows], {
          width,
          right: [2],
          whole: [1, 2],
        })),
    ...(skipped === 0 ? [] : [`${count(skipped, "file")} skipped: in the table already`]),
    ...told.flatMap(({ refusal }) =>
      refusal === undefined
        ? []
        : wrap(
            `refused[${refusal.code}]: ${shown(sentenceOf(refusal, program))}`,
            Math.min(width, 100),
          ),
    ),
  ];
}

/** Files of a folder that were left because they are of another format. */
export function leftLines(
  { left }: IngestReport,
  { format = "csv", width }: { readonly format: Format | undefined; readonly width: number },
): readonly string[] {
  if (left === undefined) return [];
  const n = Object.values(left).reduce((sum, one) => sum + one, 0);
  const others = (["csv", "json", "parquet"] as const).filter((one) => left[one] > 0);
  const what = `${count(n, "file")} that ${n === 1 ? "is" : "are"} not ${formatNames[format]} ${n === 1 ? "was" : "were"} left`;
  const advice = others.map(
    (one) => `--format ${one} loads ${left[one] < n ? left[one] : n === 1 ? "it" : "them"}`,
  );
  return wrap([what, ...advice].join("; "), Math.min(width, 100));
}

type Format = "csv" | "json" | "parquet";
const formatNames = { csv: "CSV", json: "JSON lines", parquet: "Parquet" } as const;

const whySkipped = ({ restoredTo }: IngestedFile): string =>
  restoredTo === undefined
    ? "in the table already"
    : `loaded before, and taken out by the restore of version ${restoredTo}`;

/** What to do about files that were skipped although a restore took their rows out. */
export function restoredLines(files: readonly IngestedFile[], width: number): readonly string[] {
  const gone = files.filter(({ restoredTo }) => restoredTo !== undefined).length;
  if (gone === 0) return [];
  const what =
    gone === 1
      ? "the rows of 1 file that was skipped are"
      : `the rows of ${count(gone, "file")} that were skipped are`;
  return wrap(
    `${what} not in the table since it was restored; --again restored loads ${gone === 1 ? "it" : "them"}`,
    Math.min(width, 100),
  );
}

/** What is to be said of a file besides its rows. */
function notesOf(file: IngestedFile): readonly string[] {
  const { state, added, unexpected, empty, rescued, ignored, dropped, refusal } = file;
  const names = (what: string, list: readonly string[]): readonly string[] =>
    list.length === 0 ? [] : [`${what} ${list.map(shown).join(", ")}`];
  const counted = (n: number, what: string): readonly string[] =>
    n === 0 ? [] : [`${count(n, "cell")} ${what}`];
  return [
    ...(state === "skipped" ? [whySkipped(file)] : []),
    ...(state === "gone" ? ["it vanished"] : []),
    ...(refusal === undefined ? [] : [refusal.code]),
    ...names("new:", added),
    ...names("not in the table:", unexpected),
    ...names("without a value:", empty),
    ...counted(rescued, "kept in _rescued"),
    ...counted(ignored, "left out"),
    ...(dropped === 0 ? [] : [`${count(dropped, "row")} dropped by expectations`]),
  ];
}

/** The last line: the table, its version, and the files by what became of them. */
export function totalLine(outcome: {
  readonly table: string;
  readonly version: number;
  readonly rows: number;
  readonly files: readonly IngestedFile[];
}): string {
  const { table, version, rows, files } = outcome;
  const states = ["loaded", "skipped", "refused", "gone"] as const;
  const told = states.flatMap((state) => {
    const n = files.filter((file) => file.state === state).length;
    return n === 0 ? [] : [`${count(n, "file")} ${state}`];
  });
  const where = version < 0 ? `${table} is not there yet` : `${table} version ${version}`;
  return [`${where}: ${count(rows, "row")} added`, ...told].join(", ");
}
