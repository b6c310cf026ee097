import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differences, meant } from "../../tests/peer/compare-results.ts";
import { type PeerCase, peerTable, readPeerCases } from "../../tests/peer/great-expectations.ts";
import {
  caseDifferences,
  judgeCase,
  randomCase,
  randomTypes,
  readRandomResults,
  storedCases,
} from "../../tests/peer/random-cases.ts";
import { type AnyRows, type Engine, frame, openEngine } from "../table/index.ts";
import { readSuite } from "./json/suite-json.ts";
import { validate } from "./validate.ts";

const peer = await readPeerCases();
let engine: Engine;
let other: AnyRows;
beforeAll(async () => {
  engine = await openEngine();
  const main = peerTable(engine, peer, "main");
  other = frame({ ...main, sql: `SELECT * FROM (${main.sql}) LIMIT ${peer.other}` });
});
afterAll(() => engine.close());

async function judge(one: PeerCase) {
  const suite = readSuite({ name: "peer", expectations: [one.written] });
  const [result] = (
    await validate(peerTable(engine, peer, one.table), suite, {
      resultFormat: one.format,
      tables: { other },
      sources: {
        second: async (query) => {
          const rows = await engine.query(`WITH other AS (${other.sql}) ${query}`);
          return rows.map(({ n = null }) => ({ n: Number(n) }));
        },
      },
    })
  ).results;
  return result;
}

describe("validate", () => {
  test.each(peer.cases.map((one, i) => [i, one.type, one] as const))(
    "case %i: gives what Great Expectations gives for %s",
    async (_number, _name, one) => {
      const ours = await judge(one);
      const raised = ours?.exception_info.raised_exception;
      expect([ours?.success, raised]).toEqual([one.success, one.raised]);
      expect(differences(one, ours)).toEqual([]);
    },
  );
});

const random = await readRandomResults();
const cases = random.map((_, seed) => randomCase(seed, storedCases.expectations));

describe("validate, at random", () => {
  test.each(random.map((theirs, seed) => [seed, theirs] as const))(
    "table %i: gives what Great Expectations gives",
    async (seed, theirs) => {
      const one = randomCase(seed, storedCases.expectations);
      expect(caseDifferences(one, theirs, await judgeCase(engine, one))).toEqual([]);
    },
  );

  test("has met every type, empty tables and columns, and every difference that is meant", () => {
    const all = cases.flatMap((one, i) =>
      one.expectations.map((expectation, j) => ({ ...expectation, ...random[i]?.[j] })),
    );
    const types = new Set(all.map(({ type }) => type));
    expect(randomTypes.filter((type) => !types.has(type))).toEqual([]);
    expect(cases.some(({ rows }) => rows.length === 0)).toBe(true);
    const judged = [...all, ...peer.cases].flatMap((one) =>
      one.success === undefined || one.result === undefined
        ? []
        : { ...one, success: one.success, result: one.result },
    );
    expect(meant.filter(({ applies }) => !judged.some(applies)).map(({ why }) => why)).toEqual([]);
  });
});
