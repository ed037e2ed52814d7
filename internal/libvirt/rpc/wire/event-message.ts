import type { LibvirtEvent } from '../../events.ts';
import type { Codec } from '../xdr/codec.ts';
import type { Reader } from '../xdr/reader.ts';
import type { registration } from './procedures/event.ts';

/** One kind of event: how it is asked for, and how its message is read. */
export interface EventMessage {
  /** Its name in the .x file without the prefix. */
  readonly name: string;
  /** The message's procedure number. */
  readonly number: number;
  readonly subsystem: keyof typeof registration;
  /** The subsystem's number of the event, for the registration. */
  readonly eventId: number;
  readonly shape: string;
  /** Throws LibvirtProtocolError if the message cannot be read or says something that has no name here. */
  read(reader: Reader): LibvirtEvent;
}

export function eventMessage<T>(
  subsystem: EventMessage['subsystem'],
  name: string,
  number: number,
  eventId: number,
  message: Codec<T>,
  toEvent: (message: T) => LibvirtEvent,
): EventMessage {
  return {
    name,
    number,
    subsystem,
    eventId,
    shape: message.shape,
    read: (reader) => toEvent(message.read(reader)),
  };
}
