import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { isMillraceError } from "../core/index.ts";
import { split, type TelcoCustomer, telcoSchema, telcoTwin } from "../dataset/index.ts";
import {
  features,
  fitFeatures,
  flag,
  numeric,
  oneHot,
  ordinal,
  standardize,
} from "../feature/index.ts";
import type { Cells, Model } from "../flow.ts";
import { rocAuc } from "../metric/index.ts";
import { type Frame, frame, openEngine } from "../table/index.ts";
import { boost, type FittedModel, loadModel, logistic, majority } from "./index.ts";

type Customers = Frame<(typeof telcoSchema)["columns"]>;

const engine = await openEngine();
const { customers } = telcoTwin({ rows: 3000, seed: 3 });

/** Customers as a frame, with the holes of the file put in by hand. */
async function withCustomers<T>(
  rows: readonly TelcoCustomer[],
  work: (all: Customers) => Promise<T>,
): Promise<T> {
  const columns = Object.entries(telcoSchema.columns).map(([name, { kind }]) => ({ name, kind }));
  const cells = rows.map((row) => Object.values(row));
  return engine.withRows({ columns, cells }, (table) =>
    work(frame({ engine, schema: telcoSchema, sql: `SELECT * FROM ${table}` })),
  );
}

const linear = features(telcoSchema, (c) => ({
  tenure: standardize(c.tenure),
  monthly: standardize(c.monthly_charges),
  total: standardize(c.total_charges),
  perMonth: standardize(c.total_charges.over(c.tenure.atLeast(1))),
  contract: oneHot(c.contract),
  payment: oneHot(c.payment_method, { missing: "own" }),
  security: oneHot(c.online_security),
  support: oneHot(c.tech_support),
  internet: flag(c.internet_service),
  senior: flag(c.senior_citizen, { missing: "own" }),
  paperless: flag(c.paperless_billing),
}));
const trees = features(telcoSchema, (c) => ({
  tenure: numeric(c.tenure),
  monthly: numeric(c.monthly_charges),
  contract: ordinal(c.contract),
  support: oneHot(c.tech_support),
  senior: flag(c.senior_citizen),
}));

let linearModel: FittedModel<Pick<TelcoCustomer, (typeof linear.reads)[number]>, boolean>;
let treeModel: FittedModel<Pick<TelcoCustomer, (typeof trees.reads)[number]>, boolean>;
let tested: readonly TelcoCustomer[] = [];

beforeAll(() =>
  withCustomers(
    customers.map((row, i) =>
      i % 10 === 0 ? { ...row, senior_citizen: null, tenure: null } : row,
    ),
    async (all) => {
      const { train, test } = await split(all, { test: 0.3, by: "customer_id", seed: 1 });
      linearModel = await logistic().fit(train, { features: linear, label: "churn" });
      treeModel = await boost({ trees: 60, depth: 3 }).fit(train, {
        features: trees,
        label: "churn",
      });
      tested = await test.rows();
    },
  ),
);
afterAll(() => engine.close());

const aucOf = (model: Model<TelcoCustomer, boolean>): number =>
  rocAuc(
    Float64Array.from(tested, ({ churn }) => (churn ? 1 : 0)),
    Float64Array.from(model.predictAll(tested), ({ probability }) => probability),
  );

