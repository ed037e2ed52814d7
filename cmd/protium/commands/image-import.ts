import { Option, type Command } from 'commander';
import {
  ImagesServiceService,
  type ImageOs,
} from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import type { Operation } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { Failure } from '../failure.ts';
import { uploadImage } from '../operations/upload-image.ts';
import { awaitOperations } from '../operations/await-operations.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { requireSuccess } from '../operations/ended.ts';
import type { RunSession, Session } from '../session.ts';

interface ImageImportOptions {
  readonly wait: boolean;
  readonly url?: string;
  readonly file?: string;
  readonly hostPath?: string;
  readonly instance?: string;
  readonly catalogue?: string;
  readonly checksum: string;
  readonly format?: string;
  readonly osFamily?: string;
  readonly osFlavour?: string;
  readonly osVersion?: string;
  readonly loginUser?: string;
  readonly asIs?: boolean;
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

const formats = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc'];

export function addImageImportCommand(parent: Command, run: RunSession): void {
  addWaitOption(parent.command('import'))
    .description("import an image: the catalogue's of that name, or from where an option says")
    .argument('<name>', 'what it is to be called')
    .option('--url <url>', 'from there (https)')
    .option('--file <file>', 'a file of this machine; it is uploaded')
    .option('--host-path <path>', "a file of the daemon's host, under its allowed paths")
    .option('--instance <instance>', 'the first disk of an instance that is off')
    .option('--as-is', 'of an instance: do not remove its machine-id, host keys, logs and the like')
    .option('--catalogue <entry>', 'an entry of the catalogue that is called otherwise')
    .option('--checksum <checksum>', 'what its content must amount to: sha256:HEX or sha512:HEX', '')
    .addOption(new Option('--format <format>', 'of the file, where it cannot be seen').choices(formats))
    .option('--os-family <family>', 'its system: linux, windows, bsd')
    .option('--os-flavour <flavour>', 'its system: debian, fedora')
    .option('--os-version <version>', 'of its system')
    .option('--login-user <user>', 'who logs in when cloud-init is told nothing else')
    .option('--idempotency-key <key>', 'the same key again means the same import', '')
    .option('--dry-run', 'only check the request')
    .action((name: string, options: ImageImportOptions, command: Command) =>
      run(command, async (session) => {
        const operation = await begin(session, name, options);
        const { output } = session;
        const method = ImagesServiceService.importImage;
        if (operation === undefined) {
          output.answer(method, { operation }, { names: [name], text: () => `${name} could be imported\n` });
          return;
        }
        const [ended = operation] = options.wait
          ? await awaitOperations(session, [{ subject: name, operation }])
          : [operation];
        if (options.wait) requireSuccess(ended, name);
        const begins = `operation ${ended.id}: protium operation watch ${ended.id}`;
        output.answer(
          method,
          { operation: ended },
          { names: [name], text: () => `${name} ${options.wait ? 'is imported' : begins}\n` },
        );
      }),
    );
}

/** undefined: it was a dry run. */
async function begin(
  session: Session,
  name: string,
  options: ImageImportOptions,
): Promise<Operation | undefined> {
  const { url, file, hostPath, instance, catalogue, checksum, idempotencyKey } = options;
  const { format = '', dryRun = false, asIs = false } = options;
  const sources = [
    ['url', url],
    ['file', hostPath],
    ['instance', instance],
    ['catalogue', catalogue],
  ] as const;
  const said = sources.filter(([, location]) => location !== undefined);
  if (said.length + (file === undefined ? 0 : 1) > 1) {
    throw new Failure('usage', 'An image comes from one place: give one of the options that say where.', {
      exit: 'usage',
    });
  }
  if (asIs && instance === undefined) {
    throw new Failure('usage', 'Only an image of an instance is cleaned: --as-is goes with --instance.', {
      exit: 'usage',
    });
  }
  if (file !== undefined) {
    if (dryRun) throw new Failure('usage', 'An upload has no dry run.', { exit: 'usage' });
    return uploadImage(session, file, { name, checksum, format, os: osOf(options) });
  }
  const [kind, location] = said[0] ?? ['catalogue', name];
  const { operation } = await session.daemon.call(ImagesServiceService.importImage, {
    name,
    source: { kind, location },
    checksum,
    format,
    os: osOf(options),
    idempotencyKey,
    validateOnly: dryRun,
    asIs,
  });
  return operation;
}

function osOf({ osFamily, osFlavour, osVersion, loginUser }: ImageImportOptions): ImageOs | undefined {
  const os = { family: osFamily, flavour: osFlavour, version: osVersion, loginUser, libosinfoId: undefined };
  return Object.values(os).every((value) => value === undefined) ? undefined : os;
}
