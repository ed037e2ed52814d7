import { Failure } from '../../failure.ts';
import { runClient } from '../../guest/run-client.ts';
import type { Extension } from './extension.ts';

export const tunnel: Extension = {
  name: 'tunnel',
  command: 'tunnel',
  description: 'lead a port of 127.0.0.1 to one of a guest, until Ctrl-C',
  fields: [
    { name: 'port', description: "the guest's port; sshd's is given by sshd_port" },
    { name: 'local_port', description: 'the port here; else the same' },
  ],
  portFields: ['sshd_port'],
  prepare(fields) {
    const port = fields.port('port');
    if (port === null) throw new Failure('usage', 'port is missing: port=…', { exit: 'usage' });
    const local = fields.port('local_port') ?? port;
    return ({ target, options }, { output }) => {
      output.note(`127.0.0.1:${local} leads to port ${port} of ${target.name}, until Ctrl-C`);
      const only = ['ExitOnForwardFailure=yes', 'GatewayPorts=no', 'ServerAliveInterval=15'];
      return runClient('ssh', [
        ...options,
        ...only.flatMap((option) => ['-o', option]),
        ...['-N', '-T', '-L', `127.0.0.1:${local}:127.0.0.1:${port}`, '--', target.address],
      ]);
    };
  },
};
