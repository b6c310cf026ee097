export { workspaceErrors } from "./errors.ts";
export { openWorkspace, type Workspace, type WorkspaceOptions } from "./workspace.ts";
