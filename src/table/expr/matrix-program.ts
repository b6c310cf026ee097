/**
 * @file Expressions computed for whole columns into a matrix: the engine gives numbers and, of each text, which
 * of the known texts it is; the same steps as for one row do the rest, some hundred rows at a time.
 */
import { invariant } from "../../core/index.ts";
import { type ColumnStep, columnStep } from "./column-steps.ts";
import { chooseRows, copyRows, type Rows, spreadRows, writeColumn } from "./matrix-rows.ts";
import { type CallNode, type ExprNode, isOneOrZero, type NodeKind, nodeKindOf } from "./node.ts";
import { nodeSql } from "./node-sql.ts";
import { codeOf } from "./number-steps.ts";
import { isSeed, murmur3 } from "./operations/hash.ts";
import { findOperation } from "./operations/index.ts";
import { enumPlaceSql, isLookup, lookupSql } from "./operations/lookup.ts";

/** Expressions of numbers and truth values, ready to compute a matrix. */
export interface MatrixProgram {
  /** What the engine is asked for: SQL that gives DOUBLE, NULL where missing. */
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

/** How many rows are computed at a time: so few that all registers stay near the processor. */
const rowsAtATime = 256;

/**
 * The program of some expressions, one a column of the matrix; of several for one column each row has its own
 * taken.
 */
export function compileMatrix(columns: readonly (readonly ExprNode[])[]): MatrixProgram {
  const compiler = new MatrixCompiler();
  const { written, spreads } = placed(columns, compiler);
  const { inputs, steps } = compiler;
  const write = (registers: readonly Float64Array[], rows: Rows, chosen: Chosen): void => {
    const valuesOf = (at: number): Float64Array => registers[at] ?? none;
    for (const { column, among } of written) {
      const choice = chosen[column];
      const [first = none] = among.map(valuesOf);
      const values = choice === undefined ? first : chooseRows(among.map(valuesOf), { ...rows, choice }); // biome-ignore format: one line
      writeColumn(values, rows, column);
    }
    for (const { place, value, columnOf } of spreads)
      spreadRows(valuesOf(place), valuesOf(value), { ...rows, columnOf });
  };
  let registers: Float64Array[] | undefined;
  return {
    sql: compiler.inputSql(),
    fill: (given, to, chosen = []) => {
      registers ??= compiler.registers();
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

/** A column that has the value where the place is the wanted one, and zero elsewhere. */
interface Spot {
  readonly place: number;
  readonly wanted: number;
  readonly value: number;
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

/** A text that is compared and looked up: the texts it is held against, and where its number is. */
interface KnownTexts {
  readonly node: ExprNode;
  readonly numbers: Map<string, number>;
  readonly register: number;
}

class MatrixCompiler {
  readonly steps: { readonly step: ColumnStep; readonly to: number }[] = [];
  /** The registers that the engine fills. */
  readonly inputs: number[] = [];
  readonly #inputSql: (() => string)[] = [];
  readonly #known = new Map<string, number>();
  readonly #constants = new Map<number, number>();
  readonly #texts = new Map<string, KnownTexts>();
  #size = 0;

  inputSql(): readonly string[] {
    return this.#inputSql.map((sql) => sql());
  }

  /** New registers, with the constants in them. */
  registers(): Float64Array[] {
    return Array.from({ length: this.#size }, (_, at) =>
      new Float64Array(rowsAtATime).fill(this.#constants.get(at) ?? 0),
    );
  }

  /** The register of a node that gives a number, a truth value or a moment. */
  register(node: ExprNode): number {
    if (node.op === "literal") {
      return this.#once(`literal ${String(node.value)}`, (to) =>
        this.#constants.set(to, Number(node.value)),
      );
    }
    if (node.op === "column")
      return this.#input(`column ${node.kind} ${node.name}`, () => nodeSql(node));
    if (isOneOrZero(node)) {
      const same = this.#sameness(node);
      if (same !== undefined) return same;
    }
    if (node.args.some((arg) => isText(arg))) return this.#ofText(node);
    const args = node.args.map((arg) => this.register(arg));
    const { operation, params } = node;
    const key = `${operation} ${args.join(",")} ${params === undefined ? "" : JSON.stringify(params)}`;
    return this.#once(key, (to) => {
      const found = findOperation(operation, params);
      invariant(found, `the operation ${JSON.stringify(operation)} is known`);
      const kinds = node.args.map(kindOf);
      this.steps.push({
        step: columnStep({ code: codeOf(operation), operation: found, kinds, args }),
        to,
      });
    });
  }

  /** `when(place.is(literal), value, 0)` as a spot; undefined for any other node. */
  spot(node: ExprNode): Spot | undefined {
    if (node.op !== "call" || node.operation !== "when") return undefined;
    const [condition, value, otherwise] = node.args;
    if (value === undefined || otherwise?.op !== "literal" || !Object.is(otherwise.value, 0))
      return undefined;
    if (condition?.op !== "call" || condition.operation !== "equal") return undefined;
    const [place, wanted] = condition.args;
    if (place === undefined || wanted?.op !== "literal") return undefined;
    if (!isText(place))
      return { place: this.register(place), wanted: Number(wanted.value), value: this.register(value) }; // biome-ignore format: one line
    const { register, numbers } = this.#textsOf(place);
    const number = numberOfText(numbers, String(wanted.value));
    return { place: register, wanted: number, value: this.register(value) };
  }

  /** `when(a.is(b), 1, 0)` in one step; undefined for other conditions. */
  #sameness({ args: [condition] }: CallNode): number | undefined {
    if (condition?.op !== "call" || condition.operation !== "equal") return undefined;
    const [first, second] = condition.args;
    if (first === undefined || second === undefined) return undefined;
    if (isText(first)) {
      if (second.op !== "literal") return undefined;
      const { register, numbers } = this.#textsOf(first);
      const wanted = numberOfText(numbers, String(second.value));
      return this.#once(`same ${register} number ${wanted}`, (to) => {
        const step: ColumnStep = (registers, out, n) => sameAs(registers[register] ?? none, { out, n, wanted }); // biome-ignore format: one line
        this.steps.push({ step, to });
      });
    }
    const a = this.register(first);
    if (second.op === "literal") {
      const wanted = Number(second.value);
      return this.#once(`same ${a} value ${wanted}`, (to) => {
        const step: ColumnStep = (registers, out, n) => sameAs(registers[a] ?? none, { out, n, wanted }); // biome-ignore format: one line
        this.steps.push({ step, to });
      });
    }
    return undefined;
  }

  /** A number made of a text: of which text it is, where only known ones matter; else by the engine. */
  #ofText(node: CallNode): number {
    const [text, other] = node.args;
    if (node.operation === "equal" && text !== undefined && other?.op === "literal") {
      const { register, numbers } = this.#textsOf(text);
      const wanted = numberOfText(numbers, String(other.value));
      return this.#once(`is ${register} ${wanted}`, (to) => {
        const step: ColumnStep = (registers, out, n) => isNumbered(registers[register] ?? none, { out, n, wanted }); // biome-ignore format: one line
        this.steps.push({ step, to });
      });
    }
    if (node.operation === "lookup" && text !== undefined && isLookup(node.params)) {
      const { keys, values, otherwise } = node.params;
      const { register, numbers } = this.#textsOf(text);
      const places = keys.map((key) => numberOfText(numbers, key));
      return this.#once(`lookup ${register} ${JSON.stringify(node.params)}`, (to) => {
        const table = new Map(places.map((place, i) => [place, values[i] ?? Number.NaN]));
        const other = otherwise ?? Number.NaN;
        let dense: Float64Array | undefined;
        const step: ColumnStep = (registers, out, n) => {
          dense ??= Float64Array.from({ length: numbers.size }, (_, place) => table.get(place) ?? other); // biome-ignore format: one line
          lookedUp(registers[register] ?? none, { out, n, dense, other });
        };
        this.steps.push({ step, to });
      });
    }
    if (node.operation === "hash" && text !== undefined && isSeed(node.params))
      return this.#hash(text, { node, seed: node.params.seed });
    return this.#input(JSON.stringify(node), () => nodeSql(node));
  }

  /** Known texts are hashed once; the engine hashes the others. */
  #hash(
    text: ExprNode,
    { node, seed }: { readonly node: CallNode; readonly seed: number },
  ): number {
    const { register, numbers } = this.#textsOf(text);
    const others = this.#input(JSON.stringify(node), () => {
      const [sql, place] = [nodeSql(node), placeSql(nodeSql(text), [...numbers.keys()])];
      return numbers.size === 0 ? sql : `(CASE WHEN ${place} = -1 THEN ${sql} END)`;
    });
    return this.#once(`hash ${register} ${seed}`, (to) => {
      let hashes: Float64Array | undefined;
      const step: ColumnStep = (registers, out, n) => {
        hashes ??= Float64Array.from(numbers.keys(), (known) => murmur3(known, seed));
        const [places, rest] = [registers[register] ?? none, registers[others] ?? none];
        for (let i = 0; i < n; i++) {
          const place = places[i] ?? -1;
          out[i] = place >= 0 ? (hashes[place] ?? 0) : (rest[i] ?? 0);
        }
      };
      this.steps.push({ step, to });
    });
  }

  #textsOf(node: ExprNode): KnownTexts {
    const key = JSON.stringify(node);
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const numbers = new Map<string, number>();
    const register = this.#input(`text ${key}`, () => placeSql(nodeSql(node), [...numbers.keys()]));
    const made = { node, numbers, register };
    this.#texts.set(key, made);
    return made;
  }

  #input(key: string, sql: () => string): number {
    return this.#once(`input ${key}`, (to) => {
      this.inputs.push(to);
      this.#inputSql.push(sql);
    });
  }

  #once(key: string, make: (to: number) => void): number {
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const to = this.#size;
    this.#size += 1;
    this.#known.set(key, to);
    make(to);
    return to;
  }
}

