/** @file Where a server is, as whom, and how long it may take; what it says, without a password. */
import { checkNames, checkNumber, isMillraceError } from "../../core/index.ts";
import { fail } from "./errors.ts";

/** A server that keeps features. */
export interface ServerStoreOptions {
  /** Its address, with user and password where it asks for them. They are in no error and no log. */
  readonly url: string;
  /** What all its keys or tables begin with; stores of different prefixes do not see each other. Default "millrace". */
  readonly prefix?: string;
  /**
   * Milliseconds until a read or a connection is given up. A command that writes has 60 s, or this
   * where it is more. Default 5,000.
   */
  readonly timeoutMs?: number;
}

/** What an adapter is given: checked and complete. */
export interface ServerPlace {
  readonly url: string;
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly writeTimeoutMs: number;
  /** The address without the password and what may hide one. */
  readonly at: string;
  /** Throws what a server or its package said as an error of ours. */
  failed(thrown: unknown): never;
  timedOut(timeoutMs: number): never;
}

/**
 * Checks options.
 *
 * @param protocols - Those that the address may have.
 * @throws `feature/out-of-range-online-address`, `option/out-of-range`, `option/unknown-name`
 */
export function serverPlace(
  name: string,
  options: ServerStoreOptions,
  protocols: readonly string[],
): ServerPlace {
  checkNames(name, options, ["url", "prefix", "timeoutMs"]);
  const { url, prefix = "millrace", timeoutMs = 5000 } = options;
  checkNumber(name, { timeoutMs }, { min: 1, max: 3_600_000 });
  const expected = protocols.map((one) => `"${one}//user:password@host:port/…"`).join(" or ");
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !protocols.includes(parsed.protocol))
    return fail("feature/out-of-range-online-address", { expected });
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(prefix))
    return fail("feature/out-of-range-online-address", {
      expected: 'a prefix of at most 40 small letters, digits and "_"',
    });
  const at = shownUrl(parsed);
  const secrets = secretsOf(parsed);
  return {
    ...{ url, prefix, timeoutMs, writeTimeoutMs: Math.max(60_000, timeoutMs), at },
    failed: (thrown) => {
      if (isMillraceError(thrown)) throw thrown;
      // What was thrown is no cause of ours: it may carry the address.
      return fail("feature/failed-online-store", { at, reason: hidden(reasonOf(thrown), secrets) });
    },
    timedOut: (ms) => fail("feature/timed-out-online-store", { at, timeoutMs: ms }),
  };
}

function shownUrl({ protocol, username, host, pathname }: URL): string {
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

function secretsOf({ password, searchParams }: URL): readonly string[] {
  return [password, decoded(password), ...searchParams.values()].filter((secret) => secret !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const hidden = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, "…"), text);

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (ECONNREFUSED)",
  ENOTFOUND: "there is no machine of that name (ENOTFOUND)",
  ECONNRESET: "the connection broke (ECONNRESET)",
};

function reasonOf(thrown: unknown): string {
  const error = thrown as NodeJS.ErrnoException;
  const said = error?.message || error?.code || String(thrown);
  return words[error?.code ?? ""] ?? said.replace(/\.$/, "");
}
