/**
 * @file One HTTP request, over node:http: Node 24's fetch ends the process by a failed assertion of
 * its own when a server hangs up while a body is not being read ("assert(!this.paused)").
 */
import { Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as TlsAgent } from "node:https";

/** What is sent. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
}

/** Connections are used again; those that nobody uses do not keep the process alive. */
const plain = new Agent({ keepAlive: true, maxSockets: 64 });
const secure = new TlsAgent({ keepAlive: true, maxSockets: 64 });

/** Sends a request and gives the answer when its headers are there; its body must be read. */
export function sendHttp({ url, body, ...options }: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent =
      url.protocol === "https:"
        ? requestHttps(url, { ...options, agent: secure })
        : requestHttp(url, { ...options, agent: plain });
    sent.on("error", reject);
    sent.on("response", resolve);
    sent.end(body);
  });
}

/** The body of an answer as text. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
