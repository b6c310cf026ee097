/** @file What `grant` and `revoke` are given: a privilege, a name and a principal. */
import { type GrantTask, type Lake, privilegeOn, type Securable } from "../table/index.ts";
import type { ArgumentSpec, OptionSpec } from "./command.ts";
import { fail } from "./errors.ts";
import { namesOf } from "./options.ts";

/** The argument PRIVILEGE. */
export const privilegeArgument = {
  type: "string",
  help: 'what may be done, in any spelling: SELECT, MODIFY, "USE SCHEMA", READ_VOLUME; several with commas between them',
} as const satisfies ArgumentSpec;

/** The option that names a user or a group. */
export const toOption = {
  type: "string",
  value: "PRINCIPAL",
  help: "a user or a group",
} as const satisfies OptionSpec;

/** The values of those. */
interface GrantValues {
  readonly privilege: string;
  readonly name: string;
  readonly to: string | undefined;
}

/**
 * What is to be granted or revoked.
 *
 * @throws `cli/missing-option`, `table/unknown-privilege`, `table/missing-securable`,
 * `table/conflict-name`
 */
export async function grantTask(
  command: string,
  lake: Lake,
  { privilege, name, to }: GrantValues,
): Promise<GrantTask<Securable>> {
  const { value, help } = toOption;
  if (to === undefined) return fail("cli/missing-option", { command, option: "to", value, help });
  return { to, ...privilegeOn(await lake.find(name), namesOf([privilege])) };
}
