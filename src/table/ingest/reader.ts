/** @file What reads one format's files, and what a reader is made from. */
import type { Engine } from "../adapter/duckdb.ts";
import type { Inferred } from "./infer.ts";
import type { IngestPlan } from "./options.ts";

/** How one format's files are read. */
export interface Reader {
  /** The columns, in the order of the file. */
  readonly names: readonly string[];
  /**
   * A SELECT of the file's columns, in the file's order, each read with one of the engine's types
   * ("VARCHAR" where none is given). It fails for a cell that cannot be read so.
   */
  sql(types: ReadonlyMap<string, string>): string;
  /** What kinds the columns seem to be, by the first rows. */
  infer(): Promise<ReadonlyMap<string, Inferred>>;
  /** Throws the engine's complaint about the file as one of ours; others as they are. */
  rethrow(cause: unknown): Promise<never>;
}

/** What a reader is made from. */
export interface ReaderSource {
  readonly engine: Engine;
  readonly plan: IngestPlan;
  /** What messages call the file. */
  readonly file: string;
  /** Where the bytes are: the file, or its copy in UTF-8. */
  readonly path: string;
  readonly gzip: boolean;
  readonly head: string;
  /** The business columns of the table, which a file without a header is taken to have. */
  readonly known: readonly string[];
}
