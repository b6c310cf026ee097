/** @file Texts that are no known level: refused, skipped, or served and told of. */
import type { Cells } from "../../flow.ts";
import { toRow, toSql } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Levels } from "../feature.ts";
import type { FittedFeature, NumbersFrame } from "./features-data.ts";

/** The checks of all features. */
export interface LevelChecks {
  /** One expression a check that refuses or skips: 1 where the level is unknown, else 0. */
  readonly sql: readonly string[];
  /**
   * Refuses rows by what `sql` gave, [n] each, or says which stay; undefined when all do. `texts` gives the texts
   * of an expression.
   */
  kept(
    flags: readonly Float64Array[],
    texts: NumbersFrame["texts"],
  ): Promise<((row: number) => boolean) | undefined>;
  /** Throws `feature/unknown-level` for a row that is refused or skipped. */
  refuse(row: Cells): void;
  /** The features whose level is unknown in a row. */
  unknowns(row: Cells): readonly string[];
}

interface LevelCheck {
  readonly name: string;
  readonly levels: Levels;
  readonly known: ReadonlySet<string>;
  readonly textOf: (row: Cells) => unknown;
}

/** Makes the checks of features. */
export function levelChecks(features: readonly FittedFeature[]): LevelChecks {
  const checks = features.flatMap(({ name, levels }) =>
    levels === undefined ? [] : [levelCheck(name, levels)],
  );
  const strict = checks.filter(({ levels }) => levels.unknown !== "zero");
  return {
    sql: strict.map(unknownSql),
    kept: async (flags, texts) => {
      for (const [i, check] of strict.entries())
        if (check.levels.unknown === "refuse" && flags[i]?.includes(1))
          for (const text of await texts(toSql({ node: check.levels.input }))) refuse(check, text);
      const skipping = flags.filter((_, i) => strict[i]?.levels.unknown === "skip");
      if (!skipping.some((flag) => flag.includes(1))) return undefined;
      return (row) => skipping.every((flag) => flag[row] !== 1);
    },
    refuse: (row) => {
      for (const check of strict) refuse(check, check.textOf(row));
    },
    unknowns: (row) =>
      checks.filter((check) => isUnknown(check, check.textOf(row))).map(({ name }) => name),
  };
}

function levelCheck(name: string, levels: Levels): LevelCheck {
  return {
    name,
    levels,
    known: new Set(levels.levels),
    textOf: toRow({ node: levels.input }),
  };
}

function unknownSql({ levels: { input, levels } }: LevelCheck): string {
  if (levels.length === 0)
    return `(CASE WHEN ${toSql({ node: input })} IS NOT NULL THEN 1 ELSE 0 END)`;
  const literals = levels.map((value) => ({ op: "literal", kind: "text", value }) as const);
  const known = toSql({ node: { op: "call", operation: "oneOf", args: [input, ...literals] } });
  return `(CASE WHEN NOT ${known} THEN 1 ELSE 0 END)`;
}

function isUnknown({ known }: LevelCheck, text: unknown): boolean {
  return typeof text === "string" && !known.has(text);
}

function refuse(check: LevelCheck, got: unknown): void {
  const { name: feature, levels } = check;
  if (isUnknown(check, got)) fail("feature/unknown-level", { feature, got, levels: levels.levels });
}
