/** @file Studies between Optuna and us: theirs read and gone on with here, ours opened and gone on with there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRecords, type Records } from "../../src/store/index.ts";
import {
  exportOptuna,
  importOptuna,
  type ObjectiveFunction,
  openStudy,
  optunaStudies,
  type TrialRecord,
} from "../../src/tune/index.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("optuna");

/** What both sides say of a study; numbers that JSON has not are texts. */
const facts = `
import json, math, sys, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
def number(v): return v if v is None or math.isfinite(v) else str(v)
def facts(study):
  multi = len(study.directions) > 1
  return {
    "best": None if multi else number(study.best_value),
    "front": sorted(t.number for t in study.best_trials),
    "trials": [{
      "state": t.state.name, "params": t.params,
      "values": [number(v) for v in t.values] if t.state.name == "COMPLETE" else None,
      "steps": [[s, number(v)] for s, v in sorted(t.intermediate_values.items())],
      "notes": t.user_attrs,
    } for t in study.trials]}
`;

const made = `${facts}
storage = "sqlite:///" + sys.argv[1]
study = optuna.create_study(storage=storage, study_name="one", direction="maximize", sampler=optuna.samplers.TPESampler(seed=1), pruner=optuna.pruners.MedianPruner(n_startup_trials=3))
study.enqueue_trial({"x": 1.5})
def one(trial):
  kind = trial.suggest_categorical("kind", ["a", "b", None, 3, True])
  x = trial.suggest_float("x", -5, 5)
  depth = trial.suggest_int("depth", 1, 64, log=True) if kind == "a" else trial.suggest_int("width", 2, 10, step=4)
  rate = trial.suggest_float("rate", 1e-5, 1, log=True)
  share = trial.suggest_float("share", 0, 1, step=0.25)
  trial.set_user_attr("note", {"n": trial.number})
  if trial.number == 5: raise ValueError("no")
  for step in range(4):
    trial.report(float("nan") if trial.number == 7 else -x * x + step, step)
    if trial.should_prune(): raise optuna.TrialPruned()
  return float("inf") if trial.number == 9 and False else -x * x - depth / 100 - share
study.optimize(one, n_trials=40, catch=(ValueError,))
study.enqueue_trial({"x": 2.5, "kind": "b"})
two = optuna.create_study(storage=storage, study_name="two", directions=["minimize", "maximize"], sampler=optuna.samplers.NSGAIISampler(seed=1, population_size=8))
two.set_metric_names(["size", "auc"])
two.optimize(lambda t: (t.suggest_int("size", 1, 9), t.suggest_float("x", 0, 1) * t.params["size"]), n_trials=30)
print(json.dumps([facts(study), facts(two)]))
`;

const loaded = `${facts}
study = optuna.load_study(storage="sqlite:///" + sys.argv[1], study_name=sys.argv[2], sampler=optuna.samplers.TPESampler(seed=2))
before = facts(study)
names = study.metric_names
study.optimize(lambda t: (t.suggest_float("x", -5, 5) - 1) ** 2, n_trials=12)
print(json.dumps({"facts": before, "metrics": names, "after": len(study.trials), "best": study.best_value}))
`;

interface Facts {
  readonly best: number | null;
  readonly front: readonly number[];
  readonly trials: readonly Readonly<Record<string, unknown>>[];
}

let folder = "";
let records: Records;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-optuna-"));
  records = await openRecords(join(folder, "records.db"));
});
afterAll(async () => {
  await records.close();
  await rm(folder, { recursive: true });
});

const states = {
  waiting: "WAITING",
  running: "RUNNING",
  complete: "COMPLETE",
  pruned: "PRUNED",
  failed: "FAIL",
};
const plain = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value).toLowerCase().replace("infinity", "inf");

const ours = ({ state, params, values, steps, notes }: TrialRecord) => ({
  ...{ state: states[state], params, notes, values: values?.map(plain) ?? null },
  steps: steps.map(({ step, value }) => [step, plain(value)]),
});

