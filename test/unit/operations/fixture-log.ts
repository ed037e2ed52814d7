import type { OperationLog } from '../../../internal/operations/definition.ts';

export const silent: OperationLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
