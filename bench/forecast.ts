/**
 * @file 24 series of ten years of months, each forecast 12 steps by the best exponential smoothing and the best
 * ARIMA by AICc, beside statsforecast's AutoETS and AutoARIMA on the same values, one thread each. Processor time is
 * compared, which other work on the machine changes little, and the errors on the year that came. The peer is
 * installed in .bench/statsforecast. `node bench/forecast.ts`
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { random } from "../src/core/index.ts";
import { autoArima, autoSmoothing, type Forecaster, series } from "../src/forecast/index.ts";
import { benchFolder as folder, type PeerSetup, runPeer } from "./peers.ts";
import { printResult } from "./turns.ts";

const [count, months, horizon] = [24, 120, 12];
const peers: PeerSetup = { folder: "statsforecast", packages: ["statsforecast==2.1.1"] };

const peerScript = `
import sys, time, warnings, numpy as np
warnings.filterwarnings("ignore")
from statsforecast.models import AutoARIMA, AutoETS
values = np.fromfile(sys.argv[1], np.float64).reshape(${count}, -1)
model = lambda: AutoETS(season_length=12) if sys.argv[2] == "smoothing" else AutoARIMA(season_length=12)
model().forecast(values[0, :${months}], ${horizon})  # what is compiled or loaded first does not count
start, errors = time.process_time(), []
for row in values:
    told = model().forecast(row[:${months}], ${horizon}, level=[80, 95])["mean"]
    scale = np.abs(row[12:${months}] - row[:${months} - 12]).mean()
    errors.append(np.abs(told - row[${months}:]).mean() / scale)
print(time.process_time() - start, float(np.mean(errors)))
`;

/** A level that wanders, a slope, a season of its own, and noise, all above 0. */
function sample(i: number): Float64Array {
  const draws = random(i).stream("series");
  const wave = Array.from({ length: 12 }, () => 0.12 * draws.normal());
  const [slope, wander] = [0.004 * draws.normal() + 0.003, 0.02 * draws.next()];
  let level = 4 + draws.normal();
  return Float64Array.from({ length: months + horizon }, (_, t) => {
    level += slope + wander * draws.normal();
    return Math.exp(level + (wave[t % 12] ?? 0) + 0.02 * draws.normal());
  });
}

const all = Array.from({ length: count }, (_, i) => sample(i));

async function ours(forecaster: Forecaster): Promise<readonly [seconds: number, mase: number]> {
  const times = Array.from({ length: months }, (_, i) => new Date(Date.UTC(2010, i, 1)));
  const made = all.map((values) => series({ times, values: values.slice(0, months) }));
  if (made[0] !== undefined) await forecaster.fit(made[0]);
  const start = process.cpuUsage();
  let errors = 0;
  for (const [i, one] of made.entries()) {
    const { mean } = (await forecaster.fit(one)).forecast({ horizon });
    const values = all[i] ?? new Float64Array(0);
    const changes = one.values
      .subarray(12)
      .map((value, t) => Math.abs(value - (one.values[t] ?? 0)));
    const scale = changes.reduce((sum, change) => sum + change, 0) / changes.length;
    const off = mean.map((value, h) => Math.abs(value - (values[months + h] ?? 0)));
    errors += off.reduce((sum, error) => sum + error, 0) / horizon / scale;
  }
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1e6, errors / count];
}

await mkdir(folder, { recursive: true });
const file = join(folder, "forecast-series");
await writeFile(file, Buffer.from(Float64Array.from(all.flatMap((values) => [...values])).buffer));
process.env["OMP_NUM_THREADS"] = "1";
const sums = { ours: 0, peer: 0 };
for (const [name, forecaster] of Object.entries({
  smoothing: autoSmoothing(),
  arima: autoArima(),
})) {
  const [seconds, mase] = await ours(forecaster);
  const [peerSeconds = 0, peerMase = 0] = runPeer(peers, peerScript, [file, name])
    .split(" ")
    .map(Number);
  console.log(
    `${name}: millrace ${seconds.toFixed(2)} s of processor, MASE ${mase.toFixed(4)}; statsforecast ${peerSeconds.toFixed(2)} s, MASE ${peerMase.toFixed(4)}`,
  );
  sums.ours += seconds;
  sums.peer += peerSeconds;
}
printResult({ bench: "forecast", ...sums });
