import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Cells } from "../../src/flow.ts";
import {
  type BoolExpr,
  bool,
  category,
  cells,
  dateParts,
  features,
  featuresFromState,
  fitFeatures,
  float,
  frame,
  int,
  type NumberExpr,
  numeric,
  openEngine,
  schema,
  specsRead,
  text,
  timestamp,
  toOnnx,
  when,
} from "../../src/index.ts";
import {
  everyKind,
  everyTransform,
  fitRow,
  knownRows,
  servedRow,
} from "../support/every-transform.ts";
import { npmPackage } from "./npm.ts";
import { type OnnxRun, onnxScript, runOnnx, runOnnxWeb } from "./onnx.ts";
import { openPeer } from "./peer.ts";
import { pythonWith } from "./python.ts";

const python = pythonWith("onnx");
if ("missing" in python) process.stdout.write(`onnx interop skipped: ${python.missing}\n`);

const web = npmPackage("onnxruntime-web");
if (web.missing !== undefined) process.stdout.write(`onnx web interop skipped: ${web.missing}\n`);

const nullable = { nullable: true } as const;
const things = schema("things", {
  x: float(nullable),
  y: float(nullable),
  whole: int(nullable),
  note: text(nullable),
  plan: category(["free", "paid", "it's"], nullable),
  on: bool(nullable),
  off: bool(nullable),
  at: timestamp(nullable),
  later: timestamp(nullable),
});
const c = cells(things);
const truth = (b: BoolExpr): NumberExpr => when(b.isMissing().not(), when(b, 1, 0));
const edges = Array.from({ length: 40 }, (_, i) => i - 20);
const zone = { zone: "America/New_York" } as const;
const words = { keys: ["slow", "internet", "été"], values: [0.5, -2, 3] };

/** Every operation, by methods of expressions; what is exact, and what may differ in its last digits. */
const exact: Readonly<Record<string, NumberExpr>> = {
  plus: c.x.plus(c.y),
  minus: c.x.minus(c.whole),
  times: c.x.times(c.y),
  over: c.x.over(c.y),
  atLeast: c.x.atLeast(c.y),
  atMost: c.x.atMost(0),
  sqrt: c.x.sqrt(),
  abs: c.x.abs(),
  floor: c.x.floor(),
  mod: c.x.mod(7),
  bucketOf: c.x.bucketOf(edges),
  step: c.x.step([0], [1, 2]),
  interpolate: c.x.interpolate([0, 1, 5], [0, 10, -3]),
  orElse: c.x.orElse(c.y),
  literal: c.x.times(0).orElse(0).plus(3),
  is: truth(c.x.is(c.y)),
  isBelow: truth(c.x.isBelow(c.y)),
  isAtMost: truth(c.x.isAtMost(c.y)),
  isMissing: truth(c.x.isMissing()),
  noteMissing: truth(c.note.isMissing()),
  and: truth(c.on.and(c.off)),
  or: truth(c.on.or(c.off)),
  not: truth(c.on.not()),
  boolIs: truth(c.on.is(true)),
  boolOrElse: truth(c.on.orElse(c.off)),
  when: when(c.on, c.x, c.y),
  keepIf: when(c.off, c.x),
  textIs: truth(c.note.is("Été")),
  textIn: truth(c.note.isIn(["slow", ""])),
  planIs: truth(c.plan.is("it's")),
  textOrElse: c.note.orElse(c.plan).length(),
  textWhen: when(c.on, c.note, c.plan).hash(),
  textKeepIf: when(c.on, c.note).hash(3),
  joined: c.note.joined([c.plan, "!"], " & ").hash(),
  length: c.note.length(),
  trim: c.note.trim().hash(),
  lower: c.note.lower().hash(),
  lookup: c.note.lower().lookup({ ...words, otherwise: 7 }),
  lookupNone: c.plan.lookup({ keys: ["free"], values: [1] }),
  lookupEmpty: c.plan.lookup({ keys: [], values: [] }),
  tokens: c.note.tokens().total(),
  count: c.note.lower().tokens().count("slow"),
  stopped: c.note
    .lower()
    .tokens({ stopWords: ["the", "été"] })
    .total(),
  bigrams: c.note.tokens({ ngrams: [1, 2], stopWords: ["the"] }).count("slow internet"),
  trigrams: c.note.tokens({ ngrams: [3, 3] }).total(),
  pieces: c.note.tokens({ letters: [2, 4], stopWords: ["the"] }).count(" sl"),
  piecesOfAll: c.note
    .lower()
    .tokens({ letters: [1, 3] })
    .total(),
  pattern: c.note.tokens({ pattern: "[a-z][a-z]+" }).total(),
  isBefore: truth(c.at.isBefore(c.later)),
  daysSince: c.at.daysSince(c.later),
  atOrElse: c.at.orElse(c.later).daysSince(new Date(0)),
  ...Object.fromEntries(dateParts.map((part) => [part, c.at.part(part)])),
  ...Object.fromEntries(dateParts.map((part) => [`${part} in zone`, c.at.part(part, zone)])),
};
const close: Readonly<Record<string, NumberExpr>> = {
  log: c.x.log(),
  exp: c.x.exp(),
  power: c.x.power(0.3),
  square: c.x.power(2),
  sin: c.x.sin(),
  cos: c.x.cos(),
  meanOf: c.note.lower().tokens().meanOf(words),
  normOf: c.note.lower().tokens().normOf(words),
  normOfAmounts: c.note.tokens().normOf(words, "l1"),
  normalQuantile: c.x.normalQuantile(1e-7),
  normalQuantileWithin: c.x.interpolate([-20, 20], [0, 1]).normalQuantile(1e-12),
  meanOfAll: c.note.tokens().meanOf({ ...words, otherwise: 1 }),
};

