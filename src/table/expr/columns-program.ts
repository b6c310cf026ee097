/**
 * @file Expressions computed for whole columns: the engine gives numbers and, of each text, which of the known
 * texts it is; the same steps as for one row do the rest, some thousand rows at a time.
 */
import { invariant } from "../../core/index.ts";
import { quoteText } from "../sql-text.ts";
import { type ColumnStep, columnStep } from "./column-steps.ts";
import { type CallNode, type ExprNode, isOneOrZero, type NodeKind, nodeKindOf } from "./node.ts";
import { nodeSql } from "./node-sql.ts";
import { codeOf } from "./number-steps.ts";
import { isSeed, murmur3 } from "./operations/hash.ts";
import { findOperation } from "./operations/index.ts";
import { isLookup, lookupSql } from "./operations/lookup.ts";

/** Expressions of numbers and truth values, ready to compute columns. */
export interface ColumnsProgram {
  /** What the engine is asked for: SQL that gives DOUBLE, NULL where missing. */
  readonly sql: readonly string[];
  /**
   * Computes all rows from the engine's columns, [n] each, and hands over each expression's values of some
   * rows: `take(expression, from, values)`, where the values are of the rows from `from` on.
   */
  run(columns: readonly Float64Array[], take: Take): void;
}

/** Takes some values of an expression. */
export type Take = (expression: number, from: number, values: Float64Array) => void;

/** How many rows are computed at a time: so few that all registers stay near the processor. */
const rowsAtATime = 256;

/** The program of some expressions. */
export function compileColumns(nodes: readonly ExprNode[]): ColumnsProgram {
  const compiler = new ColumnsCompiler();
  const results = nodes.map((node) => compiler.register(node));
  return {
    sql: compiler.inputSql(),
    run: (columns, take) => {
      const rows = columns[0]?.length ?? 0;
      const registers = compiler.registers();
      for (let from = 0; from < rows; from += rowsAtATime) {
        const n = Math.min(rowsAtATime, rows - from);
        for (const [i, at] of compiler.inputs.entries())
          registers[at] = columns[i]?.subarray(from, from + n) ?? new Float64Array(n);
        for (const { step, to } of compiler.steps) step(registers, registers[to] ?? none, n);
        for (const [j, at] of results.entries())
          take(j, from, (registers[at] ?? none).subarray(0, n));
      }
    },
  };
}

const none = new Float64Array();

/** A text that is compared and looked up: the texts it is held against, and where its number is. */
interface KnownTexts {
  readonly node: ExprNode;
  readonly numbers: Map<string, number>;
  readonly register: number;
}

class ColumnsCompiler {
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
        step: columnStep({ code: codeOf(operation), row: found.row, kinds, args }),
        to,
      });
    });
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
  if (keys.length < 12)
    return lookupSql(text, { keys, values: keys.map((_, i) => i), otherwise: -1 });
  const place = `enum_code(TRY_CAST(${text} AS ENUM(${keys.map(quoteText).join(", ")})))`;
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
