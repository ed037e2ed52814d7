import { connect } from 'node:net';
import { Failure } from '../failure.ts';

/** Nothing tells that a port of a guest is open: it is tried again so often. */
const againMs = 500;
const answerMs = 3000;

/**
 * The first of the addresses at which the port takes connections, IPv4 before IPv6.
 *
 * @param name for the sentence
 * @param deadline in milliseconds since the epoch
 * @throws Failure `deadline-exceeded`
 */
export async function awaitPort(
  name: string,
  addresses: readonly string[],
  port: number,
  deadline: number,
): Promise<string> {
  const sorted = [...addresses].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')));
  for (;;) {
    const answers = await Promise.all(sorted.map((address) => isOpen(address, port)));
    const open = sorted.find((_address, index) => answers[index] === true);
    if (open !== undefined) return open;
    if (Date.now() >= deadline) {
      throw new Failure(
        'deadline-exceeded',
        `Nothing answered at port ${port} of ${name} (${sorted.join(', ')}) in time.`,
        { details: { addresses: sorted, port } },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
