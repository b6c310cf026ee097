/** @file Tests of `millrace server`: it answers until it is stopped, keeps what it was told, and is not reached from elsewhere. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../tests/support/run-command.ts";
import { executable } from "./execute.ts";
import { server } from "./server.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cli-server-"));
});
afterAll(() => rm(home, { recursive: true }));

/** Runs the server while something is done with it. */
async function during(
  more: readonly string[],
  work: (api: string) => Promise<void>,
): Promise<readonly string[]> {
  const stop = new AbortController();
  const listening = Promise.withResolvers<string>();
  const places = [
    "--store",
    `sqlite:///${join(home, "runs.db")}`,
    "--artifacts",
    join(home, "files"),
  ];
  const running = runCommand(executable(server), ["--port", "0", "--json", ...places, ...more], {
    signal: stop.signal,
    onPrint: (text) => listening.resolve((JSON.parse(text) as { url: string }).url),
  });
  running.catch(listening.reject);
  try {
    await work(`${await listening.promise}/api/2.0/mlflow`);
  } finally {
    stop.abort();
  }
  return (await running).notes;
}

const create = async (api: string): Promise<{ run_id: string; artifact_uri: string }> => {
  const answer = await fetch(`${api}/runs/create`, {
    method: "POST",
    body: JSON.stringify({ experiment_id: "0" }),
    headers: { "content-type": "application/json" },
  });
  return ((await answer.json()) as { run: { info: { run_id: string; artifact_uri: string } } }).run
    .info;
};

test("answers clients of MLflow, and has their runs when it is started again", async () => {
  let id = "";
  const notes = await during([], async (api) => {
    const { run_id, artifact_uri } = await create(api);
    id = run_id;
    expect(artifact_uri).toBe(`file://${join(home, "files")}/0/${run_id}/artifacts`);
  });
  expect(notes.join()).toContain("export MLFLOW_TRACKING_URI=http://127.0.0.1:");
  await during(["--proxy"], async (api) => {
    expect((await fetch(`${api}/runs/get?run_id=${id}`)).status).toBe(200);
    expect((await create(api)).artifact_uri).toMatch(/^mlflow-artifacts:\/0\//);
  });
});

test("is not reached from other machines, since it knows no users", async () => {
  const open = runCommand(executable(server), ["--host", "0.0.0.0", "--port", "0"]);
  await expect(open).rejects.toMatchObject({ code: "cli/unsupported-host" });
});
