import { setTimeout } from 'node:timers/promises';
import { call } from '../system/daemon.ts';
import type { TestHost } from './test-host.ts';

/** Starts the daemon on the test host, and waits until it has read libvirt and the host. */
export async function startDaemon(host: TestHost): Promise<void> {
  await host.run(`
    mkdir -p /run/workspace/img /run/workspace/iso
    cp -R /run/program/xml /run/workspace/
    cd /run/workspace
    export PROTIUM_LOG_FORMAT=json PROTIUM_LOG_LEVEL=debug
    setsid /run/program/node /run/program/dist/cmd/manager/main.js </dev/null >>/run/daemon.log 2>&1 &
    echo $! >/run/daemon.pid`);
  const deadline = Date.now() + 90_000;
  // ssh takes the connection, and closes it while nobody listens there.
  while ((await call(host, 'GET', '/statusjson').catch(() => null))?.status !== 200) {
    if (Date.now() > deadline) throw new Error(await host.run('tail -n 20 /run/daemon.log'));
    await setTimeout(200);
  }
}

/** The end of a daemon in a power cut: no handler runs. Waits, on the host itself, for the condition of bash first. */
export async function killDaemonWhen(host: TestHost, condition: string): Promise<void> {
  await host.run(`
    read -r daemon </run/daemon.pid
    until ${condition}; do sleep 0.02; done
    kill -KILL "$daemon"
    while kill -0 "$daemon" 2>/dev/null; do sleep 0.02; done`);
}
