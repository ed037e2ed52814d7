import type { SecretRef } from '../../objects.ts';
import type { CallsOf, CommandTable } from '../call-names.ts';
import { documentOption, option, verbose, virsh } from '../command.ts';

export const secretCommands: CommandTable<CallsOf<'secrets'>> = {
  'secrets.list': () => [virsh('secret-list')],
  'secrets.lookupByUuid': () => [virsh('secret-list')],
  'secrets.xml': (secret) => [virsh('secret-dumpxml', of(secret))],
  'secrets.define': (xml) => [verbose(virsh('secret-define', documentOption('file', 'secret.xml', xml)))],
  'secrets.setValue': (secret, value) => [
    virsh(
      'secret-set-value',
      of(secret),
      documentOption('file', 'secret.base64', Buffer.from(value).toString('base64'), { confidential: true }),
    ),
  ],
  'secrets.value': (secret) => [virsh('secret-get-value', of(secret))],
  'secrets.undefine': (secret) => [virsh('secret-undefine', of(secret))],
};

function of(secret: SecretRef): readonly string[] {
  return option('secret', secret.uuid);
}
