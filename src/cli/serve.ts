/** @file `millrace serve`: answers requests with a registered model. */
import { openWorkspace } from "../workspace/index.ts";
import { command, type Surroundings } from "./command.ts";
import { serveWorkspace } from "./serving.ts";

/** Serves until Ctrl-C, then answers what is under way and closes. */
export async function serveUntilStopped(
  task: { readonly folder: string; readonly model: string; readonly port: number },
  { reporter, signal, json, print }: Surroundings,
): Promise<void> {
  await using workspace = await openWorkspace(task.folder);
  const serving = await serveWorkspace({ workspace, model: task.model, port: task.port });
  const { url } = serving.web;
  if (json) print(`${JSON.stringify({ url, model: task.model, version: serving.version })}\n`);
  reporter.note(
    `${task.model} version ${serving.version} answers at ${url} (a page, and POST ${url}/endpoints/${task.model}/invocations). Ctrl-C stops it.`,
  );
  await new Promise<void>((stop) => {
    if (signal.aborted) stop();
    else signal.addEventListener("abort", () => stop(), { once: true });
  });
  await serving.close();
  reporter.note("closed; every answer is in the inference log.");
}

export const serve = command({
  name: "serve",
  summary: "Answer requests over HTTP with the champion of a model.",
  about: [
    "Loads the version with the alias champion, checks requests against its signature, and keeps every",
    "answer in the inference log, a Delta table of the same workspace. GET / is a page about it all.",
  ],
  options: {
    dir: { type: "string", default: "millrace-demo", value: "FOLDER", help: "the workspace" },
    model: { type: "string", default: "churn", value: "NAME", help: "the registered model" },
    port: { type: "number", default: 8080, value: "PORT", help: "0 picks a free one" },
  },
  examples: ["serve", "serve --dir my-churn --port 0"],
  run: async ({ dir, model, port }) => ({ folder: dir, model, port }),
  render: () => [],
  data: () => undefined,
  after: serveUntilStopped,
});
