/** @file Putting an object where nothing is, with a verdict that a lost answer cannot make wrong. */
import { fail } from "../errors.ts";
import type { Call, ObjectHead, ObjectPut } from "./client.ts";
import { downloadBytes } from "./download.ts";
import { type Fault, faultOf, withoutSecrets } from "./fault.ts";
import { type Remote, retrying } from "./retry.ts";

/** What may be sent twice to try a server, in bytes. */
const smallBytes = 2 ** 16;

/** What is known after the tries of one put. */
interface Tries {
  /** Whether an earlier try may have stored the object although no answer said so. */
  doubt: boolean;
  /** Whether the server may still be at one of them. */
  pending: boolean;
}

/**
 * Makes the conditional put of a store. All tries of one put carry one token. When a try's answer
 * was lost, "there is something" can mean our own bytes: then the token of what is there decides.
 *
 * The first small put that wins is sent once more, and must lose: a server that ignores the
 * condition is found out before anybody relies on it.
 *
 * @returns Whether the object was stored.
 * @throws `store/unknown-outcome`, `store/unsupported-condition`, and what the requests throw
 */
export function conditionalPut(
  remote: Remote,
): (object: Pick<ObjectPut, "key" | "body">) => Promise<boolean> {
  let honoured = false;
  return async ({ key, body }) => {
    const object = { key, body, ifAbsent: true, token: remote.patience.ids() };
    const tries: Tries = { doubt: false, pending: false };
    let stored = false;
    try {
      stored = await send(remote, object, tries);
    } catch (error) {
      if (!tries.doubt) throw error;
      return settle(remote, object, { tries, error });
    }
    honoured ||= !stored;
    if (!stored) return tries.doubt && settle(remote, object, { tries, error: undefined });
    if (!honoured && body.length <= smallBytes) honoured = await checkHonoured(remote, object);
    return true;
  };
}

/**
 * Sends the put until it is answered; false when something is there. A try after a doubtful one
 * looks first: a server that refuses a large body early breaks the line before its answer is read.
 */
async function send(remote: Remote, object: ObjectPut, tries: Tries): Promise<boolean> {
  const { client, patience } = remote;
  const failed = (fault: Fault): void => {
    tries.doubt ||= fault.mayHaveHappened;
    tries.pending ||= fault.mayHaveHappened && !fault.answered;
  };
  const work = async (call: Call): Promise<boolean> => {
    if (tries.doubt && (await client.head(object.key, call)) !== undefined) return false;
    await client.put(object, call);
    return true;
  };
  try {
    return await retrying(patience, { sizeBytes: object.body.length, work, failed });
  } catch (error) {
    if (faultOf(error, patience.clock()).kind === "exists") return false;
    throw error;
  }
}

/** The verdict when one of the tries may have stored the object although its answer was lost. */
async function settle(
  remote: Remote,
  object: ObjectPut,
  { tries, error }: { readonly tries: Tries; readonly error: unknown },
): Promise<boolean> {
  const verdict = await isOurs(remote, object).catch(() => undefined);
  if (verdict === "absent" && error !== undefined && !tries.pending) throw error;
  if (typeof verdict === "boolean") return verdict;
  const { client, patience } = remote;
  const reason =
    error === undefined ? "an answer was lost" : faultOf(error, patience.clock()).reason;
  return fail("store/unknown-outcome", {
    path: `${client.address}/${object.key}`,
    reason: withoutSecrets(reason, client.secrets()),
  });
}

/** Whether what is stored is what we put: by its token, else, where tokens are not kept, by its bytes. */
async function isOurs(remote: Remote, object: ObjectPut): Promise<boolean | "absent"> {
  const found = await headOf(remote, object.key);
  if (found === undefined) return "absent";
  if (found.token !== undefined) return found.token === object.token;
  const bytes = await downloadBytes(remote, object.key);
  return Buffer.compare(bytes, object.body) === 0;
}

const headOf = ({ client, patience }: Remote, key: string): Promise<ObjectHead | undefined> =>
  retrying(patience, { work: (call) => client.head(key, call) });

/**
 * Puts a stored object again: the server must refuse. Gives false when it did not say. A server that
 * does not may have lost the object to somebody who removed it meanwhile: a key that nobody else knows
 * then tells, and what was stored again is removed again.
 */
async function checkHonoured(remote: Remote, object: ObjectPut): Promise<boolean> {
  const again = await sendOnce(remote, object);
  if (again !== true) return again === false;
  const { client, patience } = remote;
  const own = { ...object, key: `${object.key}-${patience.ids()}` };
  const verdicts = [await sendOnce(remote, own), await sendOnce(remote, own)];
  const remove = (key: string): Promise<void> =>
    retrying(patience, { work: (call) => client.remove(key, call) });
  await remove(own.key);
  if (verdicts[1] === true)
    fail("store/unsupported-condition", { path: `${client.address}/${object.key}` });
  await remove(object.key);
  return verdicts[0] === true && verdicts[1] === false;
}

/** Whether a put was taken; undefined when that is not known. */
const sendOnce = (remote: Remote, object: ObjectPut): Promise<boolean | undefined> =>
  send(remote, object, { doubt: false, pending: false }).catch(() => undefined);
