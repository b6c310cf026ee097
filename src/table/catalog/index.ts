export type { NeededGrant } from "./access.ts";
export type { LakeCatalog } from "./catalog.ts";
export type { CascadeOptions, DropOptions, DroppedThing, DropReport } from "./drop.ts";
export type { CatalogChange, CatalogEntry, Notes } from "./entry.ts";
export { catalogErrors } from "./errors.ts";
export type { AccessTask, CatalogGrants, GrantsOptions, GrantTask } from "./grants.ts";
export {
  type CatalogRef,
  checkSecurable,
  type SchemaRef,
  type Securable,
  type SecurableKind,
  type SecurableRef,
  type TableName,
  type TableRef,
  type VolumeRef,
} from "./names.ts";
export type {
  AnnotateOptions,
  CatalogObjects,
  ColumnRef,
  CreateOptions,
  SecurableInfo,
  TableInfo,
} from "./objects.ts";
export {
  type CatalogPrivilege,
  type Privilege,
  type PrivilegeOn,
  parsePrivilege,
  privilegeOn,
  type SchemaPrivilege,
  type TablePrivilege,
  type VolumePrivilege,
} from "./privileges.ts";
export type { FileBelow } from "./remove-files.ts";
export type { Grant } from "./state.ts";
export type { Volume } from "./volume.ts";
