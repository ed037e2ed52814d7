import type { Command } from 'commander';
import { ProvisionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { Failure } from '../failure.ts';
import { planText, provisionFields } from '../output/provision-text.ts';
import { awaitProvision } from '../provision/await-provision.ts';
import { createKeyPair } from '../provision/key-pair.ts';
import { addProvisionOptions, type ProvisionOptions } from '../provision/options.ts';
import { resultOf, writeResult } from '../provision/result-file.ts';
import { provisionWish } from '../provision/wish.ts';
import type { RunSession } from '../session.ts';

interface ProvisionRunOptions extends ProvisionOptions {
  readonly result?: string;
  readonly wait: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly idempotencyKey: string;
}

const { planProvision, runProvision } = ProvisionsServiceService;

export function addProvisionRunCommand(parent: Command, run: RunSession): void {
  addProvisionOptions(parent.command('run'))
    .description('lease and start a machine for it, and tell how to log in')
    .option(
      '--result <file>',
      'where the result is written as JSON; default with --server-name: NAME_info.json',
    )
    .option('--no-wait', 'do not wait until it can be logged in to')
    .option('-y, --yes', 'do not ask; nothing is asked where there is no terminal')
    .option('--dry-run', 'only show the plan')
    .option('--idempotency-key <key>', 'the same key again means the same machine; goes with --name', '')
    .action((source: string | undefined, options: ProvisionRunOptions, command: Command) =>
      run(command, async (session) => {
        const { daemon, output } = session;
        const { yes = false, serverName, createKey = false, idempotencyKey, owner } = options;
        const { wish, keyName } = await provisionWish(session, source, options, process.env);
        const { plan } = await daemon.call(planProvision, { wish });
        if (options.dryRun === true || options.skipRepoClone === true) {
          output.answer(planProvision, { plan }, { names: [], text: () => (plan ? planText(plan) : '') });
        } else if (output.format === 'table' && plan !== undefined) {
          output.write(planText(plan));
        }
        // One that was begun with this key has the name and the room by now: the daemon knows it again.
        if (plan !== undefined && plan.refusals.length > 0 && idempotencyKey === '') {
          throw new Failure('host-incapable', 'It cannot be done like this.', {
            exit: 'refused',
            reasons: plan.refusals,
          });
        }
        if (options.dryRun === true || options.skipRepoClone === true) return;
        if (!yes && session.confirm !== null && !(await session.confirm('Do that?'))) {
          throw new Failure('cancelled', 'Nothing was made.');
        }
        if (createKey && keyName !== null) {
          await createKeyPair(session, keyName, owner);
          wish.keyPairs.push(keyName);
        }
        // With a key of its own the config is another one.
        const planEtag = createKey || idempotencyKey !== '' ? '' : (plan?.etag ?? '');
        const request = { wish, planEtag, idempotencyKey, validateOnly: false };
        const { provision: begun } = await daemon.call(runProvision, request);
        if (begun === undefined) throw new Failure('internal', 'The daemon tells nothing of what it began.');
        const provision = options.wait ? await awaitProvision(session, begun) : begun;
        const file = options.result ?? (serverName === undefined ? undefined : `${serverName}_info.json`);
        if (file !== undefined) await writeResult(file, resultOf(provision, keyName));
        output.answer(
          runProvision,
          { provision },
          {
            names: [provision.name],
            text: () =>
              provision.access === undefined
                ? `\n${provisionFields({ ...provision, plan: undefined })}`
                : `\n${provision.name} is ready:\n${provision.access.ssh}\n`,
          },
        );
      }),
    );
}
