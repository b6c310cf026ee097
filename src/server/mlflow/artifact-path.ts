/** @file Paths of artifacts that requests name: never up, never absolute, never by codes that hide either. */
import { refuse } from "./answer-error.ts";
import { unquoted } from "./model-source.ts";

const invalid = (): never => refuse("INVALID_PARAMETER_VALUE", "Invalid path");

/**
 * The plain path that a request names, without "." and without slashes too many. "" is the root.
 *
 * Refuses, with MLflow's "Invalid path", what goes up, is absolute on any system, has a backslash, a "#", a NUL or a scheme in it;
 * percent codes are taken off first, however often they were written over each other.
 */
export function checkArtifactPath(given: string): string {
  const path = unquoted(given);
  if (/[\\#\0]/.test(path) || /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith("/")) invalid();
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) invalid();
  return names.join("/");
}

/** The same, of a path that must name something. */
export const checkFilePath = (given: string): string => checkArtifactPath(given) || invalid();
