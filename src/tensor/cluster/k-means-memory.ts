/** @file Where the k-means kernel's data lies in its memory, and the kernel over it. */
import { openBlocks } from "../blocks.ts";
import { fail } from "../errors.ts";
import { loadKernelFile, openModule, sharedMemory } from "../kernel-file.ts";

/** The functions of kernels/cluster.as.ts. */
export interface ClusterCode {
  open(address: number): void;
  heapBase(): number;
  measureRows(): void;
  seedFirst(): number;
  pickRow(at: number): number;
  tryCandidates(group: number): void;
  takeCandidate(candidate: number, label: number): void;
  boundRows(seeded: boolean): void;
  assignRows(from: number, to: number, tighten: boolean): number;
}

const functions: readonly (keyof ClusterCode)[] = [
  "open",
  "heapBase",
  "measureRows",
  "seedFirst",
  "pickRow",
  "tryCandidates",
  "takeCandidate",
  "boundRows",
  "assignRows",
];

// The fields of `Job` in kernels/cluster.as.ts, in its order: all are 32 bits.
const words = [
  ...(["rows", "width", "padded", "x", "lengths", "upper", "lower", "labels", "centres"] as const),
  ...(["centreLengths", "centreNorms", "lowNorms", "halves", "drifts", "turned"] as const),
  ...(["products", "picks", "changes", "doubts", "doubted", "loose", "scored"] as const),
  ...(["candidates", "thresholds", "nearest", "tried", "potentials"] as const),
  ...(["farthest", "largestDrift", "secondDrift", "error"] as const),
];
const maxBytes = 65_536 * 65_536; // what 32-bit addresses reach

/** Most rows of one call of `assignRows`. */
export const chunkRows = 65_536;

/** What a memory is made for. */
export interface ClusterShape {
  readonly rows: number;
  readonly features: number;
  readonly clusters: number;
  /** Candidates of a step of seeding, a multiple of 4. */
  readonly trials: number;
}

/** The kernel, and views of its memory. */
export interface ClusterMemory extends ClusterShape {
  readonly code: ClusterCode;
  /** Features, padded. */
  readonly width: number;
  readonly x: Float32Array;
  readonly upper: Float32Array;
  readonly lower: Float32Array;
  readonly labels: Uint32Array;
  readonly centres: Float32Array;
  readonly centreLengths: Float32Array;
  readonly centreNorms: Float32Array;
  readonly lowNorms: Float32Array;
  readonly halves: Float32Array;
  readonly drifts: Float32Array;
  readonly changes: Uint32Array;
  readonly doubts: Uint32Array;
  readonly candidates: Float32Array;
  readonly thresholds: Float32Array;
  readonly potentials: Float64Array;
  /** What rounding can do to a score, as a share of ‖x‖² + ‖c‖². */
  readonly error: number;
  readonly lengths: Float32Array;
  /** What the last pass over a chunk counted. */
  counted(what: "doubted" | "loose" | "scored"): number;
  /** Tells the kernel which centre has moved most, and how far. */
  writeDrifts(largest: number, second: number, whose: number): void;
}

/**
 * A memory for k-means with everything zero, and the kernel over it.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`
 */
export async function openClusterMemory(shape: ClusterShape): Promise<ClusterMemory> {
  const module = await loadKernelFile("cluster", functions);
  const { width, padded, job, at, bytes } = planMemory(shape, 65_536);
  const memory = sharedMemory(bytes);
  const code = openModule(module, memory) as ClusterCode;
  const { rows, clusters, trials } = shape;
  const { buffer } = memory;
  const view = new DataView(buffer, job);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, at[word], true);
  const error = (width + 16) * 6.5e-8; // half a unit in the last place of 1 is 2⁻²⁴ ≈ 6e-8
  view.setFloat32(4 * words.indexOf("error"), error, true);
  code.open(job);
  const floats = (name: keyof typeof at, length: number): Float32Array =>
    new Float32Array(buffer, at[name], length);
  const whole = (name: keyof typeof at, length: number): Uint32Array =>
    new Uint32Array(buffer, at[name], length);
  return {
    ...shape,
    ...{ code, width, error },
    x: floats("x", rows * width),
    lengths: floats("lengths", rows),
    upper: floats("upper", rows),
    lower: floats("lower", rows),
    labels: whole("labels", rows),
    centres: floats("centres", padded * width),
    centreLengths: floats("centreLengths", padded),
    centreNorms: floats("centreNorms", padded).fill(Infinity),
    lowNorms: floats("lowNorms", padded).fill(Infinity),
    halves: floats("halves", clusters),
    drifts: floats("drifts", clusters),
    changes: whole("changes", 2 * chunkRows),
    doubts: whole("doubts", chunkRows),
    candidates: floats("candidates", trials * width),
    thresholds: floats("thresholds", clusters),
    potentials: new Float64Array(buffer, at.potentials, trials),
    counted: (what) => view.getUint32(4 * words.indexOf(what), true),
    writeDrifts: (largest, second, whose) => {
      view.setUint32(4 * words.indexOf("farthest"), whose, true);
      view.setFloat32(4 * words.indexOf("largestDrift"), largest, true);
      view.setFloat32(4 * words.indexOf("secondDrift"), second, true);
    },
  };
}

/** Fixed blocks one after another; what is below the first byte is the compiler's. */
function planMemory({ rows, features, clusters, trials }: ClusterShape, firstByte: number) {
  const width = Math.ceil(features / 4) * 4;
  const padded = Math.ceil(clusters / 5) * 5;
  const { take: block, end } = openBlocks(firstByte);
  const job = block(4 * words.length);
  const at = {
    ...{ rows, width, padded, doubted: 0, loose: 0, scored: 0, farthest: 0 },
    ...{ largestDrift: 0, secondDrift: 0, error: 0 },
    centres: block(4 * padded * width),
    centreLengths: block(4 * padded),
    centreNorms: block(4 * padded),
    lowNorms: block(4 * padded),
    halves: block(4 * padded),
    drifts: block(4 * padded),
    turned: block(16 * width),
    products: block(16 * padded),
    picks: block(4 * 1028),
    changes: block(8 * chunkRows),
    doubts: block(4 * chunkRows),
    candidates: block(4 * trials * width),
    thresholds: block(4 * padded),
    potentials: block(8 * trials),
    lengths: block(4 * rows),
    upper: block(4 * rows),
    lower: block(4 * rows),
    labels: block(4 * rows),
    nearest: block(4 * rows),
    tried: block(4 * rows * trials),
    x: block(4 * rows * width),
  };
  if (end() > maxBytes)
    fail("tensor/out-of-range-memory", {
      ...{ at: "kMeans", needBytes: end(), maxBytes, rows, features },
      advice: "Use miniBatchKMeans(), or fewer rows.",
    });
  return { width, padded, job, at, bytes: end() };
}
