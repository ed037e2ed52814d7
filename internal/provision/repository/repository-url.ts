import { invalidArgument } from '../../errors/invalid-argument.ts';

export interface UrlRules {
  /** git@host:path and ssh://: only where the caller's own keys are meant. */
  readonly ssh: boolean;
  /** file:// and git's own http:// to loopback are for callers of this host. */
  readonly local: boolean;
}

/** Whether a word names a repository elsewhere, and not a directory. */
export function isRepositoryUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:(?:\/\/|:)/i.test(text) || scpLike.test(text);
}

const scpLike = /^[\w.-]+@[\w.-]+:(?!\/\/)[^\s]+$/;

/**
 * A URL as it may be given to git.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function checkRepositoryUrl(text: string, { ssh, local }: UrlRules): string {
  if (text.length > 2000 || /[\p{Cc}\s]/u.test(text))
    throw invalidUrl('it is too long, or has blanks or control characters');
  if (text.startsWith('-')) throw invalidUrl('it begins with "-"');
  if (scpLike.test(text)) {
    if (!ssh)
      throw invalidUrl('it is for ssh, which was not asked for. Use its https URL, or ask for ssh (--ssh)');
    if (text.includes(':-')) throw invalidUrl('its path begins with "-"');
    return text;
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalidUrl('it is no URL');
  }
  switch (url.protocol) {
    case 'https:':
      break;
    case 'ssh:':
      if (!ssh)
        throw invalidUrl('it is for ssh, which was not asked for. Use its https URL, or ask for ssh (--ssh)');
      break;
    case 'file:':
      if (!local) throw invalidUrl('it names a file of the host');
      if (url.hostname !== '') throw invalidUrl('file: takes no host');
      return text;
    default:
      throw invalidUrl(`${url.protocol} is not among https, ssh and file`);
  }
  if (url.hostname === '' || /^(?:-|%2d)/i.test(url.hostname) || url.username.startsWith('-'))
    throw invalidUrl('its host is missing or begins with "-"');
  if (url.protocol === 'https:' && url.password !== '')
    throw invalidUrl('it has a password, which would be seen in the list of processes');
  return text;
}

function invalidUrl(reason: string): Error {
  return invalidArgument('repository', `The URL of the repository cannot be used: ${reason}.`);
}
