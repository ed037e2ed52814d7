import { field } from './field.ts';
import { base64Reader, credentialsReader, userDataReader, type Credentials } from './guest-setup.ts';
import { orNull, text } from './reading.ts';
import { orEmpty, textSchema } from './schema-parts.ts';

const longestName = 255;
const longestDescription = 4096;

/** Who it is, and what is for the guest alone. */
export const identityFields = {
  name: field<string | null>({
    path: 'info.vm_name',
    aliases: ['vm_name', 'name', 'info.name'],
    read: orNull(text(longestName)),
    fallback: null,
    type: 'text',
    allowed: `text of at most ${longestName} characters in one line`,
    unset: 'none; register needs one',
    meaning:
      'What the VM is called. The first of these that says something counts; `info.name` is the name of a template.',
    schema: orEmpty(textSchema(longestName)),
    firstCounts: 'silently',
    neverAssumed: true,
  }),
  description: field<string | null>({
    path: 'info.description',
    aliases: ['description'],
    read: orNull(text(longestDescription, 'lines')),
    fallback: null,
    type: 'text',
    allowed: `text of at most ${longestDescription} characters`,
    unset: 'none',
    meaning: "Kept as the domain's description.",
    schema: orEmpty(textSchema(longestDescription, 'lines')),
    firstCounts: 'silently',
    neverAssumed: true,
  }),
  credentials: field<Credentials | null>({
    path: 'authentication',
    aliases: ['auth', 'userAuth'],
    read: credentialsReader,
    fallback: null,
    type: 'object',
    allowed: '{username, password, ssh-key}; the key also as ssh_key or sshKey, also a list of keys',
    unset: 'none',
    meaning:
      "The guest's user. Applied at the first boot by cloud-init; the name, where it is missing, is that of the image's or the system's own user. Secret: never logged, echoed or kept, but for the name, which is told as who logs in.",
    schema: { type: 'object' },
    exact: true,
    neverAssumed: true,
    secret: true,
  }),
  userData: field<string | null>({
    path: 'cloudinit',
    aliases: ['startup', { path: 'cloud_init_b64', read: orNull(base64Reader), schema: { type: 'string' } }],
    read: orNull(userDataReader),
    fallback: null,
    type: 'text or object',
    allowed: 'text; {user_data}, {template} or {b64_code}; `cloud_init_b64`: Base64',
    unset: 'none',
    meaning:
      "cloud-init's user-data, applied at the first boot together with ours. The first of these counts. Secret: never logged, echoed or kept.",
    schema: { type: ['string', 'object'] },
    firstCounts: 'noted',
    neverAssumed: true,
    secret: true,
  }),
};
