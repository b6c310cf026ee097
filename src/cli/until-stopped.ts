/** @file Waiting for Ctrl-C. */

/** Resolves when a signal is aborted; at once where it is already. */
export function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((stop) => {
    if (signal.aborted) stop();
    else signal.addEventListener("abort", () => stop(), { once: true });
  });
}
