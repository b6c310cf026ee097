/** @file Time and identity come in as arguments: a clock, and a maker of ids. */
import { randomUUID } from "node:crypto";
import { random } from "./random.ts";

/** Tells the time, in milliseconds since 1970 in UTC. */
export type Clock = () => number;

/** Makes a new id: 32 lower-case hex digits. */
export type Ids = () => string;

/** The machine's clock. */
export const systemClock: Clock = () => Date.now();

/** A clock that starts at a moment and moves on by a step with each reading. */
export function steppingClock(startMs: number, stepMs = 0): Clock {
  let now = startMs - stepMs;
  return () => {
    now += stepMs;
    return now;
  };
}

/** Ids nobody can guess. */
export const randomIds: Ids = () => randomUUID().replaceAll("-", "");

/** The same ids for the same seed, for demos and tests. */
export function seededIds(seed: number, name = "ids"): Ids {
  const draws = random(seed).stream(name);
  const word = (): string =>
    Math.floor(draws.next() * 4294967296)
      .toString(16)
      .padStart(8, "0");
  return () => word() + word() + word() + word();
}
