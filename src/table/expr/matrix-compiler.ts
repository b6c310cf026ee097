/** @file Expressions as steps over registers of some rows, and what the engine is asked for to fill the first of them. */
import { invariant } from "../../core/index.ts";
import { type ColumnStep, columnStep } from "./column-steps.ts";
import { hashRows, isNumbered, lookedUp, sameAs } from "./matrix-rows.ts";
import { type CallNode, type ExprNode, isOneOrZero, type NodeKind, nodeKindOf } from "./node.ts";
import { nodeSql } from "./node-sql.ts";
import { codeOf } from "./number-steps.ts";
import { isSeed, murmur3 } from "./operations/hash.ts";
import { findOperation } from "./operations/index.ts";
import { enumPlaceSql, isLookup, lookupSql } from "./operations/lookup.ts";

/** How many rows are computed at a time: so few that all registers stay near the processor. */
export const rowsAtATime = 256;

/** What computes some rows, when all expressions are known. */
export interface CompiledSteps {
  /** What the engine is asked for, and the register that each answer is put into. */
  readonly sql: readonly string[];
  readonly inputs: readonly number[];
  readonly steps: readonly { readonly step: ColumnStep; readonly to: number }[];
  /** Registers with the constants in them. */
  newRegisters(): Float64Array[];
}

/** A column that has the value where the place is the wanted one, and zero elsewhere. */
export interface Spot {
  readonly place: number;
  readonly wanted: number;
  readonly value: number;
}

/** A register, and the number that it is compared with. */
interface Match {
  readonly register: number;
  readonly wanted: number;
}

/** A text that is compared and looked up: the texts it is held against, and where its number is. */
interface KnownTexts {
  readonly node: ExprNode;
  readonly numbers: Map<string, number>;
  readonly register: number;
}

/** Gives each different expression a register once. */
export class MatrixCompiler {
  readonly #steps: { readonly step: ColumnStep; readonly to: number }[] = [];
  /** The registers that the engine fills. */
  readonly #inputs: number[] = [];
  readonly #inputSql: (() => string)[] = [];
  readonly #known = new Map<string, number>();
  readonly #constants = new Map<number, number>();
  readonly #texts = new Map<string, KnownTexts>();
  #size = 0;

  /** What was compiled. Texts are numbered as they are met, so that nothing is compiled afterwards. */
  finish(): CompiledSteps {
    return {
      sql: this.#inputSql.map((sql) => sql()),
      inputs: this.#inputs,
      steps: this.#steps,
      newRegisters: () =>
        Array.from({ length: this.#size }, (_, at) =>
          new Float64Array(rowsAtATime).fill(this.#constants.get(at) ?? 0),
        ),
    };
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
      this.#steps.push({
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
    const match = this.#match(condition);
    return match && { place: match.register, wanted: match.wanted, value: this.register(value) };
  }

  /** What `x.is(literal)` compares; undefined of any other node. Different texts have different numbers. */
  #match(node: ExprNode | undefined): Match | undefined {
    if (node?.op !== "call" || node.operation !== "equal") return undefined;
    const [of, literal] = node.args;
    if (of === undefined || literal?.op !== "literal") return undefined;
    if (!isText(of)) return { register: this.register(of), wanted: Number(literal.value) };
    const { register, numbers } = this.#textsOf(of);
    return { register, wanted: numberOfText(numbers, String(literal.value)) };
  }

  /** `when(x.is(literal), 1, 0)` in one step; undefined for other conditions. */
  #sameness({ args: [condition] }: CallNode): number | undefined {
    const match = this.#match(condition);
    if (match === undefined) return undefined;
    const { register, wanted } = match;
    return this.#step(`same ${register} ${wanted}`, (registers, out, n) =>
      sameAs(registers[register] ?? none, { out, n, wanted }),
    );
  }

  /** A number made of a text: of which text it is, where only known ones matter; else by the engine. */
  #ofText(node: CallNode): number {
    const [text] = node.args;
    const match = this.#match(node);
    if (match !== undefined) {
      const { register, wanted } = match;
      return this.#step(`is ${register} ${wanted}`, (registers, out, n) =>
        isNumbered(registers[register] ?? none, { out, n, wanted }),
      );
    }
    if (node.operation === "lookup" && text !== undefined && isLookup(node.params)) {
      const { keys, values, otherwise } = node.params;
      const { register, numbers } = this.#textsOf(text);
      const places = keys.map((key) => numberOfText(numbers, key));
      const table = new Map(places.map((place, i) => [place, values[i] ?? Number.NaN]));
      const other = otherwise ?? Number.NaN;
      let dense: Float64Array | undefined; // when all texts are numbered
      return this.#step(
        `lookup ${register} ${JSON.stringify(node.params)}`,
        (registers, out, n) => {
          dense ??= Float64Array.from(
            { length: numbers.size },
            (_, place) => table.get(place) ?? other,
          );
          lookedUp(registers[register] ?? none, { out, n, dense, other });
        },
      );
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
    let hashes: Float64Array | undefined; // when all texts are numbered
    return this.#step(`hash ${register} ${seed}`, (registers, out, n) => {
      hashes ??= Float64Array.from(numbers.keys(), (known) => murmur3(known, seed));
      hashRows(registers[register] ?? none, { out, n, hashes, others: registers[others] ?? none });
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

  #step(key: string, step: ColumnStep): number {
    return this.#once(key, (to) => this.#steps.push({ step, to }));
  }

  #input(key: string, sql: () => string): number {
    return this.#once(`input ${key}`, (to) => {
      this.#inputs.push(to);
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

const none = new Float64Array();
