/**
 * @file A writer to be killed: it lands a file, ingests, refines, logs a run and registers a model in
 * a loop, and says on its standard output what is done, after it is done.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { features, standardize } from "../../src/feature/index.ts";
import { loadModel, logistic } from "../../src/model/index.ts";
import {
  bool,
  bronzeSchema,
  float,
  ingest,
  refine,
  rescuedColumn,
  schema,
  text,
  timestamp,
} from "../../src/table/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";

export const bronze = bronzeSchema("bronze", ["id", "x", "y"]);
export const silver = schema("silver", {
  id: text({ key: true }),
  x: float({ nullable: true }),
  y: bool(),
  _loaded_at: timestamp(),
  ...rescuedColumn,
});
export const rowsPerFile = 20;

/** The rows of a file, by its number; a tenth of the ids of the file before come again. */
export function fileRows(number: number): readonly { id: string; x: number; y: boolean }[] {
  return Array.from({ length: rowsPerFile }, (_, i) => {
    const again = number > 0 && i < 2;
    const id = again ? `${number - 1}-${rowsPerFile - 1 - i}` : `${number}-${i}`;
    return { id, x: number + i / 8, y: i % 2 === 0 };
  });
}

async function main(folder: string, first: number): Promise<void> {
  const say = (what: string): void => void process.stdout.write(`${what}\n`);
  await using workspace = await openWorkspace(join(folder, "work"));
  const { lake, tracking, registry } = workspace;
  const tables = { bronze: lake.table("t.bronze", bronze), silver: lake.table("t.silver", silver) };
  const definition = features(silver, (c) => ({ x: standardize(c.x) }));
  for (let number = first; ; number++) {
    const lines = fileRows(number).map(({ id, x, y }) => `${id},${x},${y}`);
    await writeFile(join(folder, "landing", `${number}.csv`), `id,x,y\n${lines.join("\n")}\n`);
    await ingest(lake, { from: join(folder, "landing"), into: tables.bronze });
    say(`ingested ${number}`);
    await refine({
      from: tables.bronze,
      into: tables.silver,
      recipe: { name: "plain", from: {}, steps: [] },
      on: ["id"],
      newest: "_loaded_at",
    });
    say(`merged ${number}`);
    const run = await tracking.startRun({ experiment: "faults", name: `run ${number}` });
    await run.logMetrics({ number, half: number / 2 });
    const model = await logistic().fit(await tables.silver.read(), {
      features: definition,
      label: "y",
    });
    await run.logModel(model, { inputExample: { x: 1 } });
    await run.end();
    say(`logged ${run.id} ${number}`);
    const version = await registry.register("m", {
      model: loadModel(await tracking.modelFiles(run.id)),
      runId: run.id,
      alias: { name: "champion" },
    });
    say(`registered ${version.number} ${run.id}`);
  }
}

const [folder, first] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && folder !== undefined)
  await main(folder, Number(first));
