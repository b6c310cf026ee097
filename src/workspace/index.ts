export { workspaceErrors } from "./errors.ts";
export {
  openWorkspace,
  openWorkspaceLake,
  type Workspace,
  type WorkspaceOptions,
} from "./workspace.ts";
