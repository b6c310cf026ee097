/** @file Granting and revoking, and what follows from it. */
import { type Catalogued, grantsFor, lacking, type NeededGrant } from "./access.ts";
import { fail } from "./errors.ts";
import { type CatalogParts, checkThere } from "./listing.ts";
import { keyOf, pathOf, refThing, type SecurableRef, type Thing, toRef } from "./names.ts";
import { refuseDropping } from "./open-drops.ts";
import { type Privilege, type PrivilegeOn, parsePrivilege } from "./privileges.ts";
import { type CatalogState, type Grant, refKey } from "./state.ts";
import { checkPrincipal } from "./texts.ts";

/** A principal, a privilege or several, and the thing they are about. */
export interface GrantTask<O extends SecurableRef = SecurableRef> extends PrivilegeOn<O> {
  /** A user or a group; the lake does not know which there are. */
  readonly to: string;
}

/** What is asked about access: `to` is a user, with their groups, who act as one. */
export interface AccessTask<O extends SecurableRef = SecurableRef> extends PrivilegeOn<O> {
  readonly to: string | readonly string[];
}

/** Which grants are listed. */
export interface GrantsOptions {
  /** Those that hold for a thing, also by what it is in. Default: all grants of the lake. */
  readonly on?: SecurableRef;
  /** Those of one principal. */
  readonly to?: string;
}

/**
 * Grants, as they are recorded. Nothing here stops anybody who can read the lake's files: a server in
 * front of the lake asks {@link CatalogGrants.isAllowed} before it answers.
 */
export interface CatalogGrants {
  /**
   * Grants privileges on a thing, and so on all that is in it. What was granted before is granted
   * once.
   *
   * @throws `table/unknown-privilege`, `table/out-of-range-text`, `table/conflict-drop`, and
   * `table/missing-table` and its like
   */
  grant<O extends SecurableRef>(task: GrantTask<O>): Promise<void>;
  /** Takes grants back, where they were granted. Throws `table/missing-grant` when there is none. */
  revoke<O extends SecurableRef>(task: GrantTask<O>): Promise<void>;
  /** Grants, in the order in which they were made; those that hold for a thing, from the inside out. */
  grants(options?: GrantsOptions): Promise<readonly Grant[]>;
  /** Whether principals have privileges on a thing, and may use the catalog and schema it is in. */
  isAllowed<O extends SecurableRef>(task: AccessTask<O>): Promise<boolean>;
  /** The grants that principals lack, which is what a refusal can say; nothing when they have all. */
  missingGrants<O extends SecurableRef>(task: AccessTask<O>): Promise<readonly NeededGrant[]>;
}

/** Grants over a lake's catalog. */
export function catalogGrants(parts: CatalogParts): CatalogGrants {
  const { layout, log } = parts;
  const missing = async (task: AccessTask): Promise<readonly NeededGrant[]> => {
    const { on, privileges } = readTask(parts, task);
    const principals = [task.to].flat().map(checkPrincipal);
    const at: Catalogued = { layout, state: await log.state() };
    const found = privileges.flatMap((privilege) => lacking(at, { principals, privilege, on }));
    const keys = found.map((each) => `${each.privilege} ${refKey(each.on)}`);
    return found.filter((_, i) => keys.indexOf(keys[i] ?? "") === i);
  };
  return {
    grant: async (task) => {
      const { on, privileges } = readTask(parts, task);
      const to = checkPrincipal(task.to);
      await log.add(async (state) => {
        refuseDropping(layout, state, on);
        await checkThere(parts, state, on);
        const fresh = privileges.filter((privilege) => !isGranted(state, on, { to, privilege }));
        if (fresh.length === 0) return undefined;
        return { action: "grant", on: toRef(on), to, privileges: fresh };
      });
    },
    revoke: async (task) => {
      const { on, privileges } = readTask(parts, task);
      const to = checkPrincipal(task.to);
      await log.add(async (state) => {
        if (privileges.length === 0) return undefined;
        for (const privilege of privileges)
          if (!isGranted(state, on, { to, privilege }))
            fail("table/missing-grant", {
              ...{ to, privilege, on: keyOf(on) },
              elsewhere: elsewhere({ layout, state }, on, { to, privilege }),
            });
        return { action: "revoke", on: toRef(on), to, privileges };
      });
    },
    grants: async ({ on, to } = {}) => {
      const state = await log.state();
      const all =
        on === undefined
          ? [...state.grants.values()].flat().sort((a, b) => a.atMs - b.atMs)
          : grantsFor({ layout, state }, refThing(layout, on));
      return to === undefined ? all : all.filter((grant) => grant.to === to);
    },
    missingGrants: missing,
    isAllowed: async (task) => (await missing(task)).length === 0,
  };
}

type Pair = Pick<Grant, "to" | "privilege">;

const isGranted = (state: CatalogState, on: Thing, { to, privilege }: Pair): boolean =>
  (state.grants.get(keyOf(on)) ?? []).some((g) => g.to === to && g.privilege === privilege);

/** Where else on the way up the same was granted. */
function elsewhere({ layout, state }: Catalogued, on: Thing, pair: Pair): readonly string[] {
  const above = pathOf(layout, on).slice(1);
  return above.filter((thing) => isGranted(state, thing, pair)).map(keyOf);
}

/** The thing and the privileges of a task, each once. */
function readTask(
  { layout }: CatalogParts,
  { on: ref, privilege }: PrivilegeOn,
): { readonly on: Thing; readonly privileges: readonly Privilege[] } {
  const on = refThing(layout, ref);
  const given = typeof privilege === "string" ? [privilege] : [...privilege];
  const privileges = [...new Set(given.map((each) => parsePrivilege(each, on.kind)))];
  return { on, privileges };
}
