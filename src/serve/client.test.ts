import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import type { Cells, Model, Prediction, Signature } from "../flow.ts";
import { serveHttp } from "../server/index.ts";
import { type Client, client } from "./client.ts";
import { endpoint } from "./endpoint.ts";

interface ChurnRow {
  readonly tenure: number;
  readonly contract: "month" | "year" | null;
  readonly since?: Date;
}
const signature: Signature = {
  inputs: {
    tenure: { kind: "float", nullable: false },
    contract: { kind: "category", nullable: true, levels: ["month", "year"] },
    since: { kind: "timestamp", nullable: true },
  },
  output: { name: "churn", kind: "bool" },
};
const answerTo = (row: Cells): Prediction<boolean> => {
  const tenure = Number(row["tenure"]);
  return { value: tenure < 10, probability: 1 / (1 + tenure) };
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
async function serveChurn(): Promise<string> {
  const log = { signature, append: async () => undefined };
  const predictAll = (rows: readonly Cells[]) => rows.map(answerTo);
  const churn = endpoint({ name: "churn", model: { signature, predictAll }, version: 2, log });
  const server = await serveHttp({ endpoints: [churn] });
  closers.push(() => server.close());
  return server.url;
}
/** A server that is not ours. */
async function serveOther(status: number, text: string | null): Promise<string> {
  const server = createServer((_, response) => {
    if (text !== null) response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const ask = <M = Model<ChurnRow, boolean>>(url: string, timeoutMs = 5000) =>
  client<M>(url, { endpoint: "churn", timeoutMs });

describe("client", () => {
  test("gives the prediction that the model gives", async () => {
    const churn = ask(`${await serveChurn()}/`);
    const row: ChurnRow = { tenure: 3, contract: "year", since: new Date(5) };
    expect(await churn.predict(row)).toEqual({ value: true, probability: 0.25 });
    const answers = await churn.answer([row], { requestId: "mine" });
    expect(answers).toMatchObject({ requestIds: ["mine"], modelVersion: 2, warnings: [] });
  });

  test("law: served predictions are the local ones, in any number", async () => {
    const churn = ask(await serveChurn());
    for (const n of [0, 1, 999, 2500]) {
      const rows = Array.from({ length: n }, (_, i) => ({ tenure: i / 7, contract: null }));
      expect(await churn.predictAll(rows)).toEqual(rows.map(answerTo));
    }
  });

  test("asks for the model's row and gives the model's value", () => {
    type Asked = Client<ChurnRow, boolean>;
    expectTypeOf(ask<Model<ChurnRow, boolean>>).returns.toEqualTypeOf<Asked>();
    expectTypeOf<Parameters<Asked["predict"]>[0]>().toEqualTypeOf<ChurnRow>();
    const churn = ask("http://127.0.0.1:9");
    // @ts-expect-error an unknown category does not compile
    const unknown = (): unknown => churn.predict({ tenure: 1, contract: "decade" });
    // @ts-expect-error a missing field does not compile
    const missing = (): unknown => churn.predict({ tenure: 1 });
    expect([unknown, missing]).toHaveLength(2);
  });

  test("throws the server's error as its own", async () => {
    const url = await serveChurn();
    const row = { tenure: "3" };
    await expect(ask<Model>(url).predict(row)).rejects.toMatchObject({
      name: "MillraceError",
      code: "serve/mismatch-request",
      kind: "caller",
      details: { problems: [{ field: "tenure", expected: "a number", got: '"3"' }] },
    });
    await expect(client(url, { endpoint: "chrun" }).predict({})).rejects.toMatchObject({
      code: "server/unknown-endpoint",
      kind: "not-found",
    });
  });

  test("refuses to send what JSON cannot hold", async () => {
    const churn = ask("http://127.0.0.1:9");
    await expect(churn.predict({ tenure: Number.NaN, contract: null })).rejects.toMatchObject({
      code: "serve/mismatch-request",
      details: { problems: [{ field: "tenure", got: "NaN" }] },
    });
  });

  const row: ChurnRow = { tenure: 1, contract: null };
  test("says when nobody answers, and when not in time", async () => {
    await expect(ask("http://127.0.0.1:9").predict(row)).rejects.toMatchObject({
      code: "serve/failed-connection",
      kind: "environment",
    });
    await expect(ask(await serveOther(200, null), 50).predict(row)).rejects.toMatchObject({
      code: "serve/timed-out-request",
    });
  });

  test.each([
    [200, "<html>"],
    [200, "{}"],
    [200, '{"predictions":[],"request_ids":[],"model_version":1,"warnings":[]}'],
    [502, '{"error":"bad gateway"}'],
  ])("does not take status %d with %s for an answer", async (status, text) => {
    const churn = ask(await serveOther(status, text));
    await expect(churn.predict(row)).rejects.toMatchObject({ code: "serve/failed-answer" });
  });

  test("refuses a time-out that is none", () => {
    expect(() => ask("http://127.0.0.1:9", 0)).toThrow(
      expect.objectContaining({ code: "option/out-of-range" }),
    );
  });
});
