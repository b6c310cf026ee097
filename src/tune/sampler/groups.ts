/** @file Groups of params that occur in the same trials: what is drawn together in a conditional space. */
import type { ParamSpec } from "../space.ts";
import type { TrialRow } from "../trial-row.ts";
import type { SearchView } from "../view.ts";

type Group = readonly (readonly [string, ParamSpec])[];

/** What is known of the trials of a study that were looked at. */
interface Seen {
  readonly rows: WeakSet<TrialRow>;
  /** Sets of params that occurred together, each once. */
  readonly sets: Map<string, ReadonlySet<string>>;
  /** The groups of so many sets. */
  groups: { readonly sets: number; readonly names: readonly (readonly string[])[] };
}

const seen = new WeakMap<object, Seen>();

/**
 * The params in groups: two are in one group when every trial that has one has the other. All of a
 * declared space are one group. Trials are looked at once each.
 */
export function groupsOf(view: SearchView): readonly Group[] {
  if (view.declared !== null) return [Object.entries(view.declared)];
  const { identity, specs } = view;
  const known: Seen = seen.get(identity) ?? {
    ...{ rows: new WeakSet(), sets: new Map(), groups: { sets: 0, names: [] } },
  };
  seen.set(identity, known);
  for (const row of view.rows) {
    const isOver = row.state === "complete" || row.state === "pruned";
    if (!isOver || known.rows.has(row)) continue;
    known.rows.add(row);
    const names = Object.keys(row.codes).sort();
    known.sets.set(JSON.stringify(names), new Set(names));
  }
  if (known.groups.sets !== known.sets.size)
    known.groups = { sets: known.sets.size, names: splitNames([...known.sets.values()]) };
  return known.groups.names.map((names) =>
    names.flatMap((name) => {
      const spec = specs.get(name);
      return spec === undefined ? [] : [[name, spec] as const];
    }),
  );
}

/** Names by the sets that have them. */
function splitNames(sets: readonly ReadonlySet<string>[]): readonly (readonly string[])[] {
  const names = [...new Set(sets.flatMap((set) => [...set]))].sort();
  const marks = (name: string): string => sets.map((set) => (set.has(name) ? "1" : "0")).join("");
  return [...Map.groupBy(names, marks).values()];
}
