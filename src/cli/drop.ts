/** @file `millrace drop`: removes a table, a volume, a schema or a catalog for good. */
import { count } from "../core/index.ts";
import type { DropReport, Securable } from "../table/index.ts";
import { command } from "./command.ts";
import { confirmed } from "./confirm.ts";
import { nameArgument, nameOf, withLake } from "./named-thing.ts";
import { columns, number, size } from "./text.ts";
import { dir } from "./workspace-folder.ts";

interface Outcome extends DropReport {
  readonly on: Securable;
  /** Whether it was removed; false for a dry run, and where somebody said no. */
  readonly dropped: boolean;
}

/** The things that go, a line each. */
function listed({ things }: DropReport, width: number): readonly string[] {
  const rows = things.map(({ kind, name, rows: n, files, sizeBytes }) => [
    ...[kind, name, n === null ? "" : number(n), files === 0 ? "" : number(files)],
    files === 0 ? "" : size(sizeBytes),
  ]);
  const heading = ["", "name", "rows", "files", "size"];
  return columns([heading, ...rows], {
    right: [2, 3, 4],
    width,
    indent: "  ",
    whole: [1, 2, 3, 4],
    spare: [4, 3],
  });
}

const grantsOf = ({ grants }: DropReport): string =>
  grants === 0 ? "" : ` and ${count(grants, "grant")}`;

export const drop = command({
  name: "drop",
  summary: "Remove a table, volume, schema or catalog for good, with its files and grants.",
  about: [
    "Says what goes and asks; without a terminal it needs --yes. A schema or a catalog that is not",
    "empty needs --cascade: `drop main --cascade` removes all tables and volumes of the default catalog.",
    "Readers find a table whole or missing. A drop that was interrupted is ended by the same command.",
    "Runs and models are not in the catalog, and stay.",
  ],
  arguments: { name: nameArgument },
  options: {
    cascade: { type: "boolean", default: false, help: "with what is in it" },
    dryRun: { type: "boolean", default: false, help: "say what would be removed" },
    yes: { type: "boolean", default: false, help: "do not ask" },
    dir,
  },
  examples: ["drop telco.silver", "drop telco --cascade --dry-run", "drop main --cascade --yes"],
  run: ({ name, cascade, dryRun, yes, dir }, around): Promise<Outcome> =>
    withLake(dir, async (lake) => {
      const on = await lake.find(name);
      const planned = await lake.drop(on, { cascade, dryRun: true });
      if (dryRun) return { on, ...planned, dropped: false };
      if (!yes && around.ask !== undefined)
        for (const line of listed(planned, around.width)) around.reporter.note(line);
      const question = `Remove ${nameOf(on)}${grantsOf(planned)} for good?`;
      if (!(await confirmed({ command: "drop", question, yes }, around)))
        return { on, ...planned, dryRun, dropped: false };
      const report = await around.reporter.stage(
        `drop ${nameOf(on)}`,
        (progress) => lake.drop(on, { cascade, signal: around.signal, progress }),
        () => null,
      );
      return { on, ...report, dropped: true };
    }),
  render: (outcome, { width }) => {
    const { on, dryRun, dropped } = outcome;
    if (!dryRun && !dropped) return ["nothing was removed"];
    const what = `${nameOf(on)}${grantsOf(outcome)}`;
    return [dryRun ? `would remove ${what}:` : `removed ${what}:`, ...listed(outcome, width)];
  },
  isBad: ({ dryRun, dropped }) => !dryRun && !dropped,
});
