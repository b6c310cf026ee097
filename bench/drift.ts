/**
 * @file Drift of 1 million rows in 30 columns, from two Parquet files to a judged list, beside Evidently's
 * DataDriftPreset on pandas, which chooses the same measures: the normed Wasserstein distance for numbers and
 * the Jensen-Shannon distance for labels. Also what it costs from sketches that are kept beside a table. Three
 * rounds, taken in turns. `node bench/drift.ts [rows]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareSketches, sketchRows, sketchTable } from "../src/monitor/index.ts";
import {
  bool,
  type Columns,
  category,
  float,
  frame,
  int,
  openLake,
  quoteText,
  schema,
} from "../src/table/index.ts";
import { type PeerSetup, runPeer } from "./peers.ts";
import { conclude, type Taken, takeTurns, timed } from "./turns.ts";

const rows = Number(process.argv[2] ?? 1_000_000);
const evidently: PeerSetup = {
  folder: "evidently",
  packages: ["evidently==0.7.23", "pandas<3", "pyarrow"],
};

const peerScript = `
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset
start, cpu = time.perf_counter(), time.process_time()
before, now = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
loaded = time.perf_counter()
result = Report([DataDriftPreset()]).run(now, before)
seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
values = {m["config"]["column"]: m["value"] for m in result.dict()["metrics"] if "column" in m.get("config", {})}
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "read": loaded - start, "values": values}))
`;

/** What the peer's script prints. */
interface Peer extends Taken {
  readonly read: number;
  readonly values: Readonly<Record<string, number>>;
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const columns: Columns = {
  ...Object.fromEntries(names("x", 15).map((name) => [name, float()])),
  ...Object.fromEntries(names("n", 5).map((name) => [name, int()])),
  ...Object.fromEntries(
    names("label", 8).map((name, i) => [name, category(names("level ", 4 + 3 * i))]),
  ),
  ...Object.fromEntries(names("yes", 2).map((name) => [name, bool()])),
};
/** A row number, salted by the column, as a number in (0, 1). */
const chance = (salt: number): string => `((hash(i + ${salt}) % 1000003 + 0.5) / 1000003.0)`;

function tableSql(salt: number, shift: number): string {
  const select = Object.entries(columns).map(([name, { kind }], j) => {
    const u = chance(salt + 40 * rows * j);
    const moved = j % 3 === 0 ? shift : 0;
    if (kind === "float")
      return `sqrt(-2 * ln(${u})) * cos(6.283185307 * ${chance(salt + 40 * rows * j + 17)}) + ${moved} AS ${name}`;
    if (kind === "int") return `(100 * ${u} ** ${1 + moved})::BIGINT AS ${name}`;
    if (kind === "bool") return `${u} < ${0.3 + moved} AS ${name}`;
    return `'level ' || (${3 + 3 * (j - 20)} * ${u} ** ${1 + moved})::BIGINT AS ${name}`;
  });
  return `SELECT ${select.join(", ")} FROM range(${rows}) t(i)`;
}

const place = await mkdtemp(join(tmpdir(), "millrace-drift-bench-"));
try {
  const lake = await openLake(join(place, "lake"));
  const { engine } = lake;
  const files = [join(place, "reference.parquet"), join(place, "current.parquet")] as const;
  for (const [i, file] of files.entries())
    await engine.run(
      `COPY (${tableSql(7 + i * 11 * rows, 0.2 * i)}) TO ${quoteText(file)} (FORMAT parquet)`,
    );
  const read = (file: string) =>
    frame({
      engine,
      schema: schema("drift", columns),
      sql: `SELECT * FROM read_parquet(${quoteText(file)})`,
    });
  let found = new Map<string, number>();
  const ours = (): Promise<Taken> =>
    timed(async () => {
      const [reference, current] = [
        await sketchRows(read(files[0])),
        await sketchRows(read(files[1])),
      ];
      const drift = compareSketches({ reference, current });
      found = new Map(drift.map(({ column, value }) => [column, value]));
    });
  let done: Peer | undefined;
  const peer = (): Taken => {
    done = JSON.parse(runPeer(evidently, peerScript, files)) as Peer;
    return done;
  };
  const pairs = await takeTurns({ peerName: "Evidently", ours, peer }, 3);
  const values = Object.entries(done?.values ?? {});
  const off = values.map(([name, value]) => Math.abs(value - (found.get(name) ?? Number.NaN)));
  console.log(
    `${values.length} columns are in Evidently's result; the values differ by at most ${Math.max(...off).toExponential(1)}, it read for ${done?.read.toFixed(2)} s`,
  );
  for (const [i, file] of files.entries())
    await lake.table(`drift.t${i}`, schema("drift", columns)).append(read(file));
  const sketches = () =>
    Promise.all([0, 1].map((i) => sketchTable({ lake, table: `drift.t${i}` })));
  const first = await timed(async () => void (await sketches()));
  const again = await timed(async () => {
    const [a, b] = await sketches();
    if (a !== undefined && b !== undefined)
      compareSketches({ reference: a.sketch, current: b.sketch });
  });
  console.log(
    `tables: ${first.seconds.toFixed(2)} s to sketch both once; from kept sketches the comparison takes ${again.seconds.toFixed(3)} s`,
  );
  await lake.close();
  conclude("drift", pairs);
} finally {
  await rm(place, { recursive: true });
}
