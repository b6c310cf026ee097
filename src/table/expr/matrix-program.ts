/**
 * @file Expressions computed for whole columns into a matrix: the engine gives numbers and, of each text, which
 * of the known texts it is; the same steps as for one row do the rest, some hundred rows at a time.
 */
import { MatrixCompiler, rowsAtATime, type Spot } from "./matrix-compiler.ts";
import { chooseRows, copyRows, type Rows, spreadRows, writeColumn } from "./matrix-rows.ts";
import type { ExprNode } from "./node.ts";

/** Expressions of numbers and truth values, ready to compute a matrix. */
export interface MatrixProgram {
  /** What the engine is asked for: SQL that gives what casts to DOUBLE, NULL where missing. */
  readonly sql: readonly string[];
  /**
   * Computes rows from the engine's columns, [n] each.
   *
   * @param columns - What `sql` gave.
   * @param to - [n, d], of zeros; it is filled.
   * @param chosen - For a column of several expressions, [n]: which of them is taken in each row.
   */
  fill(columns: readonly Float64Array[], to: Float64Array, chosen?: Chosen): void;
}

type Chosen = readonly (Int16Array | undefined)[];

/**
 * The program of some expressions, one a column of the matrix; of several for one column each row has its own
 * taken.
 */
export function compileMatrix(columns: readonly (readonly ExprNode[])[]): MatrixProgram {
  const compiler = new MatrixCompiler();
  const { written, spreads } = placed(columns, compiler);
  const { sql, inputs, steps, newRegisters } = compiler.finish();
  const write = (registers: readonly Float64Array[], rows: Rows, chosen: Chosen): void => {
    const valuesOf = (at: number): Float64Array => registers[at] ?? none;
    for (const { column, among } of written) {
      const choice = chosen[column];
      const [first = none] = among.map(valuesOf);
      const values =
        choice === undefined ? first : chooseRows(among.map(valuesOf), { ...rows, choice });
      writeColumn(values, rows, column);
    }
    for (const { place, value, columnOf } of spreads)
      spreadRows(valuesOf(place), valuesOf(value), { ...rows, columnOf });
  };
  let registers: Float64Array[] | undefined;
  return {
    sql,
    fill: (given, to, chosen = []) => {
      registers ??= newRegisters();
      const rows = given[0]?.length ?? 0;
      for (let from = 0; from < rows; from += rowsAtATime) {
        const n = Math.min(rowsAtATime, rows - from);
        for (const [i, at] of inputs.entries())
          copyRows(given[i] ?? none, { from, n, to: registers[at] ?? none });
        for (const one of steps) one.step(registers, registers[one.to] ?? none, n);
        write(registers, { from, n, to, step: columns.length }, chosen);
      }
    },
  };
}

/** How the columns are written: those of one place and one value together, others each for itself. */
function placed(columns: readonly (readonly ExprNode[])[], compiler: MatrixCompiler) {
  const spreads = new Map<string, Spread>();
  const written: { readonly column: number; readonly among: readonly number[] }[] = [];
  for (const [column, nodes] of columns.entries()) {
    const [node] = nodes;
    const spot = nodes.length === 1 && node !== undefined ? compiler.spot(node) : undefined;
    if (spot === undefined || !addSpot(spreads, spot, column))
      written.push({ column, among: nodes.map((one) => compiler.register(one)) });
  }
  return {
    written,
    spreads: [...spreads.values()].map(({ place, value, columnOf }) => {
      const places = 1 + Math.max(...columnOf.keys());
      const found = Int32Array.from({ length: places }, (_, i) => columnOf.get(i) ?? -1);
      return { place, value, columnOf: found };
    }),
  };
}

/** A value that stands in one of some columns, by a place; zero in the others. */
interface Spread {
  readonly place: number;
  readonly value: number;
  readonly columnOf: Map<number, number>;
}

/** The most places of a spread. */
const mostPlaces = 65_536;

/** Puts a column to the others of its place and value; false where that cannot be. */
function addSpot(spreads: Map<string, Spread>, spot: Spot, column: number): boolean {
  const { place, wanted, value } = spot;
  if (!Number.isInteger(wanted) || wanted < 0 || wanted >= mostPlaces) return false;
  const key = `${place} ${value}`;
  const spread = spreads.get(key) ?? { place, value, columnOf: new Map() };
  if (spread.columnOf.has(wanted)) return false;
  spreads.set(key, { ...spread, columnOf: spread.columnOf.set(wanted, column) });
  return true;
}

const none = new Float64Array();
