/** @file Tests of the gradient of a table's rows: sums are whole on any number of threads. */
import { expect, test } from "vitest";
import { emitOnnx, formatOnnx, Graph, gradients, loadRuntime, ops } from "../../index.ts";

test("rows that are asked for thousands of times get every sum, also on two threads", async () => {
  const graph = new Graph();
  const [table, codes] = [graph.input("table", [50, 16]), graph.input("codes", [100_000], "int64")];
  const [gradient = table] = gradients(ops.sum(ops.embedding(table, codes)), [table]);
  const runtime = await loadRuntime();
  const session = await runtime?.open(formatOnnx(emitOnnx(graph, { gradient })), { threads: 2 });
  const data = BigInt64Array.from({ length: 100_000 }, (_, i) => BigInt((i * 7919) % 50));
  for (let round = 0; round < 4; round++) {
    const told = await session?.run({ codes: { type: "int64", shape: [100_000], data } });
    expect(new Set(Array.from(told?.["gradient"]?.data ?? [], Number))).toEqual(new Set([2000]));
  }
  await session?.close();
});
