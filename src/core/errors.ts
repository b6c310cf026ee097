/** @file The one error class, and how a noun declares the errors it can raise. */

/** Who can put it right. Decides the exit code of the CLI and the status of the server. */
export type ErrorKind = "caller" | "not-found" | "conflict" | "environment" | "internal";

/** Exit code and HTTP status of each kind of error. */
export const errorKinds: Readonly<Record<ErrorKind, { exit: number; status: number }>> = {
  caller: { exit: 2, status: 400 },
  "not-found": { exit: 3, status: 404 },
  conflict: { exit: 4, status: 409 },
  environment: { exit: 5, status: 503 },
  internal: { exit: 70, status: 500 },
};

/** One line of a catalogue: who can put it right, and the sentence made of its details. */
export interface ErrorEntry<D> {
  readonly kind: ErrorKind;
  readonly say: (details: D) => string;
}

/** A noun's errors: code → entry. Codes are public API; sentences may be improved at any time. */
export type Catalogue = Readonly<Record<string, ErrorEntry<never>>>;

/** The details that an error of this code carries. */
export type DetailsOf<C extends Catalogue, K extends keyof C> = Parameters<C[K]["say"]>[0];

/** An error that the caller can mend: exit code 2, HTTP 400. */
export const caller = <D>(say: (details: D) => string): ErrorEntry<D> => ({ kind: "caller", say });
/** Something that is not there: exit code 3, HTTP 404. */
export const notFound = <D>(say: (details: D) => string): ErrorEntry<D> => ({
  kind: "not-found",
  say,
});
/** Somebody else was there first: exit code 4, HTTP 409. */
export const conflict = <D>(say: (details: D) => string): ErrorEntry<D> => ({
  kind: "conflict",
  say,
});
/** The machine, not the caller: exit code 5, HTTP 503. */
export const environment = <D>(say: (details: D) => string): ErrorEntry<D> => ({
  kind: "environment",
  say,
});

/** The one error class. Branch on `code`, never on the message. */
export class MillraceError extends Error {
  override readonly name = "MillraceError";
  readonly code: string;
  readonly kind: ErrorKind;
  /** What was received and what was expected, as plain JSON. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    fact: { code: string; kind: ErrorKind; message: string; details: object },
    options?: ErrorOptions,
  ) {
    super(fact.message, options);
    this.code = fact.code;
    this.kind = fact.kind;
    this.details = { ...fact.details };
  }
}

/** Throws the catalogued error with this code. */
export type Fail<C extends Catalogue> = <K extends keyof C & string>(
  code: K,
  details: DetailsOf<C, K>,
  options?: ErrorOptions,
) => never;

/**
 * Makes the `fail` of one noun, typed by its catalogue: a code that is not in it, or details that
 * do not fit the code's sentence, do not compile.
 */
export function failWith<C extends Catalogue>(catalogue: C): Fail<C> {
  return (code, details, options) => {
    const entry = catalogue[code] as ErrorEntry<unknown>;
    const message = entry.say(details);
    throw new MillraceError(
      { code, kind: entry.kind, message, details: details as object },
      options,
    );
  };
}

/** Whether a caught value is one of our errors, and, if asked, of this code. */
export function isMillraceError(error: unknown, code?: string): error is MillraceError {
  return error instanceof MillraceError && (code === undefined || error.code === code);
}

/**
 * An error of a catalogue told anew, with other details: for callers that know better what a part of theirs complained of.
 * What is not of the catalogue comes back as it is.
 */
export function retold(
  catalogue: Catalogue,
  error: unknown,
  change: (details: MillraceError["details"]) => MillraceError["details"],
): unknown {
  if (!isMillraceError(error)) return error;
  const { code, kind, cause } = error;
  const entry = catalogue[code] as ErrorEntry<unknown> | undefined;
  if (entry === undefined) return error;
  const details = change(error.details);
  return new MillraceError({ code, kind, message: entry.say(details), details }, { cause });
}

/** Checks a promise of our own; a failure is a bug in Millrace, never in the caller's code. */
export function invariant(condition: unknown, promise: string): asserts condition {
  if (!condition)
    throw new MillraceError({
      code: "internal/failed",
      kind: "internal",
      message: `internal: ${promise}`,
      details: { promise },
    });
}

/** Runs code that a user handed us; what it throws is wrapped once, with the original as cause. */
export async function callUser<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isMillraceError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MillraceError(
      {
        code: "user/failed",
        kind: "caller",
        message: `${what} failed: ${reason}`,
        details: { what, reason },
      },
      { cause },
    );
  }
}
