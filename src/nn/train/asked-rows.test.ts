/** @file Tests of answers to many rows: how many a run has, and that the event loop turns between them. */
import { describe, expect, test } from "vitest";
import { flatten } from "../layers/arrangement.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { input, type Network } from "../network.ts";
import { askedRows } from "./asked-rows.ts";
import { taskOf } from "./task.ts";
import { trainedNetwork } from "./trained-network.ts";

/** A network with its first weights. */
function fresh(network: Network) {
  const size = network.inputShape.reduce((a, b) => a * b, 1);
  const data = {
    rows: 1,
    x: new Float32Array(size),
    y: new Int32Array(1),
    shape: network.inputShape,
    labelShape: [],
  };
  const { state } = taskOf(network, data, { loss: "crossEntropy" });
  return trainedNetwork({ network, loss: "crossEntropy", state });
}

const small = input([4]).add(dense(8)).add(dense(3));
const large = input([2000]).add(dense(3000)).add(dense(3));

describe("askedRows", () => {
  test("falls with the products that a row takes, down to one", () => {
    const rows = (network: Network) => askedRows(network, fresh(network).state);
    expect(rows(small)).toBe(64);
    expect(rows(large)).toBe(3); // 2000 · 3000 products, and a few
    expect(
      rows(
        input([8, 64, 64])
          .add(conv2d(64, { padding: "same" }))
          .add(flatten())
          .add(dense(2)),
      ),
    ).toBe(1);
  });
});

describe("predict", () => {
  test("lets the event loop turn between runs, and gives the same bytes each time", async () => {
    await using trained = fresh(large);
    const x = Float32Array.from({ length: 2000 * 20 }, (_, i) => Math.sin(i));
    await trained.predict(x.subarray(0, 2000)); // opened
    let [turns, isDone] = [0, false];
    const turn = (): void => {
      turns++;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const told = await trained.predict(x);
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(6); // seven runs of three rows
    expect(await trained.predict(x)).toEqual(told);
  });

  test("opens its model again after it was closed", async () => {
    const trained = fresh(small);
    const told = await trained.predict(Float32Array.of(1, 2, 3, 4));
    await trained.close();
    await trained.close();
    expect(await trained.predict(Float32Array.of(1, 2, 3, 4))).toEqual(told);
    await trained.close();
  });
});
