/** @file Learning from training rows what missing cells are filled with. */
import type { Json } from "../../../flow.ts";
import { cells, toSql, type Value } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import { quoteName } from "../../sql-text.ts";
import { place } from "../deed.ts";
import { fail } from "../errors.ts";
import { cellValue, type Place, placeOf, readSql, valueSql } from "../values.ts";
import { imputationTouches, type Term, type Training, termsOf } from "./checks.ts";
import type { Imputation, ImputeMethod, Middle } from "./methods.ts";
import { leastSquares, termNode } from "./regression.ts";
import type { ColumnFilling, Filling, ImputerState, NearestColumn } from "./state.ts";

/**
 * Learns how some columns are filled. Sums are taken in the order of the rows, so that the same
 * rows give the same state, bit for bit.
 *
 * @throws `table/missing-training-values`, `table/mismatch-kind`, `table/unknown-level`
 */
export async function fitState<C extends Columns>(
  imputations: readonly Imputation<C>[],
  training: Training<C>,
): Promise<ImputerState> {
  const columns: ColumnFilling[] = [];
  for (const imputation of imputations) {
    imputationTouches(imputation, training);
    for (const column of imputation.columns) {
      const where = placeOf(training.at, training.schema, column);
      const filling = await fitFilling(imputation, where, training);
      const indicator: string | null = imputation.indicators?.[column] ?? null;
      const { kind, levels = null } = where.spec;
      columns.push({ column, kind, indicator, levels, filling });
    }
  }
  return { format: 1, columns };
}

async function fitFilling<C extends Columns>(
  method: ImputeMethod<C>,
  where: Place,
  training: Training<C>,
): Promise<Filling> {
  switch (method.by) {
    case "constant":
      return { by: "value", value: cellValue(where, method.value) };
    case "category":
      return { by: "value", value: cellValue(where, method.label) };
    case "rule": {
      const { node } = method.from(cells(training.schema, training.at));
      return { by: "rule", node: JSON.parse(JSON.stringify(node)) as Json };
    }
    case "group":
      return fitGroups(method, where, training);
    case "nearest":
      return fitNearest(method, where, training);
    case "regression":
      return fitRegression(method, where, training);
    default:
      return { by: "value", value: await fitMiddle(method.by, where, training) };
  }
}

/** The middle of each group, in SQL: rows of `g` and `value`. */
function middleSql(middle: Middle, rows: string): string {
  if (middle === "mean") return `SELECT g, avg(x ORDER BY i) AS value FROM ${rows} GROUP BY g`;
  if (middle === "median") return `SELECT g, median(x) AS value FROM ${rows} GROUP BY g`;
  return `SELECT g, x AS value FROM (SELECT g, x, count(*) AS n FROM ${rows} GROUP BY g, x)
    QUALIFY row_number() OVER (PARTITION BY g ORDER BY n DESC, x) = 1`;
}

/** The column's value where something can be learned from it: neither missing nor infinite. */
function finiteSql(where: Place): string {
  const read = readSql(where);
  return where.spec.kind === "float" ? `(CASE WHEN isfinite(${read}) THEN ${read} END)` : read;
}

const known = (where: Place, group: string, { sql }: { readonly sql: string }): string =>
  `(SELECT ${group} AS g, ${finiteSql(where)} AS x, ${place} AS i FROM (${sql}) t WHERE ${finiteSql(where)} IS NOT NULL)`;

async function fitMiddle<C extends Columns>(
  middle: Middle,
  where: Place,
  training: Training<C>,
): Promise<Value> {
  const [row] = await training.engine.query(middleSql(middle, known(where, "0", training)));
  if (row === undefined) return nothingToLearn(where, training);
  return rounded(where, row["value"] as Value);
}

const rounded = ({ spec }: Place, value: Value): Value =>
  spec.kind === "int" && typeof value === "number" ? Math.floor(value + 0.5) : value;

async function nothingToLearn<C extends Columns>(
  { at, column }: Place,
  { engine, sql }: Training<C>,
): Promise<never> {
  const [row] = await engine.query(`SELECT count(*) AS n FROM (${sql})`);
  return fail("table/missing-training-values", { at, column, rows: Number(row?.["n"]) });
}

