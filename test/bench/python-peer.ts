import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface PythonPeer {
  ask(command: string): Promise<unknown>;
  end(): void;
}

/** python3-libvirt in a process that stays, so that its start is not part of any figure. */
export function startPythonPeer(uri: string): PythonPeer {
  // The distribution's own has the binding; another python3 in PATH does not.
  const child = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'python_peer.py'), uri], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command) {
      child.stdin.write(`${command}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('the Python peer has ended');
      return JSON.parse(line.value) as unknown;
    },
    end: () => child.stdin.end(),
  };
}
