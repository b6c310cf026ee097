/** @file The places of artifacts that answer with messages: what is in the folders of runs and logged models. */
import { refuse } from "./answer-error.ts";
import { checkArtifactPath } from "./artifact-path.ts";
import {
  type ArtifactEntry,
  type ArtifactPlace,
  entriesOf,
  keyOfAddress,
  keyOfPath,
} from "./artifact-store.ts";
import { required, text } from "./fields.ts";
import { listed } from "./messages.ts";
import { type ProtocolRoute, type ProtocolStores, route } from "./route.ts";
import { idOf } from "./runs.ts";

/** The places of lists of artifacts. */
export const artifactRoutes: readonly ProtocolRoute[] = [
  route(
    "GET 2.0 artifacts/list",
    { run_id: text(), run_uuid: text(), path: text(), page_token: text() },
    async ({ path = "", ...asked }, stores) => {
      const folder = checkArtifactPath(path);
      const { artifactUri } = (await stores.tracking.run(idOf(asked))).info;
      return { root_uri: artifactUri, ...(await listing(stores, artifactUri, folder)) };
    },
  ),
  route(
    "GET 2.0 logged-models/:model_id/artifacts/directories",
    { model_id: required(text()), artifact_directory_path: text(), page_token: text() },
    async ({ model_id, artifact_directory_path: path = "" }, stores) => {
      const folder = checkArtifactPath(path);
      const { artifactUri } = await stores.tracking.loggedModels.get(model_id);
      return { root_uri: artifactUri, ...(await listing(stores, artifactUri, folder)) };
    },
  ),
];

/** The entries of a folder by their paths under an address. */
async function listing(stores: ProtocolStores, address: string, folder: string): Promise<object> {
  const place = placeOf(stores);
  const key = [keyOfAddress(place, address), folder].filter((part) => part !== "").join("/");
  const entries = await entriesOf(place, key);
  const path = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  return listed(
    "files",
    entries.map((entry) => fileMessage(entry, path(entry.name))),
  );
}

/** The entries of a folder under the root, by their names. */
export async function rootListing(stores: ProtocolStores, path: string): Promise<object> {
  const place = placeOf(stores);
  const entries = await entriesOf(place, keyOfPath(place, checkArtifactPath(path)));
  return listed(
    "files",
    entries.map((entry) => fileMessage(entry, entry.name)),
  );
}

/** Where artifacts are. Refuses where the server has none. */
export const placeOf = ({ artifacts }: ProtocolStores): ArtifactPlace =>
  artifacts ?? refuse("NOT_IMPLEMENTED", "This server does not serve artifacts.");

const fileMessage = ({ isFolder, sizeBytes }: ArtifactEntry, path: string): object => ({
  path,
  is_dir: isFolder,
  ...(isFolder ? {} : { file_size: sizeBytes }),
});