const number = fc.oneof(
  fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN, 1e300, 5e-324),
  fc.integer({ min: -30, max: 30 }),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }),
);
const note = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc
    .array(
      fc.constantFrom(
        "slow",
        "Slow",
        "the",
        "internet",
        "Été",
        "ÉTÉ",
        "İx",
        "ΣΑΣ",
        "🙂",
        "a1",
        ",",
        "\n",
        " ",
      ),
    )
    .map((all) => all.join(" ")),
);
const moment = fc.oneof(
  fc.date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true }),
  fc
    .integer({ min: -3_600_000, max: 3_600_000 })
    .map((ms) => new Date(Date.UTC(2026, 2, 8, 7) + ms)),
  fc.constantFrom(new Date("2024-02-29"), new Date("2000-12-31T23:59:59.999Z"), new Date(-1)),
);
const row = fc.record({
  x: fc.option(number),
  y: fc.option(number),
  whole: fc.option(fc.integer({ min: -9, max: 9 })),
  note: fc.option(note),
  plan: fc.option(fc.constantFrom("free", "paid", "it's", "gold")),
  on: fc.option(fc.boolean()),
  off: fc.option(fc.boolean()),
  at: fc.option(moment),
  later: fc.option(moment),
});

const fittedOf = (exprs: Readonly<Record<string, NumberExpr>>) => {
  const definition = features(things, () =>
    Object.fromEntries(Object.entries(exprs).map(([name, expr]) => [name, numeric(expr)])),
  );
  const made = Object.entries(exprs).map(([name, expr]) => ({
    name,
    transform: "numeric",
    options: {},
    reads: expr.reads,
    stats: {},
    outputs: [{ name, node: expr.node }],
  }));
  return featuresFromState({ format: 1, inputs: specsRead(definition), features: made });
};

type Run = (run: OnnxRun) => Promise<number[][]>;

