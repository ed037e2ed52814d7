import type { SecretCalls } from '../../client.ts';
import { virError } from '../../error-code.ts';
import type { SecretRef } from '../../objects.ts';
import { checkedUuid, found } from '../not-found.ts';
import { parseMade } from '../output/host.ts';
import { parseSecretList } from '../output/lists.ts';
import { first } from '../output/outputs.ts';
import type { Attempt, Runner } from '../runner.ts';

export function secretCalls(runner: Runner): SecretCalls {
  return {
    list: (call) => runner.read('secrets.list', [], call, (out) => parseSecretList(first(out))),
    lookupByUuid: (uuid, call) =>
      runner.perform('secrets.lookupByUuid', call, (attempt) =>
        findSecret(attempt, 'secrets.lookupByUuid', checkedUuid(uuid, 'secrets.lookupByUuid')),
      ),
    xml: (secret, call) => runner.read('secrets.xml', [secret], call, first),
    define: (xml, call) =>
      runner.perform('secrets.define', call, async (attempt) => {
        // "Secret UUID created"
        const uuid = parseMade(first(await attempt.run('secrets.define', [xml])), /([0-9a-f-]{36})/);
        return findSecret(attempt, 'secrets.define', uuid);
      }),
    setValue: (secret, value, call) => runner.done('secrets.setValue', [secret, value], call),
    value: (secret, call) =>
      runner.read(
        'secrets.value',
        [secret],
        call,
        (out) => new Uint8Array(Buffer.from(first(out).trim(), 'base64')),
      ),
    undefine: (secret, call) => runner.done('secrets.undefine', [secret], call),
  };
}

async function findSecret(attempt: Attempt, call: string, uuid: string): Promise<SecretRef> {
  const secrets = parseSecretList(first(await attempt.run('secrets.list', [])));
  return found(
    secrets.find((secret) => secret.uuid === uuid),
    call,
    virError.noSecret,
    `the secret ${uuid}`,
  );
}
