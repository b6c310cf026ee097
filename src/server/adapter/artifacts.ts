/** @file Files over Fastify: artifacts read and written as streams, at the places that MLflow's clients and page ask. */
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../mlflow/answer-error.ts";
import { checkFilePath } from "../mlflow/artifact-path.ts";
import {
  type ArtifactPlace,
  keyOfAddress,
  keyOfPath,
  localFile,
  removeArtifacts,
} from "../mlflow/artifact-store.ts";
import { placeOf, rootListing } from "../mlflow/artifacts.ts";
import { mediaType } from "../mlflow/media-type.ts";
import type { ProtocolStores } from "../mlflow/route.ts";

const proxyPlaces = ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"] as const;

/** The largest file that is taken through the page: MLflow's own limit. */
const mostOfPage = 10 * 2 ** 20;

/** Adds the places of files to a scope whose bodies are not parsed. */
export function addArtifacts(scope: FastifyInstance, stores: ProtocolStores): void {
  for (const place of proxyPlaces) {
    scope.get(`${place}/artifacts`, async (request) => rootListing(stores, query(request, "path")));
    scope.get<Wild>(`${place}/artifacts/*`, async ({ params }, reply) => {
      const artifacts = placeOf(stores);
      return send(artifacts, keyOfPath(artifacts, checkFilePath(params["*"])), reply);
    });
    scope.put<Wild>(`${place}/artifacts/*`, async (request) => {
      const artifacts = placeOf(stores);
      await receive(artifacts, keyOfPath(artifacts, checkFilePath(request.params["*"])), request);
      return {};
    });
    scope.delete<Wild>(`${place}/artifacts/*`, async ({ params }) => {
      const artifacts = placeOf(stores);
      await removeArtifacts(artifacts, keyOfPath(artifacts, checkFilePath(params["*"])));
      return {};
    });
    for (const step of ["create", "complete", "abort"])
      scope.post(`${place}/mpu/${step}/*`, async () =>
        refuse("NOT_IMPLEMENTED", "This store takes whole files, and no parts of them."),
      );
  }
  scope.get("/get-artifact", async (request, reply) => {
    const path = checkFilePath(query(request, "path"));
    const id = query(request, "run_id") || query(request, "run_uuid");
    const { artifactUri } = (await stores.tracking.run(id)).info;
    return send(placeOf(stores), `${keyOfAddress(placeOf(stores), artifactUri)}/${path}`, reply);
  });
  scope.get("/model-versions/get-artifact", async (request, reply) => {
    const path = checkFilePath(query(request, "path"));
    const number = Number(query(request, "version"));
    const address = await stores.registry.storage({ name: query(request, "name"), number });
    return send(placeOf(stores), `${keyOfAddress(placeOf(stores), address)}/${path}`, reply);
  });
  scope.post("/ajax-api/2.0/mlflow/upload-artifact", async (request) => {
    await uploadOfPage(stores, request);
    return {};
  });
}

interface Wild {
  readonly Params: { readonly "*": string };
}

/** The first value of a name in the query; "" where there is none. */
function query({ url }: FastifyRequest, name: string): string {
  const at = url.indexOf("?");
  return new URLSearchParams(at < 0 ? "" : url.slice(at + 1)).get(name) ?? "";
}

/** Sends a file to be kept: a browser never shows it as a page of this server. */
async function send(place: ArtifactPlace, key: string, reply: FastifyReply): Promise<FastifyReply> {
  const path = await localFile(place, key);
  const { size } = await stat(path);
  const name = basename(key);
  return reply
    .headers({
      "content-type": mediaType(name),
      "content-length": size,
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      "x-content-type-options": "nosniff",
    })
    .send(createReadStream(path));
}

/** Takes a file whole, or not at all. */
async function receive(
  { bytes }: ArtifactPlace,
  key: string,
  request: FastifyRequest,
): Promise<void> {
  const folder = await bytes.scratch();
  try {
    const path = join(folder, "upload");
    await pipeline(request.raw, createWriteStream(path));
    await bytes.putFile(key, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function uploadOfPage(stores: ProtocolStores, request: FastifyRequest): Promise<void> {
  const invalid = (message: string): never => refuse("INVALID_PARAMETER_VALUE", message);
  const id = query(request, "run_uuid") || invalid("Request must specify run_uuid.");
  const path = checkFilePath(query(request, "path") || invalid("Request must specify path."));
  const length = Number(request.headers["content-length"] ?? 0);
  if (length > mostOfPage) invalid("Artifact size is too large. Max size is 10MB.");
  if (length === 0) invalid("Request must specify data.");
  const { artifactUri } = (await stores.tracking.run(id)).info;
  const place = placeOf(stores);
  await receive(place, `${keyOfAddress(place, artifactUri)}/${path}`, request);
}
