/** @file Work of the engine, which looks at no signal, made to stop when one is aborted. */
import type { Engine } from "../table/index.ts";

/** How often the statements that run are interrupted until the work gives up, in milliseconds. */
const againMs = 50;

/**
 * The result of some work of an engine. When the signal is aborted, the engine's statements are
 * interrupted until the work ends; then the signal's reason is thrown, and what the work had begun
 * has been undone by itself.
 */
export async function stoppable<T>(
  { engine, signal }: { readonly engine: Pick<Engine, "interrupt">; readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    engine.interrupt();
    timer = setInterval(() => engine.interrupt(), againMs);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const result = await work();
    signal.throwIfAborted();
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener("abort", stop);
  }
}
