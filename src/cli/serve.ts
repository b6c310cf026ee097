/** @file `millrace serve`: answers requests with a registered model. */
import { openWorkspace, type Workspace } from "../workspace/index.ts";
import { command, type Surroundings } from "./command.ts";
import { fail } from "./errors.ts";
import { namedStore, store } from "./online-store.ts";
import { serveWorkspace } from "./serving.ts";
import { untilStopped } from "./until-stopped.ts";
import { dir } from "./workspace-folder.ts";

/** Serves until Ctrl-C, then answers what is under way and closes. */
export async function serveUntilStopped(
  task: {
    readonly folder: string;
    readonly model: string | undefined;
    readonly port: number;
    readonly store?: string | undefined;
    readonly features?: boolean;
  },
  { reporter, signal, json, print }: Surroundings,
): Promise<undefined> {
  await using workspace = await openWorkspace(task.folder, { create: false });
  const model = await chosenModel(workspace, task.model);
  const serving = await serveWorkspace({ ...task, workspace, model });
  const { url } = serving.web;
  if (json) print(`${JSON.stringify({ url, model, version: serving.version })}\n`);
  reporter.note(
    `${model} version ${serving.version} answers at ${url} (a page, and POST ${url}/endpoints/${model}/invocations). Ctrl-C stops it.`,
  );
  await untilStopped(signal);
  await serving.close();
  reporter.note("closed; every answer is in the inference log.");
  return undefined;
}

/** The model that was named, or the only one there is. */
async function chosenModel({ registry }: Workspace, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const [only, ...others] = await registry.names();
  if (only === undefined || others.length > 0)
    return fail("cli/missing-model", { names: await registry.names() });
  return only;
}

export const serve = command({
  name: "serve",
  summary: "Answer requests over HTTP with the champion of a model.",
  about: [
    "Loads the version with the alias champion, checks requests against its signature, and keeps every",
    "answer in the inference log, a Delta table of the same workspace. GET / is a page about it all. A",
    "model that looks features up finds them in the workspace's online store, which is brought up to date",
    "first, or in one that several servers share (--store), which features materialize keeps up to date.",
    "With --features everybody who reaches the server may read features by key:",
    `POST /online/shop.spending/lookup with {"keys": [{"id": "a"}]}.`,
    "A network for images takes an image as the base64 of its bytes, row by row (of colours plane by plane), as nested lists, or as one",
    "list; GET /endpoints/NAME/signature shows the shape. With the 784 bytes of a digit of 28 × 28 in digit.raw:",
    "    image=$(base64 < digit.raw | tr -d '\\n')",
    "    curl localhost:8080/endpoints/digits/invocations -H 'content-type: application/json' \\",
    `      -d '{"dataframe_records": [{"image": "'$image'"}]}'`,
  ],
  options: {
    dir,
    model: {
      type: "string",
      value: "NAME",
      help: "the registered model; needed where there are several",
    },
    port: { type: "number", default: 8080, value: "PORT", help: "0 picks a free one" },
    store,
    features: { type: "boolean", default: false, help: "give features by key too" },
  },
  examples: [
    "serve",
    "serve --model digits",
    "serve --dir my-churn --port 0",
    "serve --store redis://localhost:6379",
    "serve --features",
  ],
  run: async ({ dir, model, port, store, features }) => ({
    ...{ folder: dir, model, port, features },
    store: namedStore(store),
  }),
  render: () => [],
  data: () => undefined,
  after: serveUntilStopped,
});
