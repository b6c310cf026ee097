/**
 * @file The nouns of the life-cycle and the arrows between them, in the order data takes: types only.
 * The learning side (feature … tune) and the life-cycle side (run … monitor) meet here, nowhere else.
 */

/** Anything `JSON.stringify` keeps whole. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** The hash of some bytes, by which they are found and checked. */
export type Hash = `sha256:${string}`;

// file → Table ------------------------------------------------------------------------------------
/** What a cell can hold; null is a missing value. */
export type Cell = string | number | boolean | Date | null;
export type Cells = Readonly<Record<string, Cell>>;

/** What a column holds. `int` and `float` are both numbers in TypeScript. */
export type ColumnKind = "text" | "int" | "float" | "bool" | "category" | "timestamp";

/** A column as data: what a schema, a signature and a request check agree on; patterns match whole. */
export interface ColumnSpec {
  readonly kind: ColumnKind;
  readonly nullable: boolean;
  readonly levels?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly unit?: string;
  readonly key?: boolean;
  /** Of text: it is an array of numbers, such as an image, in base64; `min` and `max` are those of each number. */
  readonly tensor?: TensorSpec;
}

/** An array of numbers in one cell, row by row; in bytes little-endian. */
export type TensorSpec = {
  readonly type: "uint8" | "float32" | "int64";
  readonly shape: readonly number[];
};

export type ColumnSpecs = Readonly<Record<string, ColumnSpec>>;

// Table → Findings --------------------------------------------------------------------------------
export type Severity = "critical" | "warning" | "info";

/** One expectation judged: a fact about a table, with keys of some rows that break it. */
export interface Finding {
  readonly expectation: string;
  readonly column: string | null;
  readonly severity: Severity;
  readonly passed: boolean;
  readonly failedRows: number;
  readonly rows: number;
  readonly sample: readonly Json[];
  /** Of an expectation about the whole table, what was measured. */
  readonly observed?: Json;
}

// Table → Dataset ---------------------------------------------------------------------------------
/** A dense row-major matrix: element (i, j) is `data[i * cols + j]`; NaN is missing. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** What is told of a row: whether something holds, which of k classes it is, or how much. */
export type Task =
  | { readonly kind: "binary" }
  | { readonly kind: "multiclass"; readonly classes: readonly string[] }
  | { readonly kind: "regression" };
export type TaskKind = Task["kind"];

/** Features x, shape [n, d], targets y, shape [n], the columns' names, and the rows' fingerprint. */
export interface Dataset {
  readonly x: Matrix;
  /** Binary: 0 or 1; multiclass: the class's place in `task.classes`; regression: any finite number. */
  readonly y: Float64Array;
  readonly names: readonly string[];
  readonly source: Hash;
  /** Absent: binary. */
  readonly task?: Task;
  /** How much each row counts, [n], finite, at least 0; absent: 1 each. */
  readonly weights?: Float64Array;
  /** Which rows are ranked against each other, [n], one number per query; for ranking only. */
  readonly groups?: Float64Array;
  /** The names of features whose numbers are codes of categories, 0, 1, …, in no order. */
  readonly categorical?: readonly string[];
}

// Table → Features by key ---------------------------------------------------------------------------
/** Features of one key: cells in the order of the columns asked for, and the moment they are of. */
export interface OnlineRow {
  readonly cells: readonly Cell[];
  /** Milliseconds in UTC; null where the features have no time. */
  readonly atMs: number | null;
  /** How old they may be when they are used, in milliseconds; null where any age will do. */
  readonly ttlMs: number | null;
  /** Before when they may be used, in milliseconds in UTC: of windows up to their next refresh; null for ever. */
  readonly toldBeforeMs: number | null;
  /** The version of the definition that they are of. */
  readonly version: number;
}

/** A column of features that are kept for reading. */
export interface OnlineColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** What is kept of a feature table, by which version of its definition. */
export interface OnlineTable {
  readonly version: number;
  readonly key: readonly OnlineColumn[];
  /** The features. */
  readonly columns: readonly OnlineColumn[];
}

/** Gives the newest features of keys: what an endpoint asks before a model answers. */
export interface OnlineReader {
  /** What it has of a table; undefined when it has none of it. */
  state(table: string): Promise<OnlineTable | undefined>;
  /** One entry per key, in their order, all of one moment; undefined where there is none. */
  read(
    table: string,
    keys: readonly (readonly Cell[])[],
    columns: readonly string[],
  ): Promise<readonly (OnlineRow | undefined)[]>;
}

// Dataset → Model ---------------------------------------------------------------------------------
/** The algorithm's half of a model, by its kind ("boost"): numbers in, numbers out; data is state. */
export interface Predictor {
  readonly kind: string;
  /** What it tells of a row; absent: binary. */
  readonly task?: Task;
  /**
   * x has shape [n, d]. Binary: the probability of true, [n]; multiclass: the probability of each
   * class, [n, k], row by row; regression: [n], in the unit of the label.
   */
  predict(x: Matrix): Float64Array;
  /** How much each feature matters, shape [d], summing to 1; absent where it means nothing. */
  readonly importances?: Float64Array;
  /** Of two classes: from which probability on the answer is true, 0 to 1. Absent: 0.5. */
  readonly threshold?: number;
}

