import type { Audit } from '../../../internal/audit/audit.ts';

/** A record that takes everything and keeps nothing. */
export const noAudit: Pick<Audit, 'recorded' | 'refused' | 'read' | 'knows'> = {
  recorded: async (_action, work) => work(),
  refused: () => Promise.resolve(),
  read: () => Promise.resolve(),
  knows: () => false,
};