/** SQL for the place of a text among others: −1 where it is none of them, NULL where it is missing. */
function placeSql(text: string, keys: readonly string[]): string {
  const place = enumPlaceSql(text, keys);
  if (place === undefined)
    return lookupSql(text, { keys, values: keys.map((_, i) => i), otherwise: -1 });
  return `(CASE WHEN ${text} IS NOT NULL THEN coalesce(CAST(${place} AS DOUBLE), -1) END)`;
}

function numberOfText(numbers: Map<string, number>, text: string): number {
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  return number;
}

/** 1 where a number is the wanted one, else 0. */
function sameAs(
  column: Float64Array,
  { out, n, wanted }: { out: Float64Array; n: number; wanted: number },
): void {
  for (let i = 0; i < n; i++) out[i] = column[i] === wanted ? 1 : 0;
}

/** 1 where the text has the wanted number, 0 where it is another, NaN where it is missing. */
function isNumbered(
  texts: Float64Array,
  { out, n, wanted }: { out: Float64Array; n: number; wanted: number },
): void {
  for (let i = 0; i < n; i++) {
    const text = texts[i] ?? 0;
    out[i] = text === wanted ? 1 : text >= -1 ? 0 : Number.NaN;
  }
}

function lookedUp(
  texts: Float64Array,
  { out, n, dense, other }: { out: Float64Array; n: number; dense: Float64Array; other: number },
): void {
  for (let i = 0; i < n; i++) {
    const text = texts[i] ?? 0;
    out[i] = text >= 0 ? (dense[text] ?? 0) : text === -1 ? other : Number.NaN;
  }
}

/** The kind that a node of a checked expression gives. */
function kindOf(node: ExprNode): NodeKind {
  if (node.op === "column") return nodeKindOf(node.kind);
  if (node.op === "literal") return node.kind;
  const kind = findOperation(node.operation, node.params)?.kind(node.args.map(kindOf));
  invariant(kind, `the arguments of ${node.operation} in a checked expression fit`);
  return kind;
}

const isText = (node: ExprNode): boolean => {
  const kind = kindOf(node);
  return kind === "text" || kind === "tokens";
};
