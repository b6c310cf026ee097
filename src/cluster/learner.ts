/** @file What finders of clusters and of components are made of, and the checks that come before either learns. */
import type { LongWork } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { type ClusterData, checkData, scaleWarnings } from "./data.ts";

/** What one algorithm is made of. */
export interface LearnerParts<M> {
  readonly name: string;
  /** Every option that decides the result, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** Learns from data that was checked; the warnings are to be handed on. */
  readonly learn: (
    data: ClusterData & { readonly warnings: readonly string[] },
    work: LongWork,
  ) => M | Promise<M>;
}

/** The `learn` of an algorithm: it checks the data first and looks at its scales. */
export function checkedLearn<M>(
  parts: LearnerParts<M>,
): (data: ClusterData, work?: LongWork) => Promise<M> {
  return async (data, work = {}) => {
    work.signal?.throwIfAborted();
    checkData(parts.name, data);
    return parts.learn({ ...data, warnings: scaleWarnings(data) }, work);
  };
}
