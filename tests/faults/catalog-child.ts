/**
 * @file A process that grants, or makes and drops tables, over and over, to be killed: it says on its
 * standard output what it begins and what is done, after it is done.
 */
import { isMillraceError, random } from "../../src/core/index.ts";
import { int, type Lake, openLake, schema, text } from "../../src/table/index.ts";

export const ledger = schema("ledger", { id: text({ key: true }), n: int() });
export const rowsPerCommit = 5;
export const commits = 3;
export const tableNames = ["faults.a", "faults.b", "dev.faults.c"] as const;

/** What a process says, a line each. */
export interface Said {
  readonly what: "granted" | "revoked" | "making" | "made" | "dropping" | "dropped";
  /** The principal, or the table. */
  readonly name: string;
}

const say = (what: Said["what"], name: string): void =>
  void process.stdout.write(`${JSON.stringify({ what, name })}\n`);

/** Grants to new principals, and takes every third grant back. */
async function grantOften(lake: Lake, writer: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const task = { to: `${writer}-${i}`, privilege: "select", on: { catalog: "main" } } as const;
    await lake.grant(task);
    say("granted", task.to);
    if (i % 3 !== 0) continue;
    await lake.revoke(task);
    say("revoked", task.to);
  }
}

/** Makes tables of three commits, and drops them: alone, or with their schema. */
async function dropOften(lake: Lake, writer: string): Promise<void> {
  const chance = random(11).stream(`writer ${writer}`);
  for (;;) {
    const name = tableNames[chance.below(tableNames.length)] ?? "faults.a";
    const table = lake.table(name, ledger);
    say("making", name);
    for (let commit = (await table.version()) + 1; commit < commits; commit++)
      await table.append(
        Array.from({ length: rowsPerCommit }, (_, i) => ({ id: `${commit}-${i}`, n: commit })),
      );
    say("made", name);
    await lake.grant({ to: "ada", privilege: "select", on: { table: name } });
    say("dropping", name);
    if (chance.below(2) === 0) await lake.drop({ table: name });
    else await lake.drop({ schema: name.replace(/\.\w+$/, "") }, { cascade: true });
    say("dropped", name);
  }
}

const allowed = [
  "conflict-drop",
  "conflict-dropped",
  "missing-table",
  "missing-schema",
  "conflict-write",
  "missing-data",
];

/** Appends to tables that others drop, and drops tables that others append to. */
async function mixOften(lake: Lake, writer: string, times: number): Promise<void> {
  const chance = random(12).stream(`writer ${writer}`);
  for (let i = 0; i < times; i++) {
    const name = chance.below(2) === 0 ? "faults.a" : "faults.b";
    const rows = Array.from({ length: rowsPerCommit }, (_, k) => ({ id: `${i}-${k}`, n: i }));
    const fresh = rows.map((row) => ({ ...row, id: `${row.id}-${writer}` }));
    const work =
      chance.below(6) === 0 ? lake.drop({ table: name }) : lake.table(name, ledger).append(fresh);
    await work.then(
      () => say("made", name),
      (error: unknown) => {
        const isAllowed =
          isMillraceError(error) && allowed.includes(error.code.slice("table/".length));
        if (!isAllowed) throw error;
      },
    );
  }
}

const [folder, work, writer = "0", times = "0"] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && folder !== undefined) {
  await using lake = await openLake(folder, { actor: writer });
  if (work === "grant") await grantOften(lake, writer, Number(times) || Number.POSITIVE_INFINITY);
  else if (work === "mix") await mixOften(lake, writer, Number(times));
  else await dropOften(lake, writer);
}
