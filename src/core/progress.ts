/** @file How long work tells how far it is. */

/** Called with how much of the work is done; `total` is undefined where nobody knows it. */
export type Progress = (step: { readonly done: number; readonly total?: number }) => void;

/** What every long task takes. */
export interface LongWork {
  /** Ends the work early; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}
