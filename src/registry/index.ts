export type { Who } from "./aliases.ts";
export type { AuditAction, AuditEntry } from "./audit.ts";
export {
  type ChampionDecision,
  type ChampionQuestion,
  decideChampion,
  type Scored,
} from "./champion.ts";
export { registryErrors } from "./errors.ts";
export { type Candidate, type PromoteOptions, type Promotion, promote } from "./promote.ts";
export type { RegisterOptions } from "./register.ts";
export {
  type LoadedVersion,
  openRegistry,
  type Registry,
} from "./registry.ts";
export * from "./registry-store/index.ts";
export type { RegistryOptions } from "./room.ts";
