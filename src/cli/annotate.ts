/** @file `millrace annotate`: what a table, a column, a schema, a catalog or a volume is, in words and tags. */
import type { AnnotateOptions, Lake, Securable } from "../table/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { nameArgument, nameOf, withLake } from "./named-thing.ts";
import { commentOption, ownerOption, tagOption, tagsOf } from "./notes.ts";
import { namesOf } from "./options.ts";
import { dir } from "./workspace-folder.ts";

export const annotate = command({
  name: "annotate",
  summary: "Say what a table, a column, a schema or a volume is: a comment, tags, an owner.",
  about: [
    "What is not named stays as it is. An empty --comment or --owner takes it away, --untag a tag.",
    "describe and tables show what was said.",
  ],
  arguments: { name: nameArgument },
  options: {
    column: { type: "string", value: "NAME", help: "a column of the table, and not all of it" },
    comment: commentOption,
    tag: tagOption,
    untag: { type: "string", many: true, value: "A,B", help: "tags that are taken away" },
    owner: ownerOption,
    dir,
  },
  examples: [
    'annotate telco.silver --comment "one row per customer" --tag layer=silver',
    'annotate telco.silver --column tenure --comment "in months" --tag pii',
    "annotate telco.landing --owner engineers --untag draft",
  ],
  run: async ({ name, column, dir, ...said }) => {
    const notes = notesOf(said);
    if (column !== undefined && said.owner !== undefined)
      fail("cli/conflict-options", { command: "annotate", options: ["column", "owner"] });
    return withLake(dir, async (lake) => {
      const on = await lake.find(name);
      await say(lake, { on, column }, notes);
      return { on, column: column ?? null, ...notes };
    });
  },
  render: ({ on, column, comment, tags = {}, owner }) => {
    const entries = Object.entries(tags);
    return [
      `${nameOf(on)}${column === null ? "" : `, column ${column}`}`,
      ...(comment === undefined ? [] : [`  comment: ${comment ?? "none"}`]),
      ...(owner === undefined ? [] : [`  owner: ${owner ?? "none"}`]),
      ...entries.map(
        ([tag, value]) =>
          `  ${value === null ? `no tag ${tag}` : `tag ${tag}${value === "" ? "" : `: ${value}`}`}`,
      ),
    ];
  },
});

interface Said {
  readonly comment: string | undefined;
  readonly tag: readonly string[];
  readonly untag: readonly string[];
  readonly owner: string | undefined;
}

/** What is to be said, as the library takes it. Throws `cli/missing-notes`, `cli/mismatch-option`. */
function notesOf({ comment, tag, untag, owner }: Said): AnnotateOptions {
  const gone = Object.fromEntries(namesOf(untag).map((name) => [name, null]));
  const tags = { ...gone, ...tagsOf("annotate", tag) };
  const notes = {
    ...(comment === undefined ? {} : { comment: comment === "" ? null : comment }),
    ...(owner === undefined ? {} : { owner: owner === "" ? null : owner }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
  };
  return Object.keys(notes).length === 0 ? fail("cli/missing-notes", {}) : notes;
}

/** Says it of the thing, or of a column of the table. Throws `cli/mismatch-option`, `table/unknown-column`. */
async function say(
  lake: Lake,
  { on, column }: { readonly on: Securable; readonly column: string | undefined },
  notes: AnnotateOptions,
): Promise<void> {
  if (column === undefined) return lake.annotate(on, notes);
  if (!("table" in on))
    return fail("cli/mismatch-option", {
      command: "annotate",
      option: "column",
      expected: "a table, whose column it is",
      got: nameOf(on),
    });
  const { owner: _, ...ofColumns } = notes;
  return lake.annotate({ ...on, column }, ofColumns);
}
