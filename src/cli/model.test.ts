import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { features, numeric, oneHot } from "../feature/index.ts";
import { boost, logistic } from "../model/index.ts";
import { dense, input, networkModel, train } from "../nn/index.ts";
import { client } from "../serve/index.ts";
import { bool, category, float, int, schema } from "../table/index.ts";
import { batch, emitOnnx, formatOnnx, Graph, ops } from "../tensor/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { model } from "./model.ts";
import { serveWorkspace } from "./serving.ts";

const people = schema("people", {
  id: int({ key: true }),
  age: float({ nullable: true }),
  plan: category(["basic", "plus", "pro"]),
  left: bool(),
});
const rows = Array.from({ length: 240 }, (_, id) => {
  const age = id % 11 === 0 ? null : (id * 37) % 64;
  const plan = (["basic", "plus", "pro"] as const)[id % 3] ?? "pro";
  return { id, age, plan, left: (age ?? 20) > 30 && plan !== "pro" };
});
const planCode = (plan: string, level: string): number => Number(plan === level);

let home: string;
let dir: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-model-"));
  dir = join(home, "shop");
  await using workspace = await openWorkspace(dir);
  const table = workspace.lake.table("shop.people", people);
  await table.append(rows);
  const definition = features(people, (c) => ({ age: numeric(c.age), plan: oneHot(c.plan) }));
  const boosted = await boost({ trees: 12 }).fit(await table.read(), {
    features: definition,
    label: "left",
  });
  const byPlan = features(people, (c) => ({ plan: oneHot(c.plan) }));
  const linear = await logistic().fit(await table.read(), { features: byPlan, label: "left" });
  await using run = await workspace.tracking.startRun({ experiment: "people" });
  await run.end();
  const { registry } = workspace;
  await registry.register("leavers", { model: boosted, runId: run.id, metrics: { auc: 0.75 } });
  await registry.register("linear", { model: linear, runId: run.id });
});
afterAll(() => rm(home, { recursive: true }));

const run = (...argv: readonly string[]) =>
  runCommand(executable(model), [...argv, "--dir", dir], { width: 100 });
const refused = (work: Promise<unknown>, code: string) =>
  expect(work).rejects.toThrow(expect.objectContaining({ code }));

