/**
 * @file How a bench measures two sides on a machine that others use too: in turns, each pair beside each
 * other in time, with the processor's time as a second figure. The last line is the bench's JSON.
 */

/** What one run of one side took. */
export interface Taken {
  readonly seconds: number;
  /** Seconds of all threads' processor time, which others on the machine hardly change. */
  readonly cpuSeconds: number;
}

/** One run of each side, one after the other. */
export interface Pair {
  readonly ours: Taken;
  readonly peer: Taken;
}

/** The two sides of a bench. */
export interface Sides {
  /** What the peer is called in the lines. */
  readonly peerName: string;
  readonly ours: () => Promise<Taken> | Taken;
  readonly peer: () => Promise<Taken> | Taken;
}

/** The middle one of some values. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Times work in this process. */
export async function timed(work: () => Promise<void>): Promise<Taken> {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Runs the sides in turns, the first of a pair the second of the next, and prints each pair. */
export async function takeTurns(sides: Sides, rounds: number): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 1; round <= rounds; round++) {
    const pair = round % 2 === 1 ? await oursFirst(sides) : await peerFirst(sides);
    pairs.push(pair);
    console.log(
      `round ${round}: ours ${said(pair.ours)}, ${sides.peerName} ${said(pair.peer)}, ratio ${ratioOf(pair).toFixed(3)}`,
    );
  }
  return pairs;
}

async function oursFirst({ ours, peer }: Sides): Promise<Pair> {
  const taken = await ours();
  return { ours: taken, peer: await peer() };
}

async function peerFirst({ ours, peer }: Sides): Promise<Pair> {
  const taken = await peer();
  return { ours: await ours(), peer: taken };
}

/** One run in words. */
export const said = ({ seconds, cpuSeconds }: Taken): string =>
  `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor)`;

const ratioOf = ({ ours, peer }: Pair): number => ours.seconds / peer.seconds;

/**
 * Prints the bench's last line: the pair whose ratio is the middle one. The line before has the medians
 * of the processor's time, which say the same when the machine was quiet.
 */
export function conclude(name: string, pairs: readonly Pair[]): void {
  const middle = [...pairs].sort((a, b) => ratioOf(a) - ratioOf(b))[Math.floor(pairs.length / 2)];
  if (middle === undefined) throw new Error(`${name}: nothing was measured`);
  const ours = median(pairs.map((pair) => pair.ours.cpuSeconds));
  const peer = median(pairs.map((pair) => pair.peer.cpuSeconds));
  console.log(
    `processor: ours ${ours.toFixed(2)} s, peer ${peer.toFixed(2)} s, ratio ${(ours / peer).toFixed(3)}`,
  );
  printResult({ bench: name, ours: middle.ours.seconds, peer: middle.peer.seconds });
}

/** Prints a result as one line of JSON. */
export function printResult({ bench, ours, peer }: { bench: string; ours: number; peer: number }) {
  const round = (value: number): number => Number(value.toPrecision(4));
  console.log(
    JSON.stringify({
      bench,
      ours: round(ours),
      peer: round(peer),
      ratio: round(ours / peer),
      unit: "s",
    }),
  );
}
