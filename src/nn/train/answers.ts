/** @file Where a network answers: here, or, when a run would keep the event loop too long, in a process of its own. */
import type { Session, Values } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { openModel, type RuntimeOptions } from "../runtime.ts";
import type { Answer, Asked } from "./answerer.ts";
import { programFile, startProcess } from "./child-process.ts";

/** Milliseconds of a run that the event loop may be kept for. */
const mostMs = 20;
/** Runs of which the quickest has to take longer: one may have waited for others. */
const measuredRuns = 3;

/** What answers: a session that may be elsewhere. */
export interface Answers extends Pick<Session, "run" | "close"> {
  /** The process in which the next run is; undefined before the first. */
  processId(): number | undefined;
}

/** What is asked, and what is known of it. */
export interface AnswersOptions {
  readonly model: () => Uint8Array;
  readonly on: RuntimeOptions;
  /** Whether a run is known to take long, by what it computes: it is never tried here then. */
  readonly isLong: boolean;
  /** Milliseconds that a run may take here. Default 20. */
  readonly mostMs?: number;
}

type Opened = Pick<Session, "run" | "close"> & { readonly processId: number | undefined };

/**
 * Opens a model for answers. Running keeps the thread, so a model that is known to take long is opened in a process of its own; and
 * one of which the quickest of the first three runs took over 20 ms goes there too.
 */
export function openAnswers({ model, on, isLong, mostMs: most = mostMs }: AnswersOptions): Answers {
  const open = async (gone: () => void): Promise<Opened> => {
    if (isElsewhere) return closedLast(openElsewhere(model(), on, gone));
    const session = await openModel(model(), on);
    return closedLast({ run: session.run, close: session.close, processId: process.pid });
  };
  let isElsewhere = isLong;
  let current: Promise<Opened> | undefined;
  let processId: number | undefined;
  let [measured, quickest] = [isLong ? measuredRuns : 0, Number.POSITIVE_INFINITY];
  const opened = (): Promise<Opened> => {
    const gone = (): void => {
      if (current === next) current = undefined; // it may be there the next time
    };
    const next = open(gone);
    current = next;
    next.catch(gone);
    return next;
  };
  const measure = async (took: number): Promise<void> => {
    quickest = Math.min(quickest, took);
    measured++;
    if (measured !== measuredRuns || quickest <= most) return;
    const before = current;
    isElsewhere = true;
    await opened();
    await (await before)?.close();
  };
  return {
    run: async (feeds) => {
      const session = await (current ?? opened());
      processId = session.processId;
      const started = performance.now();
      const told = await session.run(feeds);
      if (measured < measuredRuns) await measure(performance.now() - started);
      return told;
    },
    close: async () => {
      const before = current;
      current = undefined;
      await (await before)?.close();
    },
    processId: () => processId,
  };
}

type Told = Readonly<Record<string, Values>>;

/** The same, but that closing waits for the runs that are under way. */
function closedLast(session: Opened): Opened {
  let underWay = 0;
  const idle = Promise.withResolvers<void>();
  let isClosing = false;
  return {
    processId: session.processId,
    run: async (feeds) => {
      underWay++;
      try {
        return await session.run(feeds);
      } finally {
        underWay--;
        if (isClosing && underWay === 0) idle.resolve();
      }
    },
    close: async () => {
      isClosing = true;
      if (underWay > 0) await idle.promise;
      await session.close();
    },
  };
}

/** A model in a process of its own, which ends with this one, and does not keep it; `left` is called when it has gone. */
function openElsewhere(model: Uint8Array, on: RuntimeOptions, left: () => void): Opened {
  const waiting = new Map<number, PromiseWithResolvers<Told>>();
  let gone: unknown;
  const { child, pipe, exited } = startProcess(programFile("answerer"), (error) => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    left();
  });
  pipe.destroy();
  const send = (asked: Asked): void => void child.send(asked, () => undefined);
  const hold = (): void => {
    if (waiting.size > 0) child.channel?.ref();
    else child.channel?.unref();
  };
  child.on("message", (answer: Answer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    hold();
    if ("told" in answer) one?.resolve(answer.told);
    else one?.reject(failure(answer.reason));
  });
  child.unref();
  send({ model, on });
  hold();
  let id = 0;
  return {
    processId: child.pid,
    run: (feeds) => {
      if (gone !== undefined) return Promise.reject(gone);
      const asked = Promise.withResolvers<Told>();
      waiting.set(++id, asked);
      hold();
      send({ id, feeds });
      return asked.promise;
    },
    close: async () => {
      child.kill("SIGKILL");
      child.ref();
      await exited;
    },
  };
}

function failure(reason: string): unknown {
  try {
    return fail("nn/failed-worker", { reason });
  } catch (error) {
    return error;
  }
}