describe("model", () => {
  test("carries a model out and in again with the same answers, in every format", async () => {
    await using workspace = await openWorkspace(dir);
    const { model: first } = await workspace.registry.load("leavers", 1);
    const raw = rows.map(({ age, plan }) => ({ age, plan }));
    const expected = (await first.predictAll(raw)).map(
      ({ probability }) => probability ?? Number.NaN,
    );
    for (const [number, file] of ["trees.json", "trees.ubj", "trees.txt"].entries()) {
      const path = join(home, file);
      expect((await run("export", "leavers", "--to", path)).code).toBe(0);
      const { lines } = await run("import", path, "--name", "carried", "--label", "left");
      expect(lines[0]).toContain(`carried/${number + 1} registered, of 4 columns of numbers`);
      const { model: again } = await workspace.registry.load("carried", number + 1);
      const names = Object.keys(again.signature.inputs);
      expect(again.signature.output).toEqual({ name: "left", kind: "bool" });
      const cells = rows.map(({ age, plan }) =>
        Object.fromEntries(
          names.map((name) => [
            name,
            name === "age" ? age : planCode(plan, name.replace(/^plan\W?_?/, "")),
          ]),
        ),
      );
      const told = await again.predictAll(cells);
      const tolerance = file.endsWith(".txt") ? 1e-12 : 1e-6; // XGBoost's leaves have 32 bits
      expect(told.map(({ probability }) => probability ?? 0)).toBeClose(expected, {
        rtol: tolerance,
        atol: tolerance,
      });
    }
    const [champion] = await workspace.registry.versions("carried");
    expect(champion).toMatchObject({ aliases: ["champion"], tags: { imported: "xgboost" } });
    expect(await workspace.tracking.runs({ experiment: "imported" })).toHaveLength(3);
  });

  test("registers an ONNX file that was brought, with its own inputs and outputs", async () => {
    const graph = new Graph();
    const x = graph.input("pixels", [batch, 2, 2]);
    const flat = ops.reshape(x, [batch, 4]);
    const outputs = { double: ops.scale(flat, 2), sum: ops.sum(flat, { axes: [1], keep: true }) };
    const path = join(home, "brought.onnx");
    await writeFile(path, formatOnnx(emitOnnx(graph, outputs)));
    const { lines } = await run("import", path, "--name", "brought");
    expect(lines[0]).toBe("brought/1 registered, of 1 column");
    const shown = (await run("show", "brought")).lines.join("\n");
    for (const part of ["onnx, predicts double (float32 [4])", "beside it: sum (float)", "[2, 2]"])
      expect(shown).toContain(part);
    await using workspace = await openWorkspace(dir);
    const serving = await serveWorkspace({ workspace, model: "brought", port: 0 });
    try {
      const asked = client(serving.web.url, { endpoint: "brought" });
      const answer = await asked.predict({ pixels: [[1, 2], [3, 4]] } as never); // biome-ignore format: a matrix
      const bytes = Buffer.from(`${answer.value}`, "base64");
      expect([0, 1, 2, 3].map((i) => bytes.readFloatLE(4 * i))).toEqual([2, 4, 6, 8]);
      expect(answer.others).toEqual({ sum: 10 });
    } finally {
      await serving.close();
    }
    const again = join(home, "again.onnx");
    await run("export", "brought", "--to", again);
    expect(await readFile(again)).toEqual(await readFile(path));
    await refused(run("import", path, "--name", "b", "--label", "y"), "cli/mismatch-option");
    await writeFile(again, (await readFile(path)).subarray(0, 60));
    await refused(run("import", again, "--name", "b"), "tensor/corrupt-onnx");
  });

  test("reads several classes with their names", async () => {
    await using workspace = await openWorkspace(dir);
    const classed = schema("classed", { age: float(), plan: category(["basic", "plus", "pro"]) });
    const table = workspace.lake.table("shop.classed", classed);
    await table.append(rows.map(({ id, plan }) => ({ age: (id % 3) + id / 1000, plan })));
    const byAge = features(classed, (c) => ({ age: numeric(c.age) }));
    const fitted = await boost({ trees: 6 }).fit(await table.read(), {
      features: byAge,
      label: "plan",
    });
    await workspace.registry.register("plans", { model: fitted, runId: "by hand" });
    const path = join(home, "plans.txt");
    await run("export", "plans", "--to", path);
    await run("import", path, "--name", "plans", "--classes", "basic,plus,pro");
    const { model: again } = await workspace.registry.load("plans", 2);
    expect((await again.predict({ age: 1.1 })).value).toBe("plus");
    expect(again.signature.output).toMatchObject({ name: "prediction", kind: "category" });
  });

  test("tells what a model takes, tells and is made of", async () => {
    const { lines } = await run("show", "leavers");
    const text = lines.join("\n");
    expect(lines[0]).toBe("leavers/1: boost, predicts left (bool)");
    expect(text).toMatch(/plan +category of basic, plus, pro/);
    expect(text).toMatch(/age +float, may be missing/);
    expect(text).toMatch(/auc +0\.75/);
    expect(lines.at(-1)).toBe("4 features; its trees can be exported");
    const data = await dataOf<{ readonly shown: object }>(executable(model), [
      "show",
      "linear",
      "--dir",
      dir,
    ]);
    expect(data.shown).toMatchObject({ name: "linear", number: 1, exportable: false });
  });

  test("writes a network as ONNX, and says that it can be nothing else", async () => {
    const numbers = { rows: 4, x: new Float32Array(8), shape: [2], labelShape: [1] };
    const network = await train(
      input([2]).add(dense(1)),
      { ...numbers, y: new Float32Array(4) },
      { loss: "squared", epochs: 1 },
    );
    await using workspace = await openWorkspace(dir);
    await workspace.registry.register("line", { model: networkModel(network), runId: "by hand" });
    await expect(run("export", "line")).rejects.toThrow(
      "model: --to FILE.onnx is missing: a network is written as ONNX alone",
    );
    await refused(run("export", "line", "--to", join(home, "line.bin")), "cli/missing-option");
    await refused(run("export", "line", "--to", join(home, "line.json")), "cli/mismatch-option");
    await refused(run("export", "line", "--format", "xgboost"), "cli/mismatch-option");
    const { lines } = await run("export", "line", "--to", join(home, "line.onnx"));
    expect(lines[0]).toContain("line/1 written for onnx");
  });

  test("says what to do where it cannot", async () => {
    await refused(run("export", "leavers"), "cli/missing-option");
    await refused(run("export", "linear", "--format", "xgboost"), "model/unsupported-interchange");
    await refused(
      run("export", "leavers", "--version", "7", "--format", "xgboost"),
      "registry/missing-version",
    );
    await refused(
      run("show", "leavers", "--version", "1", "--alias", "champion"),
      "cli/conflict-options",
    );
    await refused(run("show", "leaver"), "registry/missing-model");
    await refused(run("import", join(home, "none.json"), "--name", "a"), "table/missing-file");
    const broken = join(home, "broken.json");
    await writeFile(broken, '{"learner": {}}');
    await refused(run("import", broken), "cli/missing-option");
    await refused(run("import", broken, "--name", "a"), "model/corrupt-interchange");
    const good = join(home, "good.txt");
    await run("export", "leavers", "--to", good);
    await refused(
      run("import", good, "--name", "a", "--label", "age"),
      "model/unsupported-interchange",
    );
  });
});
