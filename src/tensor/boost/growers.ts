/** @file What growing one tree is, by levels or by leaves. */
import type { Growing } from "./search.ts";

/** A finished node with what is below it. */
export interface Branch {
  readonly node: Growing;
  /** By which the grower knows a leaf again. */
  readonly key: number;
  /** Left and right child; undefined of a leaf. */
  readonly kids: (() => readonly [Branch, Branch]) | undefined;
}

/** A leaf and what it adds to the margins. */
export interface LeafValue {
  readonly key: number;
  readonly value: number;
}

/** Grows trees one after another. */
export interface TreeGrower {
  /** Builds a root's histogram for an output; `pack`: computes the gradients of log loss on the way. */
  begin(plane: number, pack: boolean): void;
  /** Grows the tree whose root was begun. */
  grow(plane: number): Branch;
  /** Adds the leaves of the tree that was grown to the margins of an output; perhaps later, see settle. */
  update(plane: number, leaves: readonly LeafValue[]): void;
  /** Brings the margins up to date. */
  settle(): void;
  /** The training rows of each leaf of the tree that was grown, before it is updated. */
  rowsOf(leaves: readonly { readonly key: number }[]): readonly Uint32Array[];
}
