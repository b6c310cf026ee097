/**
 * @file Expressions as a program that computes a row: a register for each value, a step for each operation,
 * each done once however many expressions it stands in. Numbers stay in an array of doubles, so that a
 * row makes nothing that has to be collected.
 */
import { invariant } from "../../core/index.ts";
import type { Cells } from "../../flow.ts";
import { readers } from "./cell-readers.ts";
import {
  type CallNode,
  type ColumnNode,
  type ExprNode,
  isOneOrZero,
  type LiteralNode,
  type NodeKind,
  nodeKindOf,
  type Operand,
} from "./node.ts";
import {
  callCode,
  codeOf,
  isNumberedCode,
  isSameCode,
  isSameTextCode,
  runSteps,
} from "./number-steps.ts";
import { findOperation } from "./operations/index.ts";
import type { Operation } from "./operations/operation.ts";

/** Some expressions, ready to compute rows. */
export interface Program {
  /** Computes a row; the values are there until the next one. */
  run(row: Cells): void;
  /** The value of an expression, by its place. */
  value(expression: number): Operand;
  /** Writes the values of all expressions into an array: NaN where missing, 1 for true, 0 for false. */
  write(numbers: Float64Array): void;
}

/** The registers of a program: numbers, truth values and moments in one, texts and tokens in the other. */
interface Memory {
  readonly numbers: Float64Array;
  readonly texts: Operand[];
}

/** Where a value is. */
interface Register {
  readonly at: number;
  readonly kind: NodeKind;
}

/** A step that is a function, of the memory and the row. */
type Prepare = (memory: Memory, row: { cells: Cells }) => () => void;

/** The program of some expressions. */
export function compileProgram(nodes: readonly ExprNode[]): Program {
  const compiler = new Compiler();
  const results = nodes.map((node) => compiler.register(node));
  const memory = compiler.memory();
  const current: { cells: Cells } = { cells: {} };
  const steps = Int32Array.from(compiler.steps.flat());
  const calls = compiler.calls.map((prepare) => prepare(memory, current));
  const places = Int32Array.from(results, ({ at }) => at);
  return {
    run: (row) => {
      current.cells = row;
      runSteps(steps, memory.numbers, calls);
    },
    value: (expression) => {
      const result = results[expression];
      invariant(result, "a program has a value for each of its expressions");
      return operandOf(memory, result);
    },
    write: (numbers) => {
      for (let j = 0; j < places.length; j++) numbers[j] = memory.numbers[places[j] ?? 0] ?? 0;
    },
  };
}

const isText = (kind: NodeKind): boolean => kind === "text" || kind === "tokens";

function operandOf({ numbers, texts }: Memory, { at, kind }: Register): Operand {
  if (isText(kind)) return texts[at] ?? null;
  const number = numbers[at] ?? Number.NaN;
  if (Number.isNaN(number)) return null;
  return kind === "bool" ? number === 1 : number;
}

function write({ numbers, texts }: Memory, { at, kind }: Register, value: Operand): void {
  if (isText(kind)) texts[at] = value;
  else
    numbers[at] = typeof value === "number" ? value : value === null ? Number.NaN : Number(value);
}

class Compiler {
  /** Codes and registers, as `runSteps` takes them. */
  readonly steps: (readonly [number, number, number, number, number])[] = [];
  readonly calls: Prepare[] = [];
  readonly #registers: Register[] = [];
  readonly #known = new Map<string, Register>();
  readonly #constants: ((memory: Memory) => void)[] = [];
  readonly #params = new Map<object, string>();
  readonly #texts = new Map<number, TextNumbers>();

