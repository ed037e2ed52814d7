import { runClient } from '../../guest/run-client.ts';
import type { Extension } from './extension.ts';

export const loginInstance: Extension = {
  name: 'login_instance',
  command: 'login',
  description: 'log in to a guest',
  fields: [],
  prepare:
    () =>
    ({ target, options }) =>
      runClient('ssh', [...options, '--', target.address]),
};
