/** @file A request to a Millrace server, and its answer or error. */
import { type ErrorKind, errorKinds, isRecord, MillraceError } from "../core/index.ts";
import { fail, type Problem } from "./errors.ts";

/** What a server of ours answered. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Posts JSON and gives the answer. Throws `serve/failed-connection`, `serve/timed-out-request`,
 * `serve/failed-answer`, and what the server refused, as it would be without HTTP between.
 */
export async function post(
  url: string,
  request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly timeoutMs: number;
  },
): Promise<Reply> {
  const { headers, body, timeoutMs } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  let status = 0;
  let text = "";
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal,
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    if (signal.aborted) return fail("serve/timed-out-request", { url, timeoutMs }, { cause });
    return fail("serve/failed-connection", { url, reason: reasonOf(cause) }, { cause });
  }
  const reply = { status, body: parseReply(url, status, text) };
  if (status !== 200) throw serverError(url, reply);
  return reply;
}

/** fetch says "fetch failed"; its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message !== "" ? cause.message : "code" in cause ? String(cause.code) : cause.name;
}

function parseReply(url: string, status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    return fail("serve/failed-answer", { url, status, reason: "it is not JSON" }, { cause });
  }
}

/** The server's error, as if there were no HTTP between. */
function serverError(url: string, { status, body }: Reply): MillraceError {
  if (!isRecord(body) || typeof body["error_code"] !== "string")
    return fail("serve/failed-answer", { url, status, reason: "it names no error_code" });
  const kinds = Object.entries(errorKinds) as [ErrorKind, { status: number }][];
  const kind =
    kinds.find(([, known]) => known.status === status)?.[0] ??
    (status >= 500 ? "internal" : "caller");
  return new MillraceError({
    code: body["error_code"],
    kind,
    message: String(body["message"] ?? ""),
    details: isRecord(body["details"]) ? body["details"] : {},
  });
}

/** JSON writes NaN and Infinity as null, which would be another question. Throws `serve/mismatch-request`. */
export function checkFinite(at: string, rows: readonly unknown[]): void {
  const problems: Problem[] = [];
  for (const [row, value] of rows.entries())
    for (const [field, cell] of Object.entries(isRecord(value) ? value : {}))
      if (typeof cell === "number" && !Number.isFinite(cell))
        problems.push({ row, field, expected: "a finite number", got: String(cell) });
  if (problems.length > 0) fail("serve/mismatch-request", { at, problems, total: problems.length });
}
