/** @file What the commands about one table share: its name, a moment or a version of it, and opening it. */
import type { AtVersion, Lake, Table } from "../table/index.ts";
import { openWorkspaceLake } from "../workspace/index.ts";
import type { ArgumentSpec, OptionSpecs } from "./command.ts";
import { fail } from "./errors.ts";

/** The argument TABLE. */
export const tableArgument = {
  type: "string",
  help: "the table's name, such as telco.silver",
} as const satisfies ArgumentSpec;

/** The options that choose an earlier version. */
export const atOptions = {
  version: {
    type: "number",
    min: 0,
    whole: true,
    value: "N",
    help: "the version with this number",
  },
  at: {
    type: "string",
    value: "TIME",
    help: 'the version of this moment, in UTC: "2026-01-05 14:30"',
  },
} as const satisfies OptionSpecs;

/** What those options were given. */
export interface AtValues {
  readonly version: number | undefined;
  readonly at: string | undefined;
}

/**
 * The version that was asked for; empty for the newest.
 *
 * @throws `cli/conflict-options` for both, `cli/mismatch-option` for a moment that is none
 */
export function atVersion(command: string, { version, at }: AtValues): AtVersion {
  if (version !== undefined && at !== undefined)
    fail("cli/conflict-options", { command, options: ["version", "at"] });
  if (version !== undefined) return { version };
  return at === undefined ? {} : { at: momentOf(command, at) };
}

const momentForm = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** A moment as people write it; without a zone it is UTC. */
function momentOf(command: string, text: string): Date {
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const moment = new Date(zoned.replace(" ", "T"));
  if (!momentForm.test(text) || Number.isNaN(moment.getTime()))
    fail("cli/mismatch-option", {
      command,
      option: "at",
      expected: 'a moment such as "2026-01-05", "2026-01-05 14:30" or "2026-01-05T14:30:00+01:00"',
      got: text,
    });
  return moment;
}

/** A table of an open workspace, with the schema that it has on the disk. */
export interface OpenedTable {
  readonly lake: Lake;
  readonly table: Table;
}

/**
 * Opens a workspace that is there and a table of it, and closes it when the work is done.
 *
 * @throws `workspace/missing-workspace`, `table/missing-table`, and what the work throws
 */
export async function withTable<T>(
  named: { readonly dir: string; readonly table: string },
  work: (opened: OpenedTable) => Promise<T>,
): Promise<T> {
  await using lake = await openWorkspaceLake(named.dir);
  const table = lake.table(named.table, await lake.schemaOf(named.table));
  return await work({ lake, table });
}
