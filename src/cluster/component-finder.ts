/** @file What every algorithm offers that finds components, and what it has learned then. */
import type { LongWork } from "../core/index.ts";
import type { Json } from "../flow.ts";
import type { Components } from "./components.ts";
import type { ClusterData } from "./data.ts";
import { type ComponentFit, fitComponents } from "./fit.ts";
import { checkedLearn, type LearnerParts } from "./learner.ts";

/** An algorithm that finds components, with its options. */
export interface ComponentFinder<M extends Components = Components> {
  readonly name: string;
  /** Every option that decides the result, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** Learns from x of shape [n, d] with n ≥ 1 and d ≥ 1. @throws as a clusterer's `learn` */
  learn(data: ClusterData, work?: LongWork): Promise<M>;
  /** Fits features and components to typed rows: a model that takes raw rows. */
  readonly fit: ComponentFit<M>;
}

/** A finder of components from its parts. */
export function componentFinder<M extends Components>(parts: LearnerParts<M>): ComponentFinder<M> {
  const { name, options } = parts;
  const learn = checkedLearn(parts);
  return { name, options, learn, fit: fitComponents({ learn }) };
}
