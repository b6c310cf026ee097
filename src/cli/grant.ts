/** @file `millrace grant`: says that somebody may do something. */
import { shown } from "../core/index.ts";
import { command } from "./command.ts";
import { grantTask, privilegeArgument, toOption } from "./grant-task.ts";
import { nameArgument, nameOf, recordedOnly, withLake } from "./named-thing.ts";
import { dir } from "./workspace-folder.ts";

export const grant = command({
  name: "grant",
  summary: "Grant a privilege on a catalog, schema, table or volume.",
  about: [
    "What is granted on a catalog or a schema holds for all in it. To read a table one needs SELECT on",
    "it, USE SCHEMA on its schema and USE CATALOG on its catalog, each granted there or above.",
    recordedOnly,
  ],
  arguments: { privilege: privilegeArgument, name: nameArgument },
  options: { to: toOption, dir },
  examples: [
    "grant SELECT telco.silver --to analysts",
    'grant "USE SCHEMA",SELECT telco --to analysts',
    "grant ALL_PRIVILEGES main --to ada",
  ],
  run: (values) =>
    withLake(values.dir, async (lake) => {
      const task = await grantTask("grant", lake, values);
      await lake.grant(task);
      return task;
    }),
  render: ({ to, privilege, on }) => [
    `${shown(to)} may ${[privilege].flat().join(", ")} on ${nameOf(on)}`,
  ],
});
