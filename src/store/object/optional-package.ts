/** @file Packages that only some users need: loaded when first used, and asked for by name when missing. */

import { fail } from "../errors.ts";
import { systemCode } from "../failures.ts";

/**
 * Loads a package.
 *
 * @param feature - What needs it, for the message.
 * @throws `store/missing-package`, which says the command that installs it
 */
export async function loadPackage<T>(
  what: { readonly name: string; readonly feature: string },
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (systemCode(cause) !== "ERR_MODULE_NOT_FOUND") throw cause;
    return fail("store/missing-package", what, { cause });
  }
}
