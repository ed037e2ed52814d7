#!/usr/bin/env node
import { configText, describeVariables } from '../../internal/config/describe.ts';
import { loadConfig } from '../../internal/config/load-config.ts';
import { createLog } from '../../internal/observability/log.ts';
import { readBuildInfo } from './build-info.ts';
import { startDaemon } from './daemon.ts';
import { recoverStateAndTell } from './recover-state.ts';
import { describeStartFailure } from './start-failure.ts';

/** How long SIGTERM waits for what is being done; packaging/protium.service allows 40 s. */
const graceMs = 20_000;

async function main(): Promise<void> {
  const config = loadConfig(process.env, process.argv.slice(2));
  const build = readBuildInfo();
  switch (config.action) {
    case 'help':
      process.stdout.write(describeVariables());
      return;
    case 'version':
      process.stdout.write(`protium ${build.version}${build.commit === null ? '' : ` (${build.commit})`}\n`);
      return;
    case 'print-config':
      process.stdout.write(configText(config));
      return;
    case 'recover-state':
      process.stdout.write(recoverStateAndTell(config.stateDirectory));
      return;
    case 'run':
  }
  const log = createLog(config.log);
  const daemon = await startDaemon(config, { build, log, workingDirectory: process.cwd() });

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) {
      log.warn(`${signal} again: leaving at once; what is unfinished is in the journal`);
      process.exit(1);
    }
    stopping = true;
    log.info(`${signal}: no new requests; waiting up to ${graceMs / 1000} s for what is being done`);
    daemon.stop(graceMs).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`protium: ${describeStartFailure(error)}\n`);
  process.exit(1);
});
