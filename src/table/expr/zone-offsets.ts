/** @file When a time zone changed its clock: a table, so that an expression means one thing for ever. */
import { fail } from "./errors.ts";
import type { Steps } from "./operations/steps.ts";

const weekMs = 7 * 86_400_000;
const first = Date.UTC(1950, 0, 1);
const last = Date.UTC(2100, 0, 1);
const known = new Map<string, Steps>();

/**
 * How far local time is ahead of UTC, in milliseconds, from each change of the clock on, between 1950
 * and 2100 as this Node knows it; before and after, as at the ends.
 *
 * @throws `table/unsupported-literal` for a zone that this Node does not know
 */
export function zoneOffsets(zone: string): Steps {
  const found = known.get(zone) ?? findOffsets(offsetIn(zone));
  known.set(zone, found);
  return found;
}

function findOffsets(offsetAt: (ms: number) => number): Steps {
  const edges: number[] = [];
  const values = [offsetAt(first)];
  for (let at = first; at < last; at += weekMs) {
    const [before, after] = [values.at(-1), offsetAt(at + weekMs)];
    if (before === after) continue;
    edges.push(changeBetween(at, at + weekMs, offsetAt));
    values.push(after);
  }
  return { edges, values };
}

/** The second at which the offset is no longer that of the start. */
function changeBetween(start: number, end: number, offsetAt: (ms: number) => number): number {
  const before = offsetAt(start);
  let [low, high] = [start / 1000, end / 1000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}

function offsetIn(zone: string): (ms: number) => number {
  const format = formatOf(zone);
  return (ms) => {
    const [, said = ""] = format.format(ms).split("GMT");
    const [sign, hours = 0, minutes = 0, seconds = 0] = [
      said.startsWith("-") || said.startsWith("−") ? -1 : 1,
      ...said.slice(1).split(":").map(Number),
    ];
    return said === "" ? 0 : sign * (hours * 3600 + minutes * 60 + seconds) * 1000;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  } catch {
    const expected = 'an IANA time zone such as "Europe/Berlin"';
    return fail("table/unsupported-literal", { at: "part", expected, got: String(zone) });
  }
}
