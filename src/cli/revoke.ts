/** @file `millrace revoke`: takes a grant back. */
import { shown } from "../core/index.ts";
import { command } from "./command.ts";
import { grantTask, privilegeArgument, toOption } from "./grant-task.ts";
import { nameArgument, nameOf, recordedOnly, withLake } from "./named-thing.ts";
import { dir } from "./workspace-folder.ts";

export const revoke = command({
  name: "revoke",
  summary: "Take a grant back, where it was made.",
  about: [
    "A privilege that was granted on a schema or a catalog is revoked there, not on what is in it.",
    recordedOnly,
  ],
  arguments: { privilege: privilegeArgument, name: nameArgument },
  options: { to: { ...toOption, help: "the user or group that has the grant" }, dir },
  examples: ["revoke SELECT telco.silver --to analysts"],
  run: (values) =>
    withLake(values.dir, async (lake) => {
      const task = await grantTask("revoke", lake, values);
      await lake.revoke(task);
      return task;
    }),
  render: ({ to, privilege, on }) => [
    `${shown(to)} has no grant of ${[privilege].flat().join(", ")} on ${nameOf(on)} any more`,
  ],
});
