import type { Duplex } from 'node:stream';
import type { Transport } from './transport.ts';

/** Any connected Duplex as a transport. `onDestroy` ends what stands behind it. */
export function duplexTransport(
  stream: Duplex,
  options: { onDestroy?: () => void; explain?: () => string } = {},
): Transport {
  return {
    start: (receiver) => {
      let failure: Error | null = null;
      stream.on('error', (error) => {
        failure = error;
      });
      stream.once('close', () => {
        const explanation = options.explain?.() ?? '';
        receiver.closed(failure ?? (explanation === '' ? null : new Error(explanation)));
      });
      stream.once('end', () => {
        stream.destroy();
      });
      stream.on('data', (chunk: Buffer) => {
        receiver.data(chunk);
      });
      stream.resume(); // TLS was paused after its first byte
    },
    write: (bytes, written) => {
      stream.write(bytes, () => written?.());
    },
    pause: () => {
      stream.pause();
    },
    resume: () => {
      stream.resume();
    },
    destroy: () => {
      stream.destroy();
      options.onDestroy?.();
    },
  };
}
