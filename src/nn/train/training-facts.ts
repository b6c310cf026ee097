/** @file What a training's outcome depends on besides its network, by name: the hash of its rows, and its options. */
import { createHash } from "node:crypto";
import type { Json } from "../../flow.ts";
import { optimiser } from "../../tensor/index.ts";
import type { Network } from "../network.ts";
import type { NetworkRows } from "./feed.ts";
import { checkedOptions, type TrainOptions } from "./train-options.ts";
import { inSlices } from "./turns.ts";

/**
 * What has to be the same for a training to go on as if it had never been stopped. `epochs` may grow, and `patience` too; threads
 * and runtimes change the last bits only, and what is merely told changes nothing.
 *
 * @param network - Whose weights may be frozen.
 * @param data - The rows to learn from.
 * @param options - Those of the training.
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export async function trainingFacts(
  network: Network,
  data: NetworkRows,
  options: TrainOptions,
): Promise<Readonly<Record<string, Json>>> {
  const settings = checkedOptions(options);
  const { loss, seed, batchRows, shuffle, accumulate, clipNorm, l1, l2 } = settings;
  const { validation, stopping, augment, schedule, workers } = settings;
  const { monitor, mode, minDelta, relative, warmUp } = stopping ?? {};
  const watched = { monitor, mode, minDelta, relative, warmUp };
  const frozen = network.weights.filter(({ name }) => options.frozen?.(name) === true);
  return {
    data: await hashOfRows(data),
    validation:
      typeof validation === "object" ? await hashOfRows(validation) : (validation ?? null),
    ...{ loss, ...optimiser(settings.optimiser).options },
    ...{ seed, batchRows, shuffle, accumulate, l1, l2, clipNorm: clipNorm ?? null },
    schedule: present({ kind: "constant", ...schedule }),
    stopping: stopping === null ? null : present(watched),
    augment: augment === null ? null : present({ ...augment }),
    ...(workers === 1 ? {} : { workers }),
    frozen: frozen.map(({ name }) => name),
  };
}

/** The fields that are there. */
function present(fields: Readonly<Record<string, Json | undefined>>): Json {
  return Object.fromEntries(
    Object.entries(fields).filter((one): one is [string, Json] => one[1] !== undefined),
  );
}

/** The hash of rows and of their shapes: 128 of its bits as hexadecimal digits. */
export async function hashOfRows({ rows, x, y, shape, labelShape }: NetworkRows): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([rows, shape, labelShape, nameOf(x), nameOf(y)]));
  for (const { buffer, byteOffset, byteLength } of [x, y]) {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    await inSlices(byteLength, (from, to) => void hash.update(bytes.subarray(from, to)));
  }
  return `sha256:${hash.digest("hex").slice(0, 32)}`;
}

const nameOf = (values: NetworkRows["x"] | NetworkRows["y"]): string =>
  values instanceof Float32Array ? "float" : values instanceof Uint8Array ? "byte" : "class";