  /** The memory, with the constants in it. */
  memory(): Memory {
    const size = this.#registers.length;
    const memory = { numbers: new Float64Array(size), texts: new Array<Operand>(size).fill(null) };
    for (const set of this.#constants) set(memory);
    return memory;
  }

  /** Where the value of a node will be. */
  register(node: ExprNode): Register {
    if (node.op === "literal") return this.#literal(node);
    if (node.op === "column") return this.#column(node);
    if (isOneOrZero(node)) {
      const same = this.#sameness(node);
      if (same !== undefined) return same;
    }
    const args = node.args.map((arg) => this.register(arg));
    const operation = findOperation(node.operation, node.params);
    invariant(operation, `the operation ${JSON.stringify(node.operation)} is known`);
    const kind = operation.kind(args.map((arg) => arg.kind));
    invariant(kind, `the arguments of ${node.operation} in a checked expression fit`);
    const places = args.map(({ at }) => at).join(",");
    const key = `${node.operation} ${places} ${this.#paramsKey(node)}`;
    return this.#once(key, kind, (to) => this.#call(node, { operation, args, to }));
  }

  /** `when(a.is(b), 1, 0)` in one step; undefined for other conditions. */
  #sameness({ args: [condition] }: CallNode): Register | undefined {
    if (condition?.op !== "call" || condition.operation !== "equal") return undefined;
    const [first, second] = condition.args;
    if (first === undefined || second === undefined) return undefined;
    const a = this.register(first);
    if (!isText(a.kind)) {
      const b = this.register(second);
      return this.#once(`same ${a.at},${b.at}`, "number", (to) => {
        this.steps.push([isSameCode, to.at, a.at, b.at, 0]);
      });
    }
    if (second.op !== "literal") return undefined;
    const { at, wanted } = this.#wanted(a, String(second.value));
    return this.#once(`same ${at} ${wanted}`, "number", (to) => {
      this.steps.push([isSameTextCode, to.at, at, at, wanted]);
    });
  }

  #once(key: string, kind: NodeKind, make: (to: Register) => void): Register {
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const register = { at: this.#registers.length, kind };
    this.#registers.push(register);
    this.#known.set(key, register);
    make(register);
    return register;
  }

  #paramsKey({ params }: CallNode): string {
    if (params === undefined) return "";
    const key = this.#params.get(params) ?? JSON.stringify(params);
    this.#params.set(params, key);
    return key;
  }

  #step(call: Prepare): void {
    this.steps.push([callCode, 0, this.calls.length, 0, 0]);
    this.calls.push(call);
  }

  #literal({ kind, value }: LiteralNode): Register {
    const key = `literal ${kind} ${JSON.stringify(value)}`;
    return this.#once(key, kind, (to) => {
      this.#constants.push((memory) => write(memory, to, value));
    });
  }

  #column({ name, kind }: ColumnNode): Register {
    return this.#once(`column ${kind} ${name}`, nodeKindOf(kind), (to) => {
      const read = readers[kind];
      if (kind === "float")
        return this.#step((memory, row) => () => {
          const cell = row.cells[name];
          if (typeof cell === "number") memory.numbers[to.at] = cell;
          else write(memory, to, read(cell, name));
        });
      this.#step((memory, row) => () => write(memory, to, read(row.cells[name], name)));
    });
  }

  #call(node: CallNode, call: Call): void {
    const { args, to } = call;
    const [a, b, c] = args;
    const code = codeOf(node.operation);
    if (code !== undefined && args.every(({ kind }) => !isText(kind))) {
      this.steps.push([code, to.at, a?.at ?? 0, b?.at ?? 0, c?.at ?? 0]);
      return;
    }
    const [, literal] = node.args;
    if (node.operation === "equal" && a !== undefined && literal?.op === "literal")
      this.#equalText(a, String(literal.value), to);
    else this.#step((memory) => applied(memory, call));
  }

  #equalText(text: Register, literal: string, { at: to }: Register): void {
    const { at, wanted } = this.#wanted(text, literal);
    this.steps.push([isNumberedCode, to, at, at, wanted]);
  }

  /** Texts that are compared with several are looked up once, and compared as numbers. */
  #wanted(text: Register, literal: string): { readonly at: number; readonly wanted: number } {
    const { at, numbers } = this.#texts.get(text.at) ?? this.#numbered(text);
    const wanted = numbers.get(literal) ?? numbers.size;
    numbers.set(literal, wanted);
    return { at, wanted };
  }

  #numbered(text: Register): TextNumbers {
    const numbers = new Map<string, number>();
    const { at } = this.#once(`number ${text.at}`, "number", (to) => {
      this.#step((memory) => () => {
        const found = memory.texts[text.at];
        memory.numbers[to.at] = typeof found === "string" ? (numbers.get(found) ?? -1) : Number.NaN;
      });
    });
    const known = { at, numbers };
    this.#texts.set(text.at, known);
    return known;
  }
}

/** The texts that a text is compared with, and the register of the number of what it is. */
interface TextNumbers {
  readonly at: number;
  readonly numbers: Map<string, number>;
}

interface Call {
  readonly operation: Operation;
  readonly args: readonly Register[];
  readonly to: Register;
}

/** The operation's row function, applied to registers. */
function applied(memory: Memory, { operation, args, to }: Call): () => void {
  const { row: apply } = operation;
  const [a, b] = args;
  if (args.length === 1 && a !== undefined)
    return () => write(memory, to, apply(operandOf(memory, a)));
  if (args.length === 2 && a !== undefined && b !== undefined)
    return () => write(memory, to, apply(operandOf(memory, a), operandOf(memory, b)));
  return () => write(memory, to, apply(...args.map((arg) => operandOf(memory, arg))));
}
