/** @file Teaches DuckDB the functions of expressions that SQL lacks. */
import {
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBScalarFunction,
  type DuckDBVector,
  VARCHAR,
} from "@duckdb/node-api";
import { invariant } from "../../core/index.ts";
import { type EngineFunction, numberFunctions, textFunctions } from "../expr/engine-functions.ts";

/** Registers all functions for every connection of the instance. */
export function registerFunctions(connection: DuckDBConnection): void {
  const functions = [
    ...numberFunctions.map((made) => scalar(made, numbersOf)),
    ...textFunctions.map((made) => scalar(made, textsOf)),
  ];
  for (const made of functions) connection.registerScalarFunction(made);
}

type Chunk = (input: DuckDBDataChunk, output: DuckDBVector) => void;

function scalar<V extends number | string>(
  made: EngineFunction<V>,
  values: Values<V>,
): DuckDBScalarFunction {
  const compute = perChunk(made, values);
  return DuckDBScalarFunction.create({
    name: made.name,
    mainFunction: (_, input, output) => compute(input, output),
    returnType: DOUBLE,
    parameterTypes: [made.takes === "number" ? DOUBLE : VARCHAR, VARCHAR],
  });
}

type Values<V> = (vector: DuckDBVector) => (row: number) => V | null;

const numbersOf: Values<number> = (vector) => {
  const { items, validity } = vector as unknown as {
    items: Float64Array;
    validity: { itemValid(row: number): boolean };
  };
  return (row) => (validity.itemValid(row) ? (items[row] ?? null) : null);
};

const textsOf: Values<string> = (vector) => (row) => vector.getItem(row) as string | null;

/** Of so many settings it is kept what they made. */
const mostKept = 256;

/** Computes some thousand rows; what the settings made is kept for the next ones. */
function perChunk<V extends number | string>(made: EngineFunction<V>, values: Values<V>): Chunk {
  const kept = new Map<string, (value: V) => number>();
  return (input, output) => {
    const rows = input.rowCount;
    const all = input.getColumnVector(1);
    const settings = all.getItem(0);
    invariant(typeof settings === "string", `${made.name} is given its settings as a text`);
    invariant(all.getItem(rows - 1) === settings, `${made.name} has one settings for all rows`);
    const compute = kept.get(settings) ?? made.prepare(JSON.parse(settings));
    if (kept.size >= mostKept && !kept.has(settings)) kept.clear();
    kept.set(settings, compute);
    const valueAt = values(input.getColumnVector(0));
    for (let row = 0; row < rows; row++) {
      const value = valueAt(row);
      output.setItem(row, value === null ? null : compute(value));
    }
    output.flush();
  };
}
