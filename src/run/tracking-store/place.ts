/** @file What a tracking store is opened with, and where the artifacts of its runs are. */
import type { Clock, Ids } from "../../core/index.ts";
import type { Records } from "../../store/index.ts";

/** Options of {@link openTrackingStore}. */
export interface TrackingStoreOptions {
  readonly records: Records;
  /** The address under which the artifacts of experiments without a place of their own are: "file:///data/artifacts", "mlflow-artifacts:/". */
  readonly artifactRoot: string;
  /** The key in the byte store that the address stands for. Default "artifacts". */
  readonly artifactPrefix?: string;
  /** Tells the time. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Makes run ids. Default: random ones. */
  readonly ids?: Ids;
}

/** The tracking store's own things, with defaults filled in. */
export type TrackingPlace = Required<TrackingStoreOptions>;

/** The address of an experiment's artifacts. */
export const experimentUri = (
  { artifactRoot }: TrackingPlace,
  { id, location }: { readonly id: string; readonly location: string },
): string => (location === "" ? under(artifactRoot, id) : location);

/** The address of a run's artifacts, by what is kept of it. */
export function runUri(
  { artifactRoot, artifactPrefix }: TrackingPlace,
  run: { readonly artifact_location: string; readonly artifact_root: string },
): string {
  if (run.artifact_location !== "") return run.artifact_location;
  const key = run.artifact_root;
  const path =
    artifactPrefix !== "" && key.startsWith(`${artifactPrefix}/`)
      ? key.slice(artifactPrefix.length + 1)
      : key;
  return under(artifactRoot, path);
}

/** Where files of an experiment go: the columns in which their place is kept. */
export function placeOfFiles(
  { artifactPrefix }: TrackingPlace,
  experiment: { readonly id: string; readonly artifact_location: string },
  folder: string,
): { readonly artifact_root: string; readonly artifact_location: string } {
  const { id, artifact_location: location } = experiment;
  const prefix = artifactPrefix === "" ? "" : `${artifactPrefix}/`;
  return {
    artifact_root: `${prefix}${id}/${folder}`,
    artifact_location: location === "" ? "" : under(location, folder),
  };
}

/** An address, and a path under it; what stands behind "?" or "#" stays at the end. */
export function under(address: string, path: string): string {
  const [, place = address, rest = ""] = /^([^?#]*)(.*)$/s.exec(address) ?? [];
  return `${place}${place.endsWith("/") ? "" : "/"}${path}${rest}`;
}
