import { ProtiumError } from '../../errors/protium-error.ts';
import type { Refusal } from '../../placement/plan.ts';

/** The refusal as an error: all reasons, with what could be done. */
export function refusedByHost({ reasons }: Refusal): ProtiumError {
  const texts = reasons.map(({ code, message }) => `${code}: ${message}`);
  return new ProtiumError('host-incapable', texts.join(' '), { details: { reasons: texts } });
}
