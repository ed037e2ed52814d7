import {
  ConsolesServiceService,
  type ConsoleEnding,
  type ConsoleOpened,
  type ConsoleOpening,
} from '../../../internal/api/grpc/generated/protium/v1/consoles.ts';
import type { Daemon } from '../connection/daemon.ts';
import { Failure } from '../failure.ts';

/** Both sides of a console, as whoever uses it has them. */
export interface ConsoleUser {
  /** What goes to the console; its end lets the console stay open. */
  readonly typed: AsyncIterable<Uint8Array>;
  /** What comes from it; the next is not read before it resolves. */
  show(bytes: Uint8Array): Promise<void>;
  opened?(console: ConsoleOpened): void;
}

/** Opens a console and carries bytes both ways. Resolves with why it ended; null: the signal came. */
export async function attach(
  daemon: Daemon,
  opening: ConsoleOpening,
  user: ConsoleUser,
  signal: AbortSignal,
): Promise<ConsoleEnding | null> {
  const conversation = daemon.converse(ConsolesServiceService.attachConsole, { signal });
  await conversation.send({ message: { $case: 'open', value: opening } });
  let typing: Promise<void> | undefined;
  const type = async (): Promise<void> => {
    for await (const bytes of user.typed) {
      if (signal.aborted) return;
      await conversation.send({ message: { $case: 'data', value: Buffer.from(bytes) } });
    }
  };
  for await (const { message } of conversation.answers) {
    switch (message?.$case) {
      case 'opened':
        user.opened?.(message.value);
        // What goes wrong with the typing side ends it alone: the console is what counts.
        typing ??= type().catch(() => undefined);
        break;
      case 'data':
        await user.show(message.value);
        break;
      case 'ended':
        return message.value;
      case undefined:
        break;
    }
  }
  return null;
}

/** An end that was not wished for is a failure. */
export function requireGoodEnd(ending: ConsoleEnding | null): void {
  if (ending === null || ending.reason === 'guest-ended') return;
  throw new Failure(ending.reason, ending.message);
}
