import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** There is no event for a server that has begun to listen in a guest. */
const everyMs = 500;
const answerMs = 5000;

/**
 * Waits until an SSH server greets there. Resolves with whether it did, also when the signal comes first; never rejects.
 *
 * @param goesOn looked at before each try: false ends the waiting
 */
export async function awaitSshd(
  place: { readonly host: string; readonly port: number },
  { signal, goesOn }: { readonly signal: AbortSignal; readonly goesOn: () => boolean },
): Promise<boolean> {
  while (!signal.aborted && goesOn()) {
    if (await greets(place, signal)) return true;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** Whether a server there says `SSH-` first. */
function greets(
  place: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...place, signal, timeout: answerMs });
    const end = (greeted: boolean): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.once('data', (data: Buffer) => end(data.toString('latin1').startsWith('SSH-')));
    for (const event of ['error', 'timeout', 'close'] as const) socket.once(event, () => end(false));
  });
}
