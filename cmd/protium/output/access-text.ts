import {
  TokenUse,
  type ProjectRole,
  type Token,
} from '../../../internal/api/grpc/generated/protium/v1/tokens.ts';
import type { User, WhoAmIResponse } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { formatTable } from './table.ts';
import { formatTime } from './units.ts';

const tokenHeaders = [
  'TOKEN',
  'USER',
  'FOR',
  'MADE',
  'EXPIRES',
  'LAST USED',
  'REVOKED',
  'DESCRIPTION',
] as const;
const userHeaders = ['USER', 'ID', 'MAY', 'LOCAL USERS', 'OIDC', 'MADE'] as const;

/** A line a token. */
export function tokenTable(tokens: readonly Token[]): string {
  const rows = tokens.map((token) =>
    [
      token.id,
      token.user,
      useText(token),
      formatTime(token.createTime),
      shown(token.expireTime),
      shown(token.lastUseTime),
      shown(token.revokeTime),
      token.description,
    ].map((text) => ({ text })),
  );
  return formatTable(tokenHeaders, rows);
}

/** `everything`, `reads in 5f…: viewer`. */
function useText({ use, projects }: Token): string {
  const name = useNames[use] ?? String(use);
  return projects.length === 0 ? name : `${name} in ${projects.map(roleText).join(', ')}`;
}

const useNames: Readonly<Partial<Record<TokenUse, string>>> = {
  [TokenUse.TOKEN_USE_EVERYTHING]: 'everything',
  [TokenUse.TOKEN_USE_READS]: 'reads',
  [TokenUse.TOKEN_USE_METRICS]: 'metrics',
};

function roleText({ project, role }: ProjectRole): string {
  return `${project}: ${role}`;
}

/** A line a user. */
export function userTable(users: readonly User[]): string {
  const rows = users.map(({ name, owner, administrator, localUids, oidcSubjects, createTime }) =>
    [
      name,
      owner,
      administrator ? 'everything' : 'what is theirs',
      localUids.length === 0 ? '-' : localUids.join(', '),
      oidcSubjects.length === 0 ? '-' : oidcSubjects.join(', '),
      formatTime(createTime),
    ].map((text) => ({ text })),
  );
  return formatTable(userHeaders, rows);
}

/** Lines of who sends requests. */
export function whoAmIText({ user, way, administrator, roles, project, address }: WhoAmIResponse): string {
  const may = administrator ? 'everything on this host' : roles.map(roleText).join(', ') || 'nothing';
  return [
    `user     ${user}`,
    `known by ${way}`,
    `may      ${may}`,
    `project  ${project}`,
    `from     ${address}`,
    '',
  ].join('\n');
}

function shown(time: Date | undefined): string {
  return time === undefined ? '-' : formatTime(time);
}
