/** @file How files are read: the options that every command which reads files shares. */
import type { IngestTask } from "../table/index.ts";
import type { OptionSpecs } from "./command.ts";

/** Options about the form of files. */
export const fileOptions = {
  format: {
    type: "string",
    choices: ["csv", "json", "parquet"],
    help: "what the files are; of one file its ending says it, a folder's are csv",
  },
  delimiter: {
    type: "string",
    value: "TEXT",
    help: 'between the cells of CSV, 1 to 4 characters, "\\t" for a tab; a comma if not given',
  },
  quote: {
    type: "string",
    value: "CHAR",
    help: 'around cells of CSV, "" for none; a double quote if not given',
  },
  noHeader: {
    type: "boolean",
    default: false,
    help: "the first line of CSV has no names; the columns are column1, column2 …",
  },
  encoding: {
    type: "string",
    choices: ["utf-8", "utf-16", "latin-1"],
    default: "utf-8",
    help: "how the bytes of CSV and JSON are read",
  },
} as const satisfies OptionSpecs;

/** What those options were given. */
export interface FileValues {
  readonly format: "csv" | "json" | "parquet" | undefined;
  readonly delimiter: string | undefined;
  readonly quote: string | undefined;
  readonly noHeader: boolean;
  readonly encoding: "utf-8" | "utf-16" | "latin-1";
}

/** The options as the library takes them. */
export function fileForm(values: FileValues): Pick<IngestTask, "format" | "csv" | "encoding"> {
  const { format, delimiter, quote, noHeader, encoding } = values;
  return {
    encoding,
    ...(format === undefined ? {} : { format }),
    csv: {
      header: !noHeader,
      ...(quote === undefined ? {} : { quote }),
      ...(delimiter === undefined ? {} : { delimiter: delimiter.replaceAll("\\t", "\t") }),
    },
  };
}