describe("fit", () => {
  test("gives a model that ranks unseen customers as well as the data allow", () => {
    expect(aucOf(linearModel)).toBeGreaterThan(0.81);
    expect(aucOf(treeModel)).toBeGreaterThan(0.8);
  });

  test("gives a model that asks for the columns its features read, and no others", () => {
    expectTypeOf(treeModel.predict).parameter(0).toEqualTypeOf<{
      readonly tenure: number | null;
      readonly monthly_charges: number | null;
      readonly contract: "Month-to-month" | "One year" | "Two year";
      readonly tech_support: "No" | "Yes" | "No internet service";
      readonly senior_citizen: boolean | null;
    }>();
    expect(Object.keys(treeModel.signature.inputs)).toEqual([
      "senior_citizen",
      "tenure",
      "tech_support",
      "contract",
      "monthly_charges",
    ]);
    expect(treeModel.signature.output).toEqual({ name: "churn", kind: "bool" });
  });

  test("predicts true from a probability of one half on", () => {
    for (const { value, probability } of treeModel.predictAll(tested))
      expect(value).toBe(probability >= 0.5);
    expect(treeModel.predictAll([])).toEqual([]);
  });

  test("law: rows one by one, all at once, and as a table give the same bits", async () => {
    const together = treeModel.predictAll(tested);
    expect(tested.map((row) => treeModel.predict(row))).toEqual(together);
    await withCustomers(tested, async (all) => {
      const x = await treeModel.features.matrix(all);
      const inTable = treeModel.predictor.predict(x);
      expect([...inTable]).toEqual(together.map(({ probability }) => probability));
    });
  });

  test("names the features' importances, the largest first", () => {
    const shares = treeModel.importances.map(({ share }) => share);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(treeModel.importances.map(({ name }) => name)).toContain("support=Yes");
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeClose(1, { rtol: 1e-6 });
    expect(
      linearModel.importances.every(({ name }) => linearModel.features.names.includes(name)),
    ).toBe(true);
  });

  test("refuses test rows", async () => {
    await withCustomers(customers, async (all) => {
      const { test } = await split(all, { by: "customer_id" });
      await expect(majority().fit(test, { features: trees, label: "churn" })).rejects.toThrow(
        expect.objectContaining({ code: "feature/conflict-test-rows" }),
      );
    });
  });

  test("refuses a label that is missing in some rows", async () => {
    const open = features(telcoSchema, (c) => ({ tenure: numeric(c.tenure) }));
    const rows = customers
      .slice(0, 50)
      .map((row, i) => ({ ...row, partner: i % 2 === 0 ? null : true }));
    await withCustomers(rows, (all) =>
      expect(majority().fit(all, { features: open, label: "partner" })).rejects.toThrow(
        expect.objectContaining({ code: "dataset/missing-label" }),
      ),
    );
  });
});

describe("loadModel", () => {
  const model = (): readonly Model[] => [linearModel, treeModel];

  test("law: a loaded model predicts the same bits and has the same hash and files", () => {
    for (const kept of model()) {
      const loaded = loadModel(kept.files());
      const rows: readonly Cells[] = tested;
      expect(loaded.predictAll(rows)).toEqual(kept.predictAll(rows));
      expect(loaded.hash).toBe(kept.hash);
      expect(loaded.signature).toEqual(kept.signature);
      expect(loaded.importances).toEqual(kept.importances);
      expect(loaded.files()).toEqual(kept.files());
    }
  });

  test("law: the same rows fitted twice make the same hash, other options another", async () => {
    await withCustomers(customers.slice(0, 600), async (all) => {
      const fit = (l2: number) => logistic({ l2 }).fit(all, { features: linear, label: "churn" });
      const { hash } = await fit(1);
      expect((await fit(1)).hash).toBe(hash);
      expect((await fit(2)).hash).not.toBe(hash);
    });
  });

  test("refuses a newer format, and files that are damaged", () => {
    const text = new TextDecoder().decode(linearModel.files()["model.json"]);
    const load = (content: string): unknown => {
      try {
        return loadModel({ "model.json": new TextEncoder().encode(content) }).hash;
      } catch (error) {
        return isMillraceError(error) ? error.code : error;
      }
    };
    const changed = (change: (state: Record<string, unknown>) => unknown): unknown => {
      const state: Record<string, unknown> = JSON.parse(text);
      change(state);
      return load(JSON.stringify(state));
    };
    expect(load(text)).toBe(linearModel.hash);
    expect(changed((state) => Object.assign(state, { format: 2 }))).toBe(
      "model/unsupported-format",
    );
    expect(changed((state) => Object.assign(state["features"] as object, { format: 99 }))).toBe(
      "feature/unsupported-format",
    );
    expect(changed((state) => delete state["format"])).toBe("model/corrupt-files");
    expect(changed((state) => delete state["signature"])).toBe("model/corrupt-files");
    expect(changed((state) => delete state["features"])).toBe("model/corrupt-files");
    expect(changed((state) => delete state["predictor"])).toBe("model/corrupt-files");
    const narrower = changed((state) => {
      const { features } = state["features"] as { features: unknown[] };
      features.pop();
    });
    expect(narrower).toBe("model/corrupt-files");
    expect(load(text.slice(0, 100))).toBe("model/corrupt-files");
    expect(load("3")).toBe("model/corrupt-files");
    expect(() => loadModel({ "other.json": new Uint8Array() })).toThrow(
      "there is no model.json among its files other.json",
    );
  });

  test("refuses a row whose cells are of other types, naming the column", async () => {
    const row: Cells = { ...tested[0], tenure: "3" };
    expect(() => loadModel(treeModel.files()).predict(row)).toThrow('column "tenure"');
    const definition = features(telcoSchema, (c) => ({
      contract: oneHot(c.contract, { unknown: "refuse" }),
    }));
    await withCustomers(customers.slice(0, 10), async (all) => {
      const strict = await fitFeatures(definition, all);
      expect(() => strict.row({ contract: "Weekly" })).toThrow("unknown level");
    });
  });
});
