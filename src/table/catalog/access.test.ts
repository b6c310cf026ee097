import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grantsFor, lacking } from "./access.ts";
import type { CatalogChange, CatalogEntry } from "./entry.ts";
import { pathOf, refThing, type SecurableRef, type Thing, toRef } from "./names.ts";
import { type Privilege, privilegesOf } from "./privileges.ts";
import { type CatalogState, emptyState, formatState, parseState, replay } from "./state.ts";

const layout = { main: "main", nested: new Set<string>() };
const refs: readonly SecurableRef[] = [
  { catalog: "main" },
  { catalog: "dev" },
  { schema: "telco" },
  { schema: "dev.telco" },
  "telco.silver",
  "dev.telco.silver",
  { volume: "telco.landing" },
];
const things: readonly Thing[] = refs.map((ref) => refThing(layout, ref));

/** A state made of changes, one after the other. */
const stateAfter = (changes: readonly CatalogChange[], from = emptyState): CatalogState =>
  replay(
    from,
    changes.map((change, i): CatalogEntry => {
      const sequence = from.sequence + 1 + i;
      return { ...change, sequence, id: String(sequence), atMs: sequence, actor: "root" };
    }),
  );

const principal = fc.constantFrom("ada", "analysts", "__proto__");
const grant = fc
  .tuple(principal, fc.constantFrom(...things), fc.nat())
  .map(([to, thing, n]): CatalogChange => {
    const all = privilegesOf[thing.kind];
    return { action: "grant", on: toRef(thing), to, privileges: [all[n % all.length] ?? "manage"] };
  });
const owner = fc
  .tuple(principal, fc.constantFrom(...things))
  .map(([to, thing]): CatalogChange => ({ action: "annotate", on: toRef(thing), owner: to }));
const history = fc.array(fc.oneof(grant, owner), { maxLength: 8 });
const question = fc
  .tuple(
    fc.subarray(["ada", "analysts", "__proto__"], { minLength: 1 }),
    fc.constantFrom(...things),
    fc.nat(),
  )
  .map(([principals, on, n]) => {
    const all = privilegesOf[on.kind];
    return { principals, on, privilege: all[n % all.length] ?? "manage" };
  });
type Asked = Parameters<typeof lacking>[1];
const isAllowed = (state: CatalogState, asked: Asked): boolean =>
  lacking({ layout, state }, asked).length === 0;

/** A state as what it means: the order of entries that say nothing of each other is left out. */
const seen = (state: CatalogState): unknown => ({
  grants: [...state.grants].map(([key, rows]) => [key, rows]).sort(),
  things: [...state.things].sort(),
});

describe("lacking", () => {
  test("law: a grant and its revocation leave what was before", () => {
    fc.assert(
      fc.property(history, grant, (changes, change) => {
        const before = stateAfter(changes);
        const [[key = "", rows = []] = []] = stateAfter([change]).grants;
        const fresh = rows.every(
          (row) =>
            !before.grants.get(key)?.some((g) => g.to === row.to && g.privilege === row.privilege),
        );
        fc.pre(fresh && change.action === "grant");
        const now = stateAfter([change, { ...change, action: "revoke" }], before);
        expect(seen(now)).toEqual(seen(before));
      }),
    );
  });

  test("law: a further grant takes nothing away from anybody", () => {
    fc.assert(
      fc.property(history, grant, question, (changes, change, asked) => {
        const before = stateAfter(changes);
        fc.pre(isAllowed(before, asked));
        expect(isAllowed(stateAfter([change], before), asked)).toBe(true);
      }),
    );
  });

  test("law: further groups take nothing away from anybody", () => {
    fc.assert(
      fc.property(history, question, principal, (changes, asked, more) => {
        const state = stateAfter(changes);
        fc.pre(isAllowed(state, asked));
        expect(isAllowed(state, { ...asked, principals: [...asked.principals, more] })).toBe(true);
      }),
    );
  });

  test("law: what is granted above holds inside, where the kind has the privilege", () => {
    fc.assert(
      fc.property(history, question, fc.nat(), (changes, asked, n) => {
        const path = pathOf(layout, asked.on);
        const above = path[n % path.length] ?? asked.on;
        const give = (privilege: Privilege, thing: Thing): CatalogChange => ({
          ...{ action: "grant", on: toRef(thing), to: "ada", privileges: [privilege] },
        });
        const usage = path.flatMap((thing) =>
          thing.kind === "catalog"
            ? [give("use catalog", thing)]
            : thing.kind === "schema"
              ? [give("use schema", thing)]
              : [],
        );
        const state = stateAfter([give(asked.privilege, above), ...usage], stateAfter(changes));
        expect(isAllowed(state, { ...asked, principals: ["ada"] })).toBe(true);
        const [[, rows = []] = []] = stateAfter([give(asked.privilege, above)]).grants;
        const held = grantsFor({ layout, state }, asked.on).map((g) => [g.to, g.privilege]);
        expect(held).toContainEqual([rows[0]?.to, rows[0]?.privilege]);
      }),
    );
  });

  test("law: what is lacking is enough when it is granted", () => {
    fc.assert(
      fc.property(history, question, (changes, asked) => {
        const state = stateAfter(changes);
        const to = asked.principals[0] ?? "";
        const given = lacking({ layout, state }, asked).map(
          ({ privilege, on }): CatalogChange => ({
            ...{ action: "grant", on, to, privileges: [privilege] },
          }),
        );
        expect(isAllowed(stateAfter(given, state), asked)).toBe(true);
        if (given.length > 0) expect(isAllowed(state, asked)).toBe(false);
      }),
    );
  });

  test("law: a state that was kept and read again answers the same", () => {
    fc.assert(
      fc.property(history, question, (changes, asked) => {
        const state = stateAfter(changes);
        const read = parseState(formatState(state));
        expect(read).toEqual(state);
        expect(read && isAllowed(read, asked)).toBe(isAllowed(state, asked));
      }),
    );
  });

  test("owners have all but other people's tables, and manage what is in their own", () => {
    const state = stateAfter([{ action: "annotate", on: { schema: "telco" }, owner: "ada" }]);
    const lacks = (privilege: Privilege, ref: SecurableRef) =>
      lacking({ layout, state }, { principals: ["ada"], privilege, on: refThing(layout, ref) });
    const useMain = { privilege: "use catalog", on: { catalog: "main" } };
    expect(lacks("create table", { schema: "telco" })).toEqual([useMain]);
    expect(lacks("manage", "telco.silver")).toEqual([useMain]);
    expect(lacks("select", "telco.silver")).toEqual([
      { privilege: "select", on: { table: "telco.silver" } },
      useMain,
    ]);
  });

  test("all privileges stand for each but manage", () => {
    const all: CatalogChange = {
      ...{ action: "grant", on: { catalog: "main" }, to: "ada", privileges: ["all privileges"] },
    };
    const state = stateAfter([all]);
    const may = (privilege: Privilege, ref: SecurableRef) =>
      isAllowed(state, { principals: ["ada"], privilege, on: refThing(layout, ref) });
    expect(may("select", "telco.silver")).toBe(true);
    expect(may("write volume", { volume: "telco.landing" })).toBe(true);
    expect(may("manage", "telco.silver")).toBe(false);
    expect(may("select", "dev.telco.silver")).toBe(false);
  });
});
