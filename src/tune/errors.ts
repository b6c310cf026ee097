/** @file What can go wrong with spaces, samplers, pruners, studies. */
import { type Catalogue, failWith } from "../core/index.ts";

/** The errors of this room: code → sentence. */
export const tuneErrors = {} satisfies Catalogue;

/** Throws one of {@link tuneErrors}. */
export const fail = failWith(tuneErrors);
