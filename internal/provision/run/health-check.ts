import { setTimeout as pause } from 'node:timers/promises';
import type { GuestAgent } from '../../guest-agent/guest-agent.ts';
import { findingScript, judgeFindings, type Check, type Expected } from './guest-findings.ts';

/** What is looked at, and how. */
export interface HealthCheckParts {
  /** What the port says first; null: it does not answer, or says nothing. */
  readonly banner: (address: string, port: number, signal: AbortSignal) => Promise<string | null>;
  /** Whether the guest's agent can be asked; null: there is no channel for one. */
  readonly agentConnected: (uuid: string) => boolean | null;
  readonly agent: Pick<GuestAgent, 'execute'>;
  /** How long all of it may take. */
  readonly timeoutMs?: number;
  /** How long an agent may still come after ssh answers. */
  readonly agentMs?: number;
  readonly everyMs?: number;
}

/** Looks at a guest until all is well, or time is up; rejects only with the signal's reason. */
export type HealthCheck = (
  guest: {
    readonly uuid: string;
    readonly address: string;
    readonly port: number;
    readonly expected: Expected;
    /** What is waited for, for a person. */
    readonly progress: (text: string) => void;
  },
  signal: AbortSignal,
) => Promise<readonly Check[]>;

const programMs = 30_000;
const setUp = 'command -v cloud-init > /dev/null || { echo none; exit 0; }; cloud-init status 2>&1; exit 0';

export function createHealthCheck(parts: HealthCheckParts): HealthCheck {
  const { timeoutMs = 900_000, agentMs = 120_000, everyMs = 1000 } = parts;
  return async ({ uuid, address, port, expected, progress }, signal) => {
    const late = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, late]);

    /** Asks again and again; undefined: time is up. */
    const until = async <T>(
      ask: () => Promise<T | undefined>,
      ended: AbortSignal,
    ): Promise<T | undefined> => {
      for (;;) {
        signal.throwIfAborted();
        const answer = await ask();
        if (answer !== undefined) return answer;
        signal.throwIfAborted();
        if (ended.aborted) return undefined;
        await pause(everyMs, undefined, { signal: ended }).catch(() => undefined);
      }
    };

    progress(`wait for ssh on ${address}:${port}`);
    const banner = await until(async () => {
      const said = await parts.banner(address, port, either);
      return said?.startsWith('SSH-') === true ? said : undefined;
    }, either);
    if (banner === undefined) {
      const text = `Nothing says SSH on ${address}:${port} within ${timeoutMs / 1000} s: the image has no sshd, or its firewall is closed.`;
      return [{ name: 'ssh', state: 'failed', text }];
    }
    const ssh: Check = { name: 'ssh', state: 'passed', text: `It answers: ${printable(banner)}` };

    progress('wait for the agent in the guest');
    const noLonger = AbortSignal.any([either, AbortSignal.timeout(agentMs)]);
    const there = await until(
      () => Promise.resolve(parts.agentConnected(uuid) === false ? undefined : parts.agentConnected(uuid)),
      noLonger,
    );
    if (there !== true) return [ssh, skipped('cloud-init'), skipped('vCPUs'), skipped('memory')];

    const run = async (script: string, argument: string): Promise<string | undefined> => {
      try {
        const program = {
          path: '/bin/sh',
          arguments: ['-c', script, 'protium', argument],
          environment: [],
          input: new Uint8Array(),
          timeoutMs: programMs,
          captureOutput: true,
          maxOutputBytes: 65_536,
        };
        return (await parts.agent.execute(uuid, program, either)).output.bytes.toString('utf8');
      } catch {
        // The agent comes and goes while a guest starts, and may restart it.
        return undefined;
      }
    };

    progress('wait for cloud-init in the guest');
    let status = '';
    const setUpEnded = await until(async () => {
      status = (await run(setUp, '')) ?? status;
      return cloudInit(status);
    }, either);
    if (setUpEnded === undefined) {
      const said = status === '' ? 'the agent does not answer' : printable(status);
      const text = `cloud-init has not ended within ${timeoutMs / 1000} s: ${said}.`;
      return [ssh, { name: 'cloud-init', state: 'failed', text }];
    }
    if (setUpEnded.state === 'failed') return [ssh, setUpEnded];

    progress('look at what the guest has');
    const findings = await until(() => run(findingScript, expected.repository ?? ''), either);
    return [
      ssh,
      setUpEnded,
      ...(findings === undefined ? [skipped('vCPUs'), skipped('memory')] : judgeFindings(findings, expected)),
    ];
  };
}

/** undefined: it goes on. */
function cloudInit(status: string): Check | undefined {
  const name = 'cloud-init';
  if (status.trim() === 'none') return { name, state: 'skipped', text: 'The guest has no cloud-init.' };
  const said = /status:\s*([a-z ]+)/.exec(status)?.[1]?.trim();
  if (said === 'done' || said === 'disabled') return { name, state: 'passed', text: `It is ${said}.` };
  if (said?.startsWith('error') !== true) return undefined;
  const text = `It ended with an error: see /var/log/cloud-init-output.log in the guest. ${printable(status)}`;
  return { name, state: 'failed', text };
}

function skipped(name: string): Check {
  return { name, state: 'skipped', text: 'No agent in the guest could be asked.' };
}

/** What a guest says is anything. */
function printable(text: string): string {
  return text
    .replaceAll(/[^\u0020-\u007e]+/g, ' ')
    .trim()
    .slice(0, 300);
}
