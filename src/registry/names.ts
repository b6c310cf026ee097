/** @file Which names models and aliases can have: MLflow's rules, and safe as a folder's name. */
import { fail } from "./errors.ts";

/** Checks the name of a model. Throws `registry/out-of-range-name`. */
export function checkModelName(name: string): void {
  const expected = '1 to 200 letters, digits, "_", "-" and ".", beginning with a letter or digit';
  if (!/^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(name) || Buffer.byteLength(name) > 200)
    fail("registry/out-of-range-name", { what: "a model", given: name, expected });
}

/** Checks the name of an alias. Throws `registry/out-of-range-name`. */
export function checkAlias(alias: string): void {
  const expected = '1 to 255 of a-z, A-Z, 0-9, "_" and "-", but not "latest" or "v" and a number';
  if (!/^[\w-]{1,255}$/.test(alias) || /^(latest|v?\d+)$/i.test(alias))
    fail("registry/out-of-range-name", { what: "an alias", given: alias, expected });
}
