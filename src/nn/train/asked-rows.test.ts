/** @file Tests of answers to many rows: how many a run has, and that the event loop turns between them. */
import { describe, expect, test } from "vitest";
import { flatten } from "../layers/arrangement.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePool } from "../layers/pooling.ts";
import { input, type Network } from "../network.ts";
import { openModel } from "../runtime.ts";
import { openAnswers } from "./answers.ts";
import { askedRows } from "./asked-rows.ts";
import { started } from "./task.ts";
import { trainedNetwork } from "./trained-network.ts";

/** A network with its first weights. */
function fresh(network: Network) {
  return trainedNetwork({ network, loss: "crossEntropy", state: started(network, 0, 0) });
}

const code = (what: string) => expect.objectContaining({ code: what });
const small = input([4]).add(dense(8)).add(dense(3));
const large = input([2000]).add(dense(3000)).add(dense(3));

describe("askedRows", () => {
  test("falls with the products that a row takes, down to one", () => {
    const rows = (network: Network) => askedRows(network, fresh(network).state).atOnce;
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

const huge = input([16, 64, 64])
  .add(conv2d(128, { padding: "same" }))
  .add(globalAveragePool());

describe("openAnswers", () => {
  const one = { x: { type: "float", shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) } } as const;
  const model = () => fresh(small).onnx();

  test("answers here, and elsewhere what is known to take long or was measured to", async () => {
    const here = openAnswers({ model, on: {}, isLong: false });
    const there = openAnswers({ model, on: {}, isLong: true });
    const moving = openAnswers({ model, on: {}, isLong: false, mostMs: 0 }); // any run is too long
    expect(here.processId()).toBeUndefined();
    const told = await here.run(one);
    expect(await there.run(one)).toEqual(told);
    for (let i = 0; i < 3; i++) expect(await moving.run(one)).toEqual(told);
    expect([here.processId(), moving.processId()]).toEqual([process.pid, process.pid]);
    expect(await moving.run(one)).toEqual(told);
    const [first, second] = [there.processId(), moving.processId()];
    expect(new Set([first, second, process.pid]).size).toBe(3);
    for (const answers of [here, there, moving]) await answers.close();
    for (const pid of [first, second]) expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
    expect(await there.run(one)).toEqual(told); // opened again
    await there.close();
  });

  test("answers all that are asked while it moves elsewhere", async () => {
    const moving = openAnswers({ model, on: {}, isLong: false, mostMs: 0 });
    const all = await Promise.all(Array.from({ length: 12 }, () => moving.run(one)));
    for (const told of all) expect(told).toEqual(all[0]);
    expect(moving.processId()).toBe(process.pid);
    await moving.run(one);
    expect(moving.processId()).not.toBe(process.pid);
    await moving.close();
  });

  test("says that a process could not be started, and closes all the same", async () => {
    const node = process.execPath;
    const none = openAnswers({ model, on: {}, isLong: true });
    try {
      process.execPath = "/nonexistent/node";
      await expect(none.run(one)).rejects.toThrow(code("nn/failed-worker"));
    } finally {
      process.execPath = node;
    }
    await none.run(one);
    await none.close();
  });

  test("says what the other process says, and that it has gone", async () => {
    const wrong = openAnswers({ model: () => new Uint8Array(9), on: {}, isLong: true });
    await expect(wrong.run(one)).rejects.toThrow(code("nn/failed-worker"));
    await wrong.close();
    const killed = openAnswers({ model, on: {}, isLong: true });
    const told = await killed.run(one);
    process.kill(killed.processId() ?? 0);
    await expect(killed.run(one)).rejects.toThrow(code("nn/failed-worker"));
    expect(await killed.run(one)).toEqual(told); // of another process
    await killed.close();
  });
});

describe("predict", () => {
  test("of a network whose row takes long leaves the event loop to others", async () => {
    expect(askedRows(huge, fresh(huge).state)).toEqual({ atOnce: 1, isLong: true });
    expect(askedRows(large, fresh(large).state).isLong).toBe(false);
    await using trained = fresh(huge);
    const x = Float32Array.from({ length: 16 * 64 * 64 }, (_, i) => Math.sin(i));
    const here = await openModel(trained.onnx());
    const { y } = await here.run({ x: { type: "float", shape: [1, 16, 64, 64], data: x } });
    await here.close();
    expect(await trained.predict(x)).toEqual(y?.data); // to the bit
  });

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
