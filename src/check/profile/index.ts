export { compareProfiles } from "./compare-profiles.ts";
export { profileErrors } from "./errors.ts";
export { missingTogether } from "./missing-pairs.ts";
export {
  type ColumnProfile,
  type Correlations,
  type Histogram,
  type MissingPair,
  type MissingPattern,
  type NumberProfile,
  type ProfileDrift,
  type ProfiledDrift,
  profileFormat,
  type TableProfile,
  type TextProfile,
  type ValueCount,
} from "./profile.ts";
export { type ProfileOptions, profileTable } from "./profile-table.ts";
export { profileText } from "./profile-text.ts";
export {
  type Proposal,
  type ProposedSuite,
  type ProposeOptions,
  proposeSuite,
} from "./propose-suite.ts";
export type { RhythmName } from "./rhythm.ts";
export { guessPatterns } from "./text-pattern.ts";
export {
  type Load,
  loadsOf,
  type VolumeReport,
  type Watched,
  type WatchOptions,
  watchTable,
  watchVolume,
} from "./watch-volume.ts";
