/** @file The pictures of `millrace explain`. */
import type { Cell, Matrix } from "../flow.ts";
import { columnsOf, type FittedModel, partialDependence } from "../model/index.ts";
import {
  type ChartSpec,
  dependenceChart,
  importancesChart,
  swarmChart,
  waterfallChart,
} from "../plot/index.ts";
import type { Explained, OneRow } from "./explain-model.ts";

/** A picture and the name of its file, without the ending. */
export interface NamedChart {
  readonly name: string;
  readonly spec: ChartSpec;
}

const mostDependences = 3;
const mostRows = 200; // each is predicted at each value of the grid

/** Importances, the swarm and the waterfall of Shapley values, and the dependence on what matters most. */
export function explainCharts(model: FittedModel, found: Explained): readonly NamedChart[] {
  const { lost, shapley, row, x, output } = found;
  const outputs = shapley?.base.length ?? 1;
  const own = Float64Array.from({ length: x.rows * x.cols }, (_, i) => {
    const [line, j] = [Math.floor(i / x.cols), i % x.cols];
    return shapley?.values[(line * outputs + output.place) * x.cols + j] ?? 0;
  });
  const title = `Shapley values for ${output.of}`;
  const names = model.features.names;
  return [
    { name: "importances", spec: importances(found) },
    ...(shapley === null
      ? []
      : [
          {
            name: "swarm",
            spec: swarmChart({ names, contributions: own, values: x.data }, { title }),
          },
        ]),
    ...(row === null ? [] : [{ name: "waterfall", spec: waterfall(row) }]),
    ...dependences(
      model,
      found,
      (lost?.columns ?? shapley?.columns ?? []).map(({ name }) => name),
    ),
  ];
}

/** From what is expected of all to the row's sum, before the link. */
function waterfall({ told, base, output, contributions }: OneRow): ChartSpec {
  const short = (value: number): string => String(Number(value.toPrecision(3))).replace("-", "−");
  const effects = contributions.map(({ column, value, amount }) => ({
    name: column,
    value: textOf(value),
    effect: amount,
  }));
  const subtitle = `the sum before the link, from ${short(base)} to ${short(output)}`;
  return waterfallChart({ base, effects }, { title: `What is told: ${told}`, subtitle });
}

/** Shares of all that is lost, or where nothing is known of it of the mean Shapley values. */
function importances({ lost, shapley }: Explained): ChartSpec {
  const columns = lost?.columns ?? shapley?.columns ?? [];
  const sizes = columns.map(({ name, mean }) => ({ name, size: Math.max(0, mean) }));
  const total = sizes.reduce((sum, { size }) => sum + size, 0) || 1;
  const title =
    lost === null ? "Mean size of Shapley values" : `What ${lost.metric} loses without a column`;
  return importancesChart(
    sizes.map(({ name, size }) => ({ name, share: Math.min(1, size / total) })),
    { title },
  );
}

const textOf = (value: Cell): string | number => {
  if (typeof value === "number") return value;
  return value instanceof Date ? value.toISOString() : String(value ?? "missing");
};

/** Of the columns that matter most and are one number to the model. */
function dependences(
  { features, predictor }: FittedModel,
  { x, output }: Explained,
  ranked: readonly string[],
): readonly NamedChart[] {
  const by = columnsOf(features);
  const single = ranked.filter((column) => by.filter((of) => of === column).length === 1);
  const rows = Math.min(x.rows, mostRows);
  const some: Matrix = { ...x, rows, data: x.data.subarray(0, rows * x.cols) };
  return single.slice(0, mostDependences).flatMap((column) => {
    const feature = by.indexOf(column);
    const { values, means, rows: each } = partialDependence(predictor, some, { feature });
    const size = values.length;
    if (size === 0) return [];
    const k = means.length / size;
    const of = (list: Float64Array, from: number) =>
      Float64Array.from(
        { length: size },
        (_, g) => list[(from * size + g) * k + output.place] ?? 0,
      );
    const drawn = {
      values: undone(features, values, { x, feature }),
      mean: of(means, 0),
      rows: Array.from({ length: rows }, (_, i) => of(each, i)),
    };
    const spec = dependenceChart(drawn, {
      feature: features.names[feature] ?? column,
      predicted: `prediction of ${output.of}`,
    });
    return [{ name: `dependence-${column.replaceAll(/[^\w.-]+/g, "_")}`, spec }];
  });
}

/** Values of a feature as its column has them, where what was done to them can be undone; else as the model sees them. */
function undone(
  features: FittedModel["features"],
  values: readonly number[],
  { x, feature }: { readonly x: Matrix; readonly feature: number },
): readonly number[] {
  const name = features.origins[feature]?.feature ?? "";
  const back = values.map((value) => {
    const numbers = Float64Array.from(x.data.subarray(0, x.cols));
    numbers[feature] = value;
    return features.inverse(numbers)[name];
  });
  const known = back.flatMap((value) =>
    typeof value === "number" && Number.isFinite(value) ? [value] : [],
  );
  return known.length === values.length ? known : values;
}