/** An objective with all there is in a trial. */
const everything: ObjectiveFunction = (trial) => {
  const x = trial.float("x", -5, 5);
  const kind = trial.category("kind", ["a", "b", null, true, 2]);
  const rate = kind === "a" ? trial.float("rate", 1e-4, 1, { log: true }) : 1;
  const depth = trial.int("depth", 1, 31, { step: 3 });
  trial.note("why", ["because", { n: trial.number }]);
  const missing = trial.number === 3;
  for (const step of [1, 2]) trial.report(step, missing ? Number.NaN : x / step);
  return endOf(trial.number, (x - 1) ** 2 + depth / 10 + rate);
};

function endOf(number: number, value: number): number | "pruned" {
  if (number === 4) throw new Error("boom");
  return number % 7 === 6 ? "pruned" : value;
}

describe("Optuna", () => {
  test("has its studies read: the same trials, values, states, reports and best", async () => {
    const path = join(folder, "theirs.db");
    const [one, two] = runPython(python, made, [path]) as [Facts, Facts];
    expect(optunaStudies(path)).toEqual(["one", "two"]);
    await expect(importOptuna({ path, records })).rejects.toMatchObject({
      code: "tune/unsupported-file",
    });
    expect(await importOptuna({ path, records, study: "one" })).toEqual({
      ...{ name: "one", trials: 41 },
      objectives: [{ metric: "value", direction: "maximise" }],
    });
    await using study = await openStudy({
      name: "one",
      metric: "value",
      direction: "maximise",
      records,
    });
    expect((await study.trials()).map(ours)).toEqual(one.trials);
    expect((await study.best()).value).toBe(one.best);
    const kinds = new Set(one.trials.map(({ state }) => state));
    expect([...kinds].sort()).toEqual(["COMPLETE", "FAIL", "PRUNED", "WAITING"]);
    await study.search((trial) => -(trial.float("x", -5, 5) ** 2), { trials: 60 });
    expect((await study.best()).value).toBeGreaterThan(Number(one.best));
    expect((await study.trials())[40]).toMatchObject({ state: "complete", params: { x: 2.5 } });

    await importOptuna({ path, records, study: "two", name: "front" });
    const objectives = [
      { metric: "size", direction: "minimise" },
      { metric: "auc", direction: "maximise" },
    ] as const;
    await using front = await openStudy({ name: "front", objectives, records });
    expect((await front.front()).map(({ number }) => number)).toEqual(two.front);
    expect((await front.trials()).map(ours)).toEqual(two.trials);
  });

  test("opens what we write and goes on with it, and reads back are the same", async () => {
    await using study = await openStudy({
      name: "ours",
      metric: "loss",
      direction: "minimise",
      records,
    });
    await study.search(everything, { trials: 30 });
    await study.enqueue({ x: 0.5 });
    const path = join(folder, "ours.db");
    expect(await exportOptuna({ records, study: "ours", path })).toEqual({ trials: 31 });
    await expect(exportOptuna({ records, study: "ours", path })).rejects.toMatchObject({
      code: "tune/duplicate-file",
    });
    const back = join(folder, "back.db");
    await exportOptuna({ records, study: "ours", path: back });
    const there = runPython(python, loaded, [path, "ours"]) as {
      facts: Facts;
      metrics: unknown;
      after: number;
      best: number;
    };
    expect(there.facts.trials).toEqual((await study.trials()).map(ours));
    expect(there.facts.best).toBe((await study.best()).value);
    expect(there).toMatchObject({ metrics: ["loss"], after: 42 });
    expect(there.best).toBeLessThanOrEqual(Number(there.facts.best));

    await importOptuna({ records, path: back, name: "again" });
    await using again = await openStudy({
      name: "again",
      metric: "loss",
      direction: "minimise",
      records,
    });
    expect((await again.trials()).map(ours)).toEqual((await study.trials()).map(ours));
    expect((await again.trials()).map(({ error }) => error)).toEqual(
      (await study.trials()).map(({ error }) => error),
    );
  });
});
