import { randomBytes } from 'node:crypto';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { Images } from '../../../../images/image.ts';
import type { ImportRequest } from '../../../../images/request.ts';
import type { Instances } from '../../../../instances/instance.ts';
import type { Operations } from '../../../../operations/operations.ts';
import type { Owned, Ownership } from '../../../../ownership/ownership.ts';
import { awaitOperation } from '../await-operation.ts';
import type { GpueaterFunction } from '../function.ts';
import { ownInstance } from '../own-instance.ts';
import { imageMap, registeredImages } from './shown-image.ts';

export interface ImageGroupParts {
  readonly images: Pick<Images, 'list' | 'get' | 'import' | 'delete'>;
  readonly instances: Pick<Instances, 'get'>;
  readonly ownership: Ownership;
  readonly operations: Operations;
}

const since = '0.1.0';
const longestName = 255;

/** Images of everybody, and those that users made of their instances or had fetched. */
export function imageFunctions(parts: ImageGroupParts): readonly GpueaterFunction[] {
  const { images, instances, ownership, operations } = parts;

  /** Begins to make an image of the user's; what cannot be begun leaves nothing. */
  const make = async (
    owner: string,
    label: string,
    request: Pick<ImportRequest, 'source' | 'os' | 'asIs'>,
  ): Promise<{ readonly transaction_id: string }> => {
    requireLabel(label);
    if (registeredImages(parts, owner).some(({ name, status }) => name === label && status !== 'ERROR')) {
      throw new ProtiumError('already-exists', `There is an image "${label}" already.`);
    }
    const name = `user-${randomBytes(8).toString('hex')}`;
    // First, so that nobody sees it as everybody's for a moment.
    ownership.record({ kind: 'image', id: name, owner, creator: owner, label });
    try {
      const { id } = await images.import({ ...request, name, checksum: null, format: null }, { owner });
      return { transaction_id: id };
    } catch (error) {
      ownership.forget('image', name);
      throw error;
    }
  };

  const ownImage = (owner: string, fingerprint: string): Owned => {
    const found = registeredImages(parts, owner).find(
      (image) => image.fingerprint === fingerprint || image.alias === fingerprint,
    );
    const owned = found === undefined ? undefined : ownership.ownerOf('image', found.alias);
    if (owned !== undefined) return owned;
    throw new ProtiumError('not-found', `There is no image "${fingerprint.slice(0, 64)}".`);
  };

  return [
    {
      name: 'image_list',
      method: 'GET',
      path: '/images',
      fields: [],
      since,
      description:
        'The images that an instance can be launched from: by alias, those of everybody and the user’s own.',
      listed: true,
      handle: ({ user }) => Promise.resolve(imageMap(parts, user.owner)),
    },
    {
      name: 'registered_image_list',
      method: 'GET',
      path: '/registered_image_list',
      fields: [],
      since,
      description: 'The user’s own images, also those that are being made or could not be.',
      listed: true,
      handle: ({ user }) => Promise.resolve(registeredImages(parts, user.owner)),
    },
    {
      name: 'create_image',
      method: 'POST',
      path: '/create_user_defined_image',
      fields: [
        { name: 'instance_id', required: true, description: 'An instance that is stopped.' },
        { name: 'image_name', required: true, description: 'At most 255 characters.' },
        {
          name: 'as_is',
          required: false,
          description: 'true: what belongs to one machine (host keys, machine-id, logs …) is left in it.',
        },
      ],
      since,
      description: 'Makes an image of the disk of an instance; registered_image_list tells how far it is.',
      listed: true,
      handle: ({ user, form }) => {
        const instance = ownInstance(instances, user.owner, form.text('instance_id'));
        const backing = instance.plan.volumes.find((volume) => (volume.backing ?? null) !== null)?.backing;
        const os = images.get(backing?.imageId ?? '')?.os ?? null;
        return make(user.owner, form.text('image_name'), {
          source: { kind: 'instance', location: instance.uuid },
          os,
          asIs: form.flag('as_is'),
        });
      },
    },
    {
      name: 'import_image',
      method: 'POST',
      path: '/import_image',
      fields: [
        {
          name: 'url',
          required: true,
          description: 'https://…, or file:///… of a directory that is allowed.',
        },
        { name: 'image_name', required: true, description: 'At most 255 characters.' },
      ],
      since,
      description: 'Fetches an image; registered_image_list tells how far it is.',
      listed: true,
      handle: ({ user, form }) =>
        make(user.owner, form.text('image_name'), {
          source: sourceOf(form.text('url')),
          os: null,
          asIs: false,
        }),
    },
    {
      name: 'delete_image',
      method: 'POST',
      path: '/delete_user_defined_image',
      fields: [{ name: 'fingerprint', required: true, description: 'As registered_image_list has it.' }],
      since,
      description:
        'Deletes an image of the user’s; refused while an instance lies on it or while it is being made.',
      listed: true,
      handle: async ({ user, form }) => {
        const { id } = ownImage(user.owner, form.text('fingerprint'));
        if (images.get(id) !== undefined) {
          const operation = await images.delete(id, { owner: user.owner });
          await awaitOperation(operations, operation.id);
        } else if (
          registeredImages(parts, user.owner).some(
            ({ alias, status }) => alias === id && status === 'CREATING',
          )
        ) {
          throw new ProtiumError('busy', 'The image is being made. Cancel its transaction first.');
        }
        ownership.forget('image', id);
        return null;
      },
    },
  ];
}

function sourceOf(url: string): ImportRequest['source'] {
  if (!url.startsWith('file:')) return { kind: 'url', location: url };
  const { pathname, host } = URL.canParse(url) ? new URL(url) : { pathname: '', host: '' };
  try {
    if (host === '' && pathname !== '') return { kind: 'file', location: decodeURIComponent(pathname) };
  } catch {
    // Not UTF-8.
  }
  throw new ProtiumError('argument-invalid', 'url: this is no file of the host.', {
    details: { field: 'url' },
  });
}

function requireLabel(label: string): void {
  if (label.length <= longestName && !/[\p{Cc}\p{Surrogate}]/u.test(label)) return;
  throw new ProtiumError(
    'argument-invalid',
    `image_name: at most ${longestName} characters, none of control.`,
    {
      details: { field: 'image_name' },
    },
  );
}
