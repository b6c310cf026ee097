/** @file A declaration as it is kept in a table's properties, and what two of them differ in. */
import { formatJson, isMillraceError } from "../../core/index.ts";
import { schema } from "../../table/index.ts";
import { fail } from "./errors.ts";
import { checkFeatureTable, type FeatureTable } from "./feature-table.ts";

/** The property of a Delta table under which its declaration stands. */
export const declarationKey = "millrace.featureTable";

const format = 1;

/** A declaration as text with one spelling. */
export const formatDeclaration = (table: FeatureTable): string => formatJson({ format, ...table });

/** Reads what {@link formatDeclaration} wrote. Throws `feature/corrupt-declaration`. */
export function parseDeclaration(name: string, text: string): FeatureTable {
  try {
    const read = JSON.parse(text) as { readonly format?: unknown } & FeatureTable;
    const { format: got, ...table } = read;
    if (typeof got !== "number" || got > format)
      return fail("feature/corrupt-declaration", {
        name,
        reason: `it has the format ${String(got)}, and this Millrace knows ${format}`,
      });
    const whole = {
      ...table,
      windows: table.windows ?? null,
      name,
      schema: schema(table.schema.name, table.schema.columns),
    };
    checkFeatureTable(whole);
    return whole;
  } catch (error) {
    if (isMillraceError(error, "feature/corrupt-declaration")) throw error;
    const reason = (error as Error).message;
    return fail("feature/corrupt-declaration", { name, reason }, { cause: error });
  }
}

/** One difference between a declaration as it is stored and as it is given. */
export interface DeclarationChange {
  /** What differs: "column spend", "ttl", "owners". */
  readonly what: string;
  /** Null where it was not there. */
  readonly before: string | null;
  /** Null where it is no longer. */
  readonly after: string | null;
  /** `note`: for people only; `meaning`: needs a new version; `rows`: and the rows cannot stay. */
  readonly weight: "note" | "meaning" | "rows";
}

/** What differs, in the order in which a declaration is written. */
export function declarationChanges(
  before: FeatureTable,
  after: FeatureTable,
): readonly DeclarationChange[] {
  return [
    ...columnChanges(before, after),
    ...otherChanges(before, after),
    ...windowChanges(before, after),
  ];
}

function columnChanges(before: FeatureTable, after: FeatureTable): readonly DeclarationChange[] {
  const [old, now] = [before.schema.columns, after.schema.columns];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name): readonly DeclarationChange[] => {
    const [was, is] = [specText(old[name]), specText(now[name])];
    if (was === is) return [];
    const addable = old[name] === undefined && now[name]?.nullable === true;
    const sameKind = old[name]?.kind === now[name]?.kind;
    const wider = sameKind && (now[name]?.nullable === true || old[name]?.nullable === false);
    const weight = addable || wider ? "meaning" : "rows";
    return [{ what: `column ${name}`, before: was, after: is, weight }];
  });
}

/** A column without what is for people: "float or null". */
function specText(column: FeatureTable["schema"]["columns"][string] | undefined): string | null {
  if (column === undefined) return null;
  const { kind, nullable, description: _, key: __, ...rest } = column;
  const more = Object.keys(rest).length === 0 ? "" : ` ${formatJson(rest)}`;
  return `${kind}${nullable ? " or null" : ""}${more}`;
}

type Part = readonly [what: string, of: (table: FeatureTable) => string | null];

const span = (ms: number | null): string | null => (ms === null ? null : `${ms / 3_600_000} h`);
const rowParts: readonly Part[] = [
  ["key", ({ key }) => key.join(", ")],
  ["timestamp", ({ timestamp }) => timestamp],
  ["availableAt", ({ availableAt }) => availableAt],
];
const meaningParts: readonly Part[] = [
  ["label", ({ label }) => label],
  ["ttl", ({ ttlMs }) => span(ttlMs)],
];
const noteParts: readonly Part[] = [
  ["freshness", ({ freshnessMs }) => span(freshnessMs)],
  ["owners", ({ owners }) => (owners.length === 0 ? null : owners.join(", "))],
  ["tags", ({ tags }) => (Object.keys(tags).length === 0 ? null : formatJson(tags))],
  ["description", ({ description }) => (description === "" ? null : description)],
];

function otherChanges(before: FeatureTable, after: FeatureTable): readonly DeclarationChange[] {
  const compare = (parts: readonly Part[], weight: DeclarationChange["weight"]) =>
    parts.flatMap(([what, of]): readonly DeclarationChange[] => {
      const [was, is] = [of(before), of(after)];
      return was === is ? [] : [{ what, before: was, after: is, weight }];
    });
  return [
    ...compare(rowParts, "rows"),
    ...compare(meaningParts, "meaning"),
    ...compare(noteParts, "note"),
  ];
}

/** What the windows are made of: their rows are made anew by the next refresh. */
function windowChanges(before: FeatureTable, after: FeatureTable): readonly DeclarationChange[] {
  const parts = ({ windows }: FeatureTable): Readonly<Record<string, string>> => {
    if (windows === null) return {};
    const { from, time, everyMs, measures } = windows;
    const named = Object.entries(measures).map(([name, text]) => [`window ${name}`, text]);
    return {
      "windows of": from,
      time,
      every: `${everyMs / 3_600_000} h`,
      ...Object.fromEntries(named),
    };
  };
  const [old, now] = [parts(before), parts(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((what) => {
    const [was, is] = [old[what] ?? null, now[what] ?? null];
    return was === is ? [] : [{ what, before: was, after: is, weight: "meaning" as const }];
  });
}

/** A change as a sentence says it: `ttl: 24 h → 48 h`. */
export const changeText = ({ what, before, after }: DeclarationChange): string => {
  if (before === null) return `${what}: ${after} is new`;
  return after === null ? `${what}: ${before} is gone` : `${what}: ${before} → ${after}`;
};
