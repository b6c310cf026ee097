/** @file What a name stands for that a person typed without saying what it names. */
import { fail } from "./errors.ts";
import { type CatalogParts, isThere, thingsIn } from "./listing.ts";
import { keyOf, kinds, parseThing, type Thing } from "./names.ts";
import { type CatalogState, refKey } from "./state.ts";

/** Whether a drop that is not done removes the thing: it can be named, so that the drop can be ended. */
const isInDrop = ({ drops }: CatalogState, thing: Thing): boolean =>
  [...drops.values()].some(({ parts }) => parts.some((part) => refKey(part) === keyOf(thing)));

/**
 * The thing that a name stands for: "telco", "telco.silver", or with the kind before it,
 * "schema:telco".
 *
 * @throws `table/missing-securable`, `table/conflict-name`
 */
export async function findThing(parts: CatalogParts, text: string): Promise<Thing> {
  const [, prefix, name = text] = /^(\w+):(.*)$/.exec(text) ?? [];
  const among = kinds.filter((kind) => prefix === undefined || kind === prefix);
  const state = await parts.log.state();
  const found: Thing[] = [];
  for (const kind of among) {
    const thing = parseThing(parts.layout, kind, name);
    if (thing === undefined) continue;
    if (isInDrop(state, thing) || (await isThere(parts, state, thing))) found.push(thing);
  }
  const [only, ...others] = found;
  if (others.length > 0) {
    const meanings = found.map((thing) => `${thing.kind}:${thing.name}`);
    fail("table/conflict-name", { name: text, meanings });
  }
  if (only !== undefined) return only;
  const known: string[] = [];
  for (const kind of among)
    known.push(...(await thingsIn(parts, kind, { state })).map((thing) => thing.name));
  return fail("table/missing-securable", { name, known: [...new Set(known)] });
}