/** What a model takes, and what it gives. */
export interface Signature {
  readonly inputs: ColumnSpecs;
  /** The label: bool is binary, category one of its levels, float a number. */
  readonly output: {
    readonly name: string;
    readonly kind: ColumnKind;
    readonly levels?: readonly string[];
    readonly tensor?: TensorSpec;
  };
  /** What is told beside it, by name: whether an image is an anomaly, further outputs of an ONNX file. */
  readonly others?: ColumnSpecs;
}

/** An answer: the value, and how sure the model is of it. */
export interface Prediction<Out = Cell> {
  readonly value: Out;
  /** Of a truth value the probability of `true`, of a class its own; null of a number, or of an array of them. */
  readonly probability: Out extends number ? null : number;
  /** Of a class, the probability of every class. */
  readonly probabilities?: Readonly<Record<Extract<Out, string>, number>>;
  /** What the signature's `others` name. */
  readonly others?: Cells;
}

/** The bytes of a stored model, by path inside its folder. */
export type ModelFiles = Readonly<Record<string, Uint8Array>>;

/** A row made whole, and what was odd about it but served by a declared policy. */
export interface Completed {
  readonly row: Cells;
  readonly warnings: readonly string[];
}

/** How a model finds by key what it is not sent: what a request has, and what makes it a whole row. */
export interface ModelLookups<Request = Cells> {
  /** The columns of a request: keys, and what no feature table has. */
  readonly request: ColumnSpecs;
  /** The feature tables that are read, each with the columns taken from it. */
  readonly tables: readonly { readonly table: string; readonly columns: readonly string[] }[];
  /** Everything there is to know of the lookups, as the model's files keep it. */
  readonly state: Json;
  complete(
    requests: readonly Request[],
    from: OnlineReader,
    atMs: number,
  ): Promise<readonly Completed[]>;
}

/** Whatever answers rows: a {@link Model} at once, a network in its own time. This is what is kept, registered and served. */
export interface ServedModel<In = Cells, Out = Cell> {
  readonly kind: string;
  readonly signature: Signature;
  /** The hash of everything that decides its predictions; times and ids are not in it. */
  readonly hash: Hash;
  predict(row: In): Prediction<Out> | Promise<Prediction<Out>>;
  predictAll(rows: readonly In[]): readonly Prediction<Out>[] | Promise<readonly Prediction<Out>[]>;
  /** Absent where requests come whole. */
  readonly lookups?: ModelLookups;
  /** Importance of each feature by name, largest first; empty where it means nothing. */
  readonly importances: readonly { readonly name: string; readonly share: number }[];
  /** The model folder: what {@link LoadModel} reads back. */
  files(): ModelFiles;
}

/** Raw rows in, predictions out, at once; its features are inside. There is no unfitted model. */
export interface Model<In = Cells, Out = Cell> extends ServedModel<In, Out> {
  predict(row: In): Prediction<Out>;
  predictAll(rows: readonly In[]): readonly Prediction<Out>[];
}
export type LoadModel = (files: ModelFiles) => ServedModel | Promise<ServedModel>;

// Model × test rows → Scores -------------------------------------------------------------------------
/** One scoring of test rows: which study, which rows, which model. */
export interface TestAccess {
  readonly study: string;
  /** Tells test rows apart: the same rows in any order have the same. */
  readonly rows: Hash;
  readonly model: Hash;
  /** Why rows that this study has scored before are scored again; null the first time. */
  readonly again: string | null;
}

/** Keeps who scored which test rows. A study scores the same rows once, unless it says why again. */
export interface TestLog {
  /** Notes an access before its scores are known; refuses a second one that does not say why. */
  enter(access: TestAccess): Promise<void>;
}

// Study → Trials -------------------------------------------------------------------------------------
/** One point of a search, and how it did. */
export interface Trial {
  readonly number: number;
  readonly params: Readonly<Record<string, Json>>;
  readonly value: number | null;
  readonly state: "waiting" | "running" | "complete" | "pruned" | "failed";
}

// Model → Run → Version -----------------------------------------------------------------------------
export type RunStatus = "running" | "finished" | "failed";

/** What happened once: what went in, what was measured, what came out. */
export interface RunRecord {
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A named, numbered, immutable model, and the run it came from. */
export interface Version {
  readonly name: string;
  readonly number: number;
  readonly runId: string;
  readonly modelHash: Hash;
  readonly createdAtMs: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
}

// Version → Endpoint → Table again --------------------------------------------------------------------
/** One answered request. The inference log is a table of these. */
export interface Answered {
  readonly requestId: string;
  readonly atMs: number;
  readonly endpoint: string;
  readonly version: number;
  readonly input: Cells;
  readonly prediction: Prediction;
  /** What was odd but served by a declared policy, such as an unknown category. */
  readonly warnings: readonly string[];
}

// Table × Table → Drift → Alert -------------------------------------------------------------------------
export type DriftLevel = "none" | "moderate" | "severe";

/** How far a column has moved from the table the model learned from, by its PSI in nats. */
export interface Drift {
  readonly column: string;
  readonly psi: number;
  readonly level: DriftLevel;
}

// Alert → Pipeline --------------------------------------------------------------------------------------
/** What became of one step of a pipeline run. */
export interface StepRecord {
  readonly step: string;
  readonly state: "ran" | "skipped" | "failed";
  readonly milliseconds: number;
  readonly output: Json;
}

// Documents → Answer (rag and agent, later) ---------------------------------------------------------------
/** A piece of a document, and where it came from. */
export interface Chunk {
  readonly id: string;
  readonly text: string;
  readonly source: string;
}

/** Something an agent may call. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  call(input: Json): Promise<Json>;
}