/** What every runtime must do. */
function computesAsRowsDo(run: Run): void {
  const compare = async (
    exprs: Readonly<Record<string, NumberExpr>>,
    same: (ours: number, theirs: number) => boolean,
  ) => {
    const fitted = fittedOf(exprs);
    const rows = fc.sample(row, { numRuns: 1500, seed: 4 });
    const theirs = await run({ model: toOnnx(fitted), reads: fitted.reads, rows });
    const wrong = rows.flatMap((cells, i) =>
      [...fitted.row(cells)].flatMap((ours, j) => {
        const their = theirs[i]?.[j] ?? Number.NaN;
        return same(ours, their) ? [] : [{ feature: fitted.names[j], cells, ours, theirs: their }];
      }),
    );
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(theirs).toHaveLength(rows.length);
  };
  const equal = (ours: number, theirs: number): boolean =>
    ours === theirs || (Number.isNaN(ours) && Number.isNaN(theirs));

  test("computes every exact operation bit for bit as a row does, but for the sign of zero", async () => {
    await compare(exact, equal);
  });

  test("computes logarithms, powers, sines and means as a row does to 4e-15 of the value", async () => {
    await compare(
      close,
      (ours, theirs) =>
        equal(ours, theirs) || Math.abs(ours - theirs) <= 4e-15 * Math.max(1, Math.abs(ours)),
    );
  });

  test("takes one row, and rows in which every text is missing", async () => {
    const fitted = fittedOf({ ...exact, ...close });
    const { reads } = fitted;
    const empty = Object.fromEntries(Object.keys(things.columns).map((name) => [name, null]));
    const model = toOnnx(fitted);
    for (const rows of [
      [empty],
      [empty, empty],
      [{ ...empty, note: "" }],
      [{ ...empty, note: " " }],
    ])
      expect(await run({ model, reads, rows })).toEqual(
        rows.map((cells) => [...fitted.row(cells)]),
      );
  });
}

/** Every transform as one model, fitted on rows that are hard on it. */
const fitEveryTransform = async () => {
  const cases = Object.entries(everyTransform).flatMap(([transform, named]) =>
    Object.entries(named).map(([name, of]) => [`${transform}/${name}`, of] as const),
  );
  const definition = features(everyKind, (columns) =>
    Object.fromEntries(cases.map(([name, { make }]) => [name, make(columns)])),
  );
  const seed = { numRuns: 60, seed: 3 };
  const train = [...knownRows, ...fc.sample(fitRow, seed)].map((cells, id) => ({ ...cells, id }));
  await using engine = { ...(await openEngine()), [Symbol.asyncDispose]: () => engine.close() };
  const columns = Object.entries(everyKind.columns).map(([name, { kind }]) => ({ name, kind }));
  const rows = train.map((row: Cells) => columns.map(({ name }) => row[name] ?? null));
  return engine.withRows({ columns, cells: rows }, (table) =>
    fitFeatures(definition, frame({ engine, schema: everyKind, sql: `SELECT * FROM ${table}` }), {
      label: "left",
    }),
  );
};

function computesEveryTransform(run: Run): void {
  test("computes every transform as a row does to 1e-9 of the value", async () => {
    const fitted = await fitEveryTransform();
    const rows = fc
      .sample(servedRow, { numRuns: 400, seed: 5 })
      .map((cells) => ({ ...cells, id: 1 }));
    const theirs = await run({ model: toOnnx(fitted), reads: fitted.reads, rows });
    const wrong = rows.flatMap((cells, i) =>
      [...fitted.row(cells)].flatMap((ours, j) => {
        const their = theirs[i]?.[j] ?? Number.NaN;
        const same = ours === their || (Number.isNaN(ours) && Number.isNaN(their));
        return same || Math.abs(ours - their) <= 1e-9 * Math.max(1, Math.abs(ours))
          ? []
          : [
              {
                feature: fitted.names[j],
                origin: fitted.origins[j]?.feature,
                cells,
                ours,
                theirs: their,
              },
            ];
      }),
    );
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(theirs).toHaveLength(rows.length);
  });
}

describe.skipIf("missing" in python)("ONNX Runtime in Python", () => {
  const peer = openPeer(python, onnxScript);
  afterAll(() => peer[Symbol.asyncDispose]());
  computesAsRowsDo((run) => runOnnx(peer, run));
  computesEveryTransform((run) => runOnnx(peer, run));
});

describe.skipIf(web.missing !== undefined)("ONNX Runtime for the web", () => {
  computesAsRowsDo(async (run) => runOnnxWeb(web.folder ?? "", run));
  computesEveryTransform(async (run) => runOnnxWeb(web.folder ?? "", run));
});
