import type { KeyPair, KeyPairs } from '../../../../key-pairs/key-pair.ts';
import type { GpueaterFunction } from '../function.ts';
import { makePemKey } from './make-pem-key.ts';

export interface SshKeyParts {
  readonly keyPairs: Pick<KeyPairs, 'list' | 'import' | 'remove'>;
}

/** As the clients read a key: its name becomes the name of a file, ~/.ssh/NAME.pem. Its id is its name. */
function sshKeyObject({ name, type, bits, publicKey, fingerprint, createdAt }: KeyPair): object {
  return { id: name, name, type, bits, public_key: publicKey, fingerprint, created_at: createdAt };
}

/** All of one owner's, by name. */
export function sshKeysOf(keyPairs: SshKeyParts['keyPairs'], owner: string): readonly object[] {
  const found: object[] = [];
  for (let after: string | null = ''; after !== null;) {
    const page = keyPairs.list({ owner, after, limit: 1000 });
    found.push(...page.keyPairs.map(sshKeyObject));
    after = page.next;
  }
  return found;
}

/** The group of ssh keys. */
export function sshKeyFunctions({ keyPairs }: SshKeyParts): readonly GpueaterFunction[] {
  return [
    {
      name: 'ssh_key_list',
      method: 'GET',
      path: '/ssh_keys',
      fields: [],
      since: '0.1.0',
      listed: true,
      description:
        'The keys that are registered: a list of {id, name, type, bits, public_key, fingerprint, created_at}.',
      handle: ({ user }) => Promise.resolve(sshKeysOf(keyPairs, user.owner)),
    },
    {
      name: 'generate_ssh_key',
      method: 'GET',
      path: '/ssh_key_gen',
      fields: [],
      since: '0.1.0',
      listed: true,
      description:
        'A new key, {private_key, public_key}: ECDSA P-256, the private half as SEC1 PEM. Neither is kept.',
      handle: async () => {
        const { privateKey, publicKey } = await makePemKey();
        return { private_key: privateKey, public_key: publicKey };
      },
    },
    {
      name: 'register_ssh_key',
      method: 'POST',
      path: '/register_ssh_key',
      fields: [
        {
          name: 'name',
          required: true,
          description: 'letters, digits, dots, dashes and underscores, at most 63',
        },
        { name: 'public_key', required: true, description: "in OpenSSH's format" },
      ],
      since: '0.1.0',
      listed: true,
      description: 'Keeps the public half of a key; answers as ssh_key_list shows it.',
      handle: async ({ user, form }) =>
        sshKeyObject(
          await keyPairs.import({
            owner: user.owner,
            name: form.text('name'),
            publicKey: form.text('public_key'),
            mixedName: true,
            idempotencyKey: '',
            validateOnly: false,
          }),
        ),
    },
    {
      name: 'delete_ssh_key',
      method: 'POST',
      path: '/delete_ssh_key',
      fields: [{ name: 'id', required: true, description: 'the id of the key' }],
      since: '0.1.0',
      listed: true,
      description: 'Forgets a key; instances that have it keep it.',
      handle: ({ user, form }) => {
        keyPairs.remove(user.owner, form.text('id'), { validateOnly: false });
        return Promise.resolve({});
      },
    },
  ];
}
