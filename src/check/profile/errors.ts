/** @file The errors of profiles: what cannot be compared. */
import { caller, failWith, quote } from "../../core/index.ts";

export const profileErrors = {
  "check/unsupported-profile": caller(
    (d: { found: unknown; known: number }) =>
      `compareProfiles: the earlier profile has format ${quote(d.found)}; expected ${d.known}. Profile the earlier version again, with table.read({ version })`,
  ),
};

export const fail = failWith(profileErrors);
