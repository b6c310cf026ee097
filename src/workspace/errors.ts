/** @file The errors of a workspace. */
import { caller, failWith, quote } from "../core/index.ts";

export const workspaceErrors = {
  "workspace/conflict-folder": caller(
    (d: { folder: string; found: string }) =>
      `${quote(d.folder)} holds ${quote(d.found)} and is not a Millrace workspace; choose an empty or a new folder`,
  ),
};

export const fail = failWith(workspaceErrors);
