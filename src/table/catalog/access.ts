/** @file Who may do what: grants, ownership, and what comes down from catalog and schema. */
import { keyOf, type Layout, pathOf, type Securable, type Thing, toRef } from "./names.ts";
import { type Privilege, privilegesOf } from "./privileges.ts";
import type { CatalogState, Grant } from "./state.ts";

/** A grant that is needed. */
export interface NeededGrant {
  readonly privilege: Privilege;
  readonly on: Securable;
}

/** What is asked: whether principals, who act as one, have a privilege on a thing. */
export interface Question {
  readonly principals: readonly string[];
  readonly privilege: Privilege;
  readonly on: Thing;
}

/** A catalog at one moment, and how its names are read. */
export interface Catalogued {
  readonly layout: Layout;
  readonly state: CatalogState;
}

/**
 * What principals lack for a privilege; nothing when they have it. As in Unity Catalog:
 *
 * - A privilege granted on a catalog or a schema holds for all in it. "all privileges" stands for
 *   each but "manage".
 * - The owner of a thing has all privileges on it, and "manage" on all in it.
 * - Whatever is asked, "use catalog" and "use schema" on what the thing is in are needed too.
 *
 * More grants never take anything away. O(grants on the thing and what it is in).
 */
export function lacking(at: Catalogued, question: Question): readonly NeededGrant[] {
  const path = pathOf(at.layout, question.on);
  const needed = [question, ...path.flatMap((thing) => usage(question, thing))];
  const lacks = needed.filter((each) => !has(at, each));
  return lacks.map(({ privilege, on }) => ({ privilege, on: toRef(on) }));
}

/** The right to use a catalog or a schema at all. */
function usage(question: Question, on: Thing): readonly Question[] {
  if (on.kind === "catalog") return [{ ...question, privilege: "use catalog", on }];
  return on.kind === "schema" ? [{ ...question, privilege: "use schema", on }] : [];
}

/** Whether principals have a privilege on a thing, by grants there or above, or as its owner. */
function has({ layout, state }: Catalogued, { principals, privilege, on }: Question): boolean {
  const isOwner = (thing: Thing): boolean => {
    const { owner = null } = state.things.get(keyOf(thing)) ?? {};
    return owner !== null && principals.includes(owner);
  };
  const path = pathOf(layout, on);
  if (privilege === "manage" ? path.some(isOwner) : isOwner(on)) return true;
  const stands = ({ privilege: granted }: Grant): boolean =>
    granted === privilege || (granted === "all privileges" && privilege !== "manage");
  return path
    .flatMap((thing) => state.grants.get(keyOf(thing)) ?? [])
    .some((grant) => principals.includes(grant.to) && stands(grant));
}

/** The grants that hold for a thing: its own first, then those of what it is in. */
export function grantsFor({ layout, state }: Catalogued, thing: Thing): readonly Grant[] {
  const apply: readonly Privilege[] = privilegesOf[thing.kind];
  return pathOf(layout, thing)
    .flatMap((each) => state.grants.get(keyOf(each)) ?? [])
    .filter(({ privilege }) => apply.includes(privilege));
}
