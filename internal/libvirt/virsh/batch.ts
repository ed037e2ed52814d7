import { virError } from '../error-code.ts';
import { LibvirtError } from '../error.ts';

/** VIR_FROM_NONE: libvirt had no part in it. */
const fromNone = 0;

/**
 * A command as virsh reads it from its standard input: one line, each word in single quotes. A control character
 * would end the line or be taken for a key of the line editor.
 *
 * @throws LibvirtError with VIR_ERR_INVALID_ARG if a word contains one.
 */
export function batchLine(words: readonly string[], call: string): string {
  if (words.some((word) => /\p{Cc}/u.test(word))) {
    throw new LibvirtError({
      code: virError.invalidArgument,
      domain: fromNone,
      level: 2,
      message: 'virsh cannot take a value with control characters here',
      call,
    });
  }
  return `${words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')}\n`;
}
