/** @file The address of a server, checked without showing what may be secret in it. */
import { fail } from "../errors.ts";

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Checks an address and gives it without a "/" at its end. Throws `store/out-of-range-place`. */
export function checkEndpoint(at: string, endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const { protocol = "", username = "", password = "", search = "", hash = "" } = url ?? {};
  const plain = [username, password, search, hash].every((part) => part === "");
  if (!/^https?:$/.test(protocol) || !plain)
    fail("store/out-of-range-place", {
      at,
      what: "the endpoint",
      expected: "an http or https address without a user, a query or a fragment",
    });
  return endpoint.replace(/\/+$/, "");
}
