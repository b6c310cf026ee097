/** @file What a lesson of `millrace learn` is: one demonstration of classic learning, and what came of it. */
import type { LongWork } from "../../core/index.ts";
import type { Json, Model } from "../../flow.ts";
import type { ChartSpec } from "../../plot/index.ts";
import type { Workspace } from "../../workspace/index.ts";

/** Numbers by the names of what was measured. */
export type Measured = Readonly<Record<string, number>>;

/** What a lesson is given. */
export interface LessonTask extends LongWork {
  readonly workspace: Workspace;
  /** A file of one's own in place of the data that the lesson has. */
  readonly csv: string | undefined;
}

/** What came of a lesson. */
export interface LessonResult {
  /** Where the rows come from, said plainly where they are a twin. */
  readonly data: string;
  /** What was done, a sentence each. */
  readonly steps: readonly string[];
  readonly params: Readonly<Record<string, Json>>;
  readonly metrics: Measured;
  /** The same of the most trivial answer; a metric that it has not is absent. */
  readonly baseline: Measured;
  /** What a reader of the numbers must know. */
  readonly warnings: readonly string[];
  readonly figures: Readonly<Record<string, ChartSpec>>;
  /** What was learned: a model with a row that it takes, or a file of clusters. */
  readonly learned:
    | {
        readonly model: Model;
        readonly example: Readonly<Record<string, string | number | boolean | Date | null>>;
      }
    | { readonly files: Readonly<Record<string, Uint8Array>> };
}

/** One demonstration. */
export interface Lesson {
  readonly title: string;
  /** The name of its run. */
  readonly run: string;
  /** The program under `examples/` that does the same in a few lines. */
  readonly program: string;
  /** What the most trivial answer is. */
  readonly baseline: string;
  teach(task: LessonTask): Promise<LessonResult>;
}
