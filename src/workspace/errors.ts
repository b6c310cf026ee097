/** @file The errors of a workspace. */
import { caller, failWith, notFound, quote } from "../core/index.ts";

export const workspaceErrors = {
  "workspace/missing-workspace": notFound(
    (d: { folder: string }) =>
      `there is no workspace in ${quote(d.folder)}; name one with --dir, or make one with the demo or openWorkspace`,
  ),
  "workspace/conflict-folder": caller(
    (d: { folder: string; found: string }) =>
      `${quote(d.folder)} holds ${quote(d.found)} and is not a Millrace workspace; choose an empty or a new folder`,
  ),
};

export const fail = failWith(workspaceErrors);
