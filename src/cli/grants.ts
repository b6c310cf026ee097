/** @file `millrace grants`: who may do what. */
import { shown } from "../core/index.ts";
import { command } from "./command.ts";
import { nameOf, optionalName, recordedOnly, withLake } from "./named-thing.ts";
import { columns, moment } from "./text.ts";
import { dir } from "./workspace-folder.ts";

export const grants = command({
  name: "grants",
  summary: "Who may do what: all grants, or those that hold for one thing.",
  about: [
    "With a name, also what comes from the schema and the catalog that the thing is in; the column ON",
    "says where a grant was made. The owner of a thing has all privileges on it.",
    recordedOnly,
  ],
  arguments: { name: optionalName },
  options: {
    principal: { type: "string", value: "PRINCIPAL", help: "only those of this user or group" },
    dir,
  },
  examples: ["grants", "grants telco.silver", "grants --principal analysts --json"],
  run: ({ name, principal: to, dir }) =>
    withLake(dir, async (lake) => {
      const on = name === undefined ? undefined : await lake.find(name);
      const owner = on === undefined ? null : (await lake.describe(on)).owner;
      const how = { ...(on === undefined ? {} : { on }), ...(to === undefined ? {} : { to }) };
      return { on: on ?? null, owner, grants: await lake.grants(how) };
    }),
  render: ({ on, owner, grants: found }, { width }) => {
    const owned = on !== null && owner !== null ? [`${nameOf(on)} belongs to ${shown(owner)}`] : [];
    if (found.length === 0) return [...owned, "no grants"];
    const rows = found.map(({ to, privilege, on: where, actor, atMs }) => [
      ...[shown(to), privilege, nameOf(where), shown(actor), moment(atMs)],
    ]);
    const heading = ["principal", "privilege", "on", "granted by", "when (UTC)"];
    return [...owned, ...columns([heading, ...rows], { width })];
  },
});
