/** @file `millrace create`: makes a volume, a schema or a catalog. */
import { checkSecurable, type Lake, type Securable } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { nameOf } from "./named-thing.ts";
import { commentOption, ownerOption, tagOption, tagsOf } from "./notes.ts";
import { dir } from "./workspace-folder.ts";

/** What a person calls by a kind and a name. */
function refOf(
  kind: "volume" | "schema" | "catalog",
  name: string,
): Exclude<Securable, { readonly table: string }> {
  if (kind === "volume") return { volume: name };
  return kind === "schema" ? { schema: name } : { catalog: name };
}

export const create = command({
  name: "create",
  summary: "Make a volume for deliveries, a schema or a catalog.",
  about: [
    "A volume is a folder of the workspace with a name: put files into it, and ingest takes them. Its",
    "schema is there with it, so that one needs making only to say something about it. A table is made",
    "by ingest, or by the program that writes it.",
  ],
  arguments: {
    kind: { type: "string", choices: ["volume", "schema", "catalog"], help: "what is made" },
    name: { type: "string", help: "its name: telco.landing, telco, dev" },
  },
  options: {
    comment: commentOption,
    tag: tagOption,
    owner: ownerOption,
    ifMissing: { type: "boolean", default: false, help: "leave one that is there as it is" },
    dir: { ...dir, help: "the workspace, made if there is none; MILLRACE_DIR names another" },
  },
  examples: [
    "create volume telco.landing",
    'create schema telco --comment "customers and their contracts"',
  ],
  run: async ({ kind, name, comment, tag, owner, ifMissing, dir }) => {
    const on = refOf(kind, name);
    checkSecurable(on);
    const tags = tagsOf("create", tag);
    await using workspace = await openWorkspace(dir);
    const { lake } = workspace;
    await lake.create(on, {
      ...{ tags, ifMissing },
      ...(comment === undefined ? {} : { comment }),
      ...(owner === undefined ? {} : { owner }),
    });
    return { on, path: pathOf(lake, on) };
  },
  render: ({ on, path }, { program }) => [
    `${nameOf(on)} is there`,
    ...("volume" in on
      ? [
          `folder: ${path}`,
          `put files into it, then: ${program} ingest volume:${on.volume} SCHEMA.TABLE`,
        ]
      : []),
  ],
});

/** Where a volume's files are; null for what has no folder of its own. */
const pathOf = (lake: Lake, on: Securable): string | null =>
  "volume" in on ? lake.volume(on.volume).path : null;
