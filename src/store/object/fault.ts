/** @file From what a server or the network did to what it means and what to do about it. */
import { describeFailure, systemCode } from "../failures.ts";
import { ObjectFailure } from "./client.ts";

/** A failed request, understood. */
export interface Fault {
  /** `again`: try once more. `final`: trying again changes nothing. */
  readonly kind: "missing" | "exists" | "final" | "again";
  /** Whether the server may have done what it was asked. */
  readonly mayHaveHappened: boolean;
  /** Whether the server may still be at it. */
  readonly answered: boolean;
  readonly reason: string;
  readonly advice: string;
  /** How long the server asks us to wait, in milliseconds. */
  readonly afterMs: number;
}

interface Meaning {
  readonly codes: readonly string[];
  readonly reason: string;
  readonly advice: string;
}

const elsewhere = {
  reason: "the bucket is in another region",
  advice: "Give the bucket's own region.",
};
const refusals: readonly Meaning[] = [
  {
    codes: ["NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted"],
    reason: "the bucket or container does not exist",
    advice: "Make it, or correct its name; check the region and the endpoint too.",
  },
  {
    codes: [
      ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"],
      ...["AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation"],
    ],
    reason: "the server does not accept the credentials",
    advice: "Check the key, its secret and whether they have expired, and the region.",
  },
  { codes: ["PermanentRedirect", "AuthorizationHeaderMalformed"], ...elsewhere },
];
const forbidden = {
  reason: "the server forbids it",
  advice: "Give these credentials the right to read, write, list and delete objects there.",
};

const retried = new Set(["ConditionalRequestConflict", "OperationAborted", "RequestTimeout"]);
const clockLimitMs = 5 * 60_000;

/** Understands what a request threw. `nowMs` is this machine's clock, to be held against the server's. */
export function faultOf(error: unknown, nowMs: number): Fault {
  return error instanceof ObjectFailure ? refused(error, nowMs) : disconnected(error);
}

function refused(failure: ObjectFailure, nowMs: number): Fault {
  const { status, code, message, serverMs = nowMs, afterMs = 0 } = failure;
  const answer = [status, code].filter((part) => part !== "").join(" ");
  const said = message === "" ? `the server answered ${answer}` : `${message} (${answer})`;
  const fault = { mayHaveHappened: false, answered: true, afterMs };
  const final = ({ reason, advice }: Omit<Meaning, "codes">): Fault => ({
    ...fault,
    kind: "final",
    reason: `${reason} (${answer})`,
    advice,
  });
  const denied = status === 401 || status === 403;
  const offMs = Math.abs(nowMs - serverMs);
  if (denied && offMs > clockLimitMs)
    return final({
      reason: `this machine's clock is ${Math.round(offMs / 60_000)} minutes off the server's`,
      advice: "Set this machine's clock.",
    });
  const meaning = refusals.find(({ codes }) => codes.includes(code));
  if (meaning !== undefined) return final(meaning);
  if (denied) return final(forbidden);
  if (status === 301 || status === 307) return final(elsewhere);
  if (status === 412 || code === "BlobAlreadyExists")
    return { ...fault, kind: "exists", reason: said, advice: "Choose another key." };
  if (retried.has(code) || status === 408 || status === 429 || status >= 500)
    return {
      ...fault,
      kind: "again",
      mayHaveHappened: status >= 500 || status === 408,
      reason: `the server is busy or broken: ${said}`,
      advice: "Try again later.",
    };
  if (status === 404) return { ...fault, kind: "missing", reason: said, advice: "Check the key." };
  return { ...fault, kind: "final", reason: said, advice: "Check the endpoint and the options." };
}

const unreachable: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host is not known",
  EAI_AGAIN: "the host's address cannot be looked up",
  ECONNREFUSED: "nothing answers at the endpoint",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "the host cannot be reached",
  ENETDOWN: "there is no network",
  ECONNABORTED: "the connection was given up",
};
/** Failures of this machine's disk, not of the line. */
const local = new Set(["ENOENT", "ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EMFILE", "EIO"]);
const untrusted = /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

function disconnected(error: unknown): Fault {
  const code = networkCode(error);
  const known = unreachable[code];
  const fault = { answered: false, afterMs: 0 };
  if (known !== undefined)
    return {
      ...fault,
      kind: "again",
      mayHaveHappened: false,
      reason: `${known} (${code})`,
      advice: "Check the network and the endpoint.",
    };
  if (untrusted.test(code))
    return {
      ...fault,
      kind: "final",
      mayHaveHappened: false,
      reason: `the server's certificate is not trusted (${code})`,
      advice: "Use the right endpoint, or add its authority with NODE_EXTRA_CA_CERTS.",
    };
  if (local.has(code))
    return { ...fault, kind: "final", mayHaveHappened: false, ...describeFailure(error) };
  const late = isNamed(error, ["TimeoutError", "AbortError"]);
  if (code === "" && !late)
    return { ...fault, kind: "final", mayHaveHappened: true, ...describeFailure(error) };
  const what = late ? "the server did not answer in time" : "the connection broke";
  return {
    ...fault,
    kind: "again",
    mayHaveHappened: true,
    reason: code === "" ? what : `${what} (${code})`,
    advice: "Check the network, and try again.",
  };
}

const ofTheLine =
  /^(E[A-Z]{2,}|EAI_AGAIN|TRUNCATED|REQUEST_SEND_ERROR|PARSE_ERROR|ERR_STREAM_PREMATURE_CLOSE|ERR_TLS_.*|CERT_.*|DEPTH_ZERO.*|SELF_SIGNED.*|UNABLE_TO.*|HPE_.*)$/;

/** The system's word for a broken connection, wherever it is hidden. */
function networkCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = causeOf(at)) {
    const code = systemCode(at);
    if (ofTheLine.test(code)) return code;
  }
  return "";
}

const causeOf = (error: Error): unknown =>
  error instanceof AggregateError ? error.errors[0] : error.cause;

function isNamed(error: unknown, names: readonly string[]): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (names.includes(at.name)) return true;
  return error instanceof DOMException && names.includes(error.name);
}

/** A text without secrets in it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== "")
    .reduce((clean, secret) => clean.replaceAll(secret, "***"), text);
}
