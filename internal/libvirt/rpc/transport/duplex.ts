import type { Duplex } from 'node:stream';
import type { Transport } from './transport.ts';

interface DuplexTransportOptions {
  /** Ends what stands behind the stream. */
  readonly onDestroy?: () => void;
  /** What is known about the end of a stream that ended without an error. */
  readonly explain?: () => string;
  /** Each write waits for the one before, so that the stream never joins two. */
  readonly separateWrites?: boolean;
}

/** Any connected Duplex as a transport. */
export function duplexTransport(stream: Duplex, options: DuplexTransportOptions = {}): Transport {
  const waiting: { bytes: Buffer; written: (() => void) | undefined }[] = [];
  let isWriting = false;
  const writeNext = (): void => {
    const next = waiting.shift();
    isWriting = next !== undefined;
    if (!next) return;
    stream.write(next.bytes, () => {
      next.written?.();
      writeNext();
    });
  };
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
      if (options.separateWrites !== true) {
        stream.write(bytes, () => written?.());
        return;
      }
      waiting.push({ bytes, written });
      if (!isWriting) writeNext();
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
