import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { execa } from 'execa';
import { LibvirtConnectionError } from '../../error.ts';
import { registration } from '../../rpc/wire/procedures/event.ts';
import { environment, withoutPrefix, type VirshLocation } from '../process.ts';
import { openRelay } from '../relay.ts';
import { relayable } from '../relayed-uri.ts';
import type { Subsystem } from './event-lines.ts';

/** One `virsh event` that goes on until it is ended or loses libvirtd. */
export interface EventProcess {
  /** Resolves when libvirtd has answered all registrations (behind a relay), or virsh runs (else). */
  readonly registered: Promise<void>;
  /** Resolves when virsh has ended, with why. */
  readonly ended: Promise<Error>;
  kill(): void;
}

export interface EventProcessOptions {
  readonly location: VirshLocation;
  readonly subsystem: Subsystem;
  /** E.g. `['net-event', '--event=lifecycle']`. */
  readonly words: readonly string[];
  /** How many kinds of events virsh registers for. */
  readonly registrations: number;
  readonly onLine: (line: string) => void;
}

export async function startEventProcess(options: EventProcessOptions): Promise<EventProcess> {
  const { location, subsystem, words, onLine } = options;
  const directory = await mkdtemp(path.join(os.tmpdir(), 'protium-virsh-'));
  const target = relayable(location.uri, process.env);
  const { promise: registered, resolve: allRegistered } = deferred();
  let answers = 0;
  const relay = target
    ? await openRelay({
        listenAt: path.join(directory, 'relay'),
        upstream: target.sockets,
        uri: target.at,
        call: 'events.start',
        onReply: (procedure, ok) => {
          // For all kinds of domains' events virsh goes on without those that libvirt does not have; else it ends.
          if (procedure === registration[subsystem].number && (ok || subsystem === 'domain')) answers += 1;
          if (answers === options.registrations) allRegistered();
        },
      })
    : null;
  const child = execa(
    location.virshPath,
    ['-c', relay?.uri ?? location.uri, '-q', ...words, '--loop', '--timestamp'],
    { env: environment, stdin: 'ignore', reject: false, buffer: { stdout: false }, killSignal: 'SIGKILL' },
  );
  readline.createInterface({ input: child.stdout }).on('line', onLine);
  if (relay === null) child.once('spawn', allRegistered);
  const ended = child.then(async ({ stderr }): Promise<Error> => {
    const error = relay?.lost === true ? null : relay?.error;
    relay?.close();
    await rm(directory, { recursive: true, force: true });
    return error ?? new LibvirtConnectionError(`virsh ${words[0] ?? ''} ended: ${withoutPrefix(stderr)}`);
  });
  return { registered, ended, kill: () => child.kill() };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
