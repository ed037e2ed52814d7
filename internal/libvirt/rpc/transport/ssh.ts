import { execa } from 'execa';
import { LibvirtConnectionError } from '../../error.ts';
import { duplexTransport } from './duplex.ts';
import type { Transport } from './transport.ts';
import type { LibvirtUri } from './uri.ts';

/** What the remote shell sees is one quoted word; what could leave the quotes is not allowed in it. */
const quotable = /^[a-z0-9_./:?&=%+,@~-]+$/i;

/**
 * The arguments of ssh: no terminal, no escape character, no questions. On the other side virt-ssh-helper finds the
 * right daemon for the URI; `?proxy=netcat` connects to its socket with nc where there is no such helper.
 */
export function sshArguments(uri: LibvirtUri): readonly string[] {
  const { noVerify, keyfile, proxy, netcat, socket } = uri.parameters;
  const remote =
    proxy === 'netcat'
      ? `${netcat} -U ${quoted(socket ?? '/var/run/libvirt/libvirt-sock')}`
      : `virt-ssh-helper ${quoted(uri.driverUri)}`;
  return [
    '-T',
    ...['-e', 'none'],
    ...['-o', 'BatchMode=yes'],
    ...(noVerify ? ['-o', 'StrictHostKeyChecking=no'] : []),
    ...(uri.port === null ? [] : ['-p', String(uri.port)]),
    ...(keyfile === null ? [] : ['-i', keyfile]),
    ...(uri.user === null ? [] : ['-l', uri.user]),
    '--',
    uri.host,
    remote,
  ];
}

/** Starts ssh. Whether it reaches the other side is known with the first answer. */
export function openSsh(uri: LibvirtUri, signal: AbortSignal): Promise<Transport> {
  signal.throwIfAborted();
  const child = execa('ssh', sshArguments(uri), {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    forceKillAfterDelay: 2000,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 2000) said += chunk.toString('utf8');
  });
  const transport = duplexTransport(child.duplex(), {
    onDestroy: () => {
      child.kill();
    },
    explain: () => (said === '' ? '' : `ssh ${uri.host}: ${said.trim()}`),
  });
  return Promise.resolve(transport);
}

function quoted(word: string): string {
  if (!quotable.test(word)) {
    throw new LibvirtConnectionError(`cannot pass ${JSON.stringify(word)} to the remote host`);
  }
  return `'${word}'`;
}
