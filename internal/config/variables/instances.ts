import { wholeNumber } from '../values.ts';
import type { Variable } from './variable.ts';

/** The making of VMs from configs. */
export const instanceVariables = {
  reservedMemoryMib: {
    name: 'PROTIUM_RESERVED_MEMORY_MIB',
    aliases: [],
    fallback: null,
    unset: 'a sixteenth of the memory, at least 512, at most 8192',
    allowed: 'a whole number of MiB',
    meaning: 'Memory that is left to the host, and never given to registered VMs.',
    schema: wholeNumber,
  },
  registerRetrySeconds: {
    name: 'PROTIUM_REGISTER_RETRY_SECONDS',
    aliases: [],
    fallback: '600',
    allowed: 'a whole number of seconds',
    meaning: 'For so long the same `register` of the same client is answered with the VM that it made.',
    schema: wholeNumber,
  },
} as const satisfies Record<string, Variable>;
