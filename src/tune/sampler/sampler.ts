/** @file What a sampler is: it draws params together when a trial begins, and alone when one is asked for. */
import type { Json } from "../../flow.ts";
import type { ParamSpec } from "../space.ts";
import type { SearchView } from "../view.ts";

/** Codes that were drawn together, and what the sampler wants to know of it later. */
export interface Drawn {
  readonly codes: Readonly<Record<string, number>>;
  readonly note?: Json;
}

/** A param that is asked for. */
export interface Asked {
  readonly trial: number;
  readonly name: string;
  readonly spec: ParamSpec;
}

/**
 * Draws the params of trials. A draw depends on the view and the trial's number only, so that a
 * study which was interrupted goes on as if it had not been.
 */
export interface Sampler {
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
  /** What is drawn together when a trial begins; of it, the trial takes what it asks for. */
  draw?(view: SearchView, trial: number): Drawn;
  /** A param that was not drawn together with others. */
  drawOne(view: SearchView, asked: Asked): number;
  /** How many trials there are to make; absent where there is no end. */
  size?(view: SearchView): number;
  /** How many objectives it can take; absent: any number. */
  readonly mostObjectives?: number;
}