async function fitGroups<C extends Columns>(
  method: Extract<ImputeMethod<C>, { readonly by: "group" }>,
  where: Place,
  training: Training<C>,
): Promise<Filling> {
  const otherwise = await fitMiddle(method.middle, where, training);
  const rows = known(where, `t.${quoteName(method.of)}::VARCHAR`, training);
  const found = await training.engine.query(
    `SELECT * FROM (${middleSql(method.middle, rows)}) WHERE g IS NOT NULL ORDER BY g`,
  );
  const groups = found.map(
    (row) => [String(row["g"]), rounded(where, row["value"] as Value)] as const,
  );
  return { by: "group", of: method.of, groups, otherwise };
}

async function fitNearest<C extends Columns>(
  method: Extract<ImputeMethod<C>, { readonly by: "nearest" }>,
  where: Place,
  training: Training<C>,
): Promise<Filling> {
  const { at, schema, engine, sql } = training;
  const middle = where.spec.kind === "int" || where.spec.kind === "float" ? "mean" : "mode";
  const otherwise = await fitMiddle(middle, where, training);
  const from = method.from.map((name) => placeOf(at, schema, name));
  const scales = await Promise.all(
    from.map((one) => (method.scale === false ? 1 : deviation(one, training))),
  );
  const columns: readonly NearestColumn[] = from.map(({ column: name, spec: { kind } }, j) => ({
    name,
    kind,
    scale: scales[j] ?? 1,
  }));
  const cells = [...from, where].map((one, j) => `${finiteSql(one)} AS c${j}`);
  const found = await engine.query(
    `SELECT ${cells.join(", ")} FROM (${sql}) t WHERE ${finiteSql(where)} IS NOT NULL ORDER BY ${place}`,
  );
  const rows = found.map((row) => columns.map((_, j) => (row[`c${j}`] ?? null) as Value));
  const values = found.map((row) => (row[`c${columns.length}`] ?? null) as Value);
  return { by: "nearest", neighbours: method.neighbours ?? 5, columns, rows, values, otherwise };
}

/** The standard deviation of a column of numbers or moments; 1 where it is 0, and for the rest. */
async function deviation<C extends Columns>(
  where: Place,
  { engine, sql }: Training<C>,
): Promise<number> {
  if (!["int", "float", "timestamp"].includes(where.spec.kind)) return 1;
  const rows = known(where, "0", { sql });
  const [row] = await engine.query(
    `SELECT sqrt(avg((x - m) * (x - m) ORDER BY i)) AS s FROM ${rows}, (SELECT avg(x ORDER BY i) AS m FROM ${rows})`,
  );
  const scale = Number(row?.["s"] ?? 0);
  return scale > 0 && Number.isFinite(scale) ? scale : 1;
}

async function fitRegression<C extends Columns>(
  method: Extract<ImputeMethod<C>, { readonly by: "regression" }>,
  where: Place,
  training: Training<C>,
): Promise<Filling> {
  const { at, schema, engine, sql } = training;
  const terms = method.from.flatMap((name) => termsOf(placeOf(at, schema, name)));
  const rows = `(${sql}) t WHERE ${finiteSql(where)} IS NOT NULL`;
  const means = await engine.query(
    `SELECT ${["0 AS c", ...terms.map((term, j) => `coalesce(avg(${meanSql(term)} ORDER BY ${place}), 0) AS c${j}`)].join(", ")} FROM ${rows}`,
  );
  const filled = terms.map((term, j) => ({
    ...term,
    otherwise: term.level === null ? Number(means[0]?.[`c${j}`]) : 0,
  }));
  const read = (value: string, otherwise: number) =>
    `CASE WHEN isfinite(${value}) THEN ${value} ELSE ${valueSql(otherwise)} END`;
  const select = [
    readSql(where),
    ...filled.map((term) => read(toSql({ node: termNode(term) }), term.otherwise)),
  ];
  const [y, ...x] = await engine.doubles(
    `SELECT ${select.map((value, j) => `(${value})::DOUBLE AS c${j}`).join(", ")} FROM ${rows} ORDER BY ${place}`,
  );
  if (y === undefined || y.length === 0) return nothingToLearn(where, training);
  const { weights, bias } = leastSquares(x, y);
  const learned = filled.map((term, j) => ({ ...term, weight: weights[j] ?? 0 }));
  return { by: "regression", bias, terms: learned };
}

/** What the mean of a term is taken of: missing cells are left out. */
function meanSql({ name, kind, level }: Term): string {
  if (level !== null) return "0";
  const where = { at: "", column: name, spec: { kind, nullable: true } };
  return kind === "bool" ? `(${readSql(where)})::INT` : finiteSql(where);
}
