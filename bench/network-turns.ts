/** @file How a bench of networks takes turns: ours and PyTorch's, each in a process of its own. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type NetworkName, torch, torchScript, writtenData } from "./networks.ts";
import { runPeer } from "./peers.ts";
import { median, type Pair, printResult, type Taken, takeTurns } from "./turns.ts";

interface Learned extends Taken {
  readonly loss: number;
}

/** Takes turns for each number of rows of a batch and of threads; the result is that of the largest ratio. */
export async function benchNetwork(
  name: NetworkName,
  cases: readonly (readonly [batchRows: number, threads: number])[],
): Promise<void> {
  const [rounds, epochs] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 5)];
  for (const variable of ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]) delete process.env[variable]; // they slow the peer
  const folder = await writtenData(name);
  const program = fileURLToPath(new URL("./networks.ts", import.meta.url));
  const results: { readonly ours: number; readonly peer: number }[] = [];
  console.log(execFileSync("uptime", { encoding: "utf8" }).trim());
  for (const [batchRows, threads] of cases) {
    const numbers = [batchRows, threads, epochs].map(String);
    console.log(
      `${name}, batches of ${batchRows}, ${threads === 1 ? "1 thread" : `${threads} threads`}`,
    );
    const losses = new Set<string>();
    const keep = (side: string, text: string): Taken => {
      const learned = JSON.parse(text.trim()) as Learned;
      losses.add(`${side} ${learned.loss.toFixed(3)}`);
      return learned;
    };
    const pairs = await takeTurns(
      {
        peerName: "PyTorch",
        ours: () =>
          keep(
            "ours",
            execFileSync(process.execPath, [program, name, ...numbers], { encoding: "utf8" }),
          ),
        peer: () => keep("PyTorch", runPeer(torch, torchScript, [folder, name, ...numbers])),
      },
      rounds,
    );
    console.log(`  loss of the last epoch: ${[...losses].join(", ")}`);
    const [cpu, peerCpu] = [
      middleOf(pairs, "ours", "cpuSeconds"),
      middleOf(pairs, "peer", "cpuSeconds"),
    ];
    console.log(
      `  processor: ours ${cpu.toFixed(3)} s, PyTorch ${peerCpu.toFixed(3)} s, ratio ${(cpu / peerCpu).toFixed(3)}`,
    );
    results.push({
      ours: middleOf(pairs, "ours", "seconds"),
      peer: middleOf(pairs, "peer", "seconds"),
    });
  }
  printResult({
    bench: name,
    ...results.reduce((most, one) => (one.ours / one.peer > most.ours / most.peer ? one : most)),
  });
}

const middleOf = (pairs: readonly Pair[], side: keyof Pair, what: keyof Taken): number =>
  median(pairs.map((pair) => pair[side][what]));
