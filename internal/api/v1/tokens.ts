import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Caller, Role } from '../../identity/caller.ts';
import { includes, isRole } from '../../identity/roles.ts';
import { narrowed, type TokenScope } from '../../identity/tokens/token-scope.ts';
import type { Token as Kept } from '../../identity/tokens/token-store.ts';
import type { IssuedToken, Tokens } from '../../identity/tokens/tokens.ts';
import type { Account } from '../../identity/users/account.ts';
import {
  TokensServiceClient,
  TokenUse,
  type ProjectRole,
  type Token,
  type TokensServiceServer,
} from '../grpc/generated/protium/v1/tokens.ts';
import { listPage } from './list-page.ts';
import { accessDenied } from './require-administrator.ts';
import { v1Service, type V1Service } from './service.ts';

export interface TokensSource {
  readonly tokens: Omit<Tokens, 'authenticate'>;
  readonly users: { find(name: string): Account | undefined };
  /** Called when a token has another text, or (null) none any more. */
  readonly changed: (id: string, text: string | null) => void;
}

/** protium.v1.TokensService. */
export function tokensService({ tokens, users, changed }: TokensSource): V1Service {
  /** Another's token looks as if it were not there. */
  const requireOwn = (id: string, caller: Caller): void => {
    const token = tokens.get(id);
    if (caller.administrator || token.user.name === caller.user) return;
    throw new ProtiumError('not-found', `There is no token "${id}".`, { details: { token: id } });
  };
  /** What a token could do to a token of the same user that may do more, it could do with that one. */
  const requireSame = (id: string, caller: Caller): void => {
    requireOwn(id, caller);
    if (caller.administrator || caller.way !== 'token' || caller.credential === id) return;
    throw accessDenied(
      'A token rotates and revokes itself only; show who you are in another way for the others.',
    );
  };
  return v1Service<TokensServiceServer>(TokensServiceClient, {
    listTokens: (request, { caller }) => {
      const own = caller.administrator ? undefined : caller.user;
      if (own !== undefined && request.user !== '' && request.user !== own) {
        throw accessDenied("Only administrators see others' tokens.");
      }
      const listed = tokens.list(own ?? (request.user === '' ? undefined : request.user));
      const { items, nextPageToken } = listPage(listed, ({ createdAt, id }) => `${createdAt}/${id}`, request);
      return { tokens: items.map(encode), nextPageToken };
    },
    createToken: (request, { caller }) => {
      const { description, expireTime, idempotencyKey, validateOnly } = request;
      if (idempotencyKey.length > 255) {
        throw invalidArgument('idempotency_key', 'A key has at most 255 characters.');
      }
      const user = userOf(request.user, caller, users);
      const scope: TokenScope = { use: decodeUse(request.use), projects: decodeProjects(request.projects) };
      requireWithin(scope, user, caller);
      const expiresAt = expireTime?.toISOString() ?? null;
      const issued = tokens.issue(user, { description, scope, expiresAt }, { idempotencyKey, validateOnly });
      return issued === null ? { token: undefined, text: '' } : encodeIssued(issued);
    },
    rotateToken: ({ token, validateOnly }, { caller }) => {
      requireSame(token, caller);
      const issued = tokens.rotate(token, { validateOnly });
      if (!validateOnly) changed(token, issued.text);
      return encodeIssued(issued);
    },
    revokeToken: ({ token, validateOnly }, { caller }) => {
      requireSame(token, caller);
      const revoked = tokens.revoke(token, { validateOnly });
      if (!validateOnly) changed(token, null);
      return { token: encode(revoked) };
    },
  });
}

function userOf(name: string, caller: Caller, users: TokensSource['users']): Account {
  if (!caller.administrator) {
    if (name !== '' && name !== caller.user)
      throw accessDenied('Only administrators make tokens for others.');
    if (caller.way === 'token') {
      throw accessDenied('A token makes no other tokens; rotate it, or ask an administrator.');
    }
  }
  const user = users.find(name === '' ? caller.user : name);
  if (user !== undefined) return user;
  if (name === '') {
    throw invalidArgument(
      'user',
      `"${caller.user}" is no user of Protium: say whose the token is to be, e.g. administrator.`,
    );
  }
  throw new ProtiumError('not-found', `There is no user "${name}". Make one: protium user create ${name}`, {
    details: { user: name },
  });
}

/** Nobody makes a token that may more than they may themselves now. */
function requireWithin(scope: TokenScope, user: Account, caller: Caller): void {
  if (caller.administrator) return;
  if (user.administrator && scope.projects === null) {
    throw accessDenied('You are let in without the rights of an administrator: name projects.');
  }
  const { roles } = narrowed({ administrator: false, roles: caller.roles }, scope);
  for (const [project, role] of Object.entries(scope.projects ?? {})) {
    if (includes(roles.get(project), scope.use === 'everything' ? role : 'viewer')) continue;
    throw accessDenied(`You have no role in project ${project} that includes ${role}.`);
  }
}

function decodeUse(use: TokenUse): TokenScope['use'] {
  switch (use) {
    case TokenUse.TOKEN_USE_UNSPECIFIED:
    case TokenUse.TOKEN_USE_EVERYTHING:
      return 'everything';
    case TokenUse.TOKEN_USE_READS:
      return 'reads';
    case TokenUse.TOKEN_USE_METRICS:
      return 'metrics';
    default:
      throw invalidArgument('use', 'A token is for everything, for reads or for metrics.');
  }
}

const uses = {
  everything: TokenUse.TOKEN_USE_EVERYTHING,
  reads: TokenUse.TOKEN_USE_READS,
  metrics: TokenUse.TOKEN_USE_METRICS,
} as const;

function decodeProjects(projects: readonly ProjectRole[]): TokenScope['projects'] {
  if (projects.length === 0) return null;
  const roles = new Map<string, Role>();
  for (const { project, role } of projects) {
    if (!isRole(role)) throw invalidArgument('projects', 'A role is viewer, operator or admin.');
    if (roles.has(project)) throw invalidArgument('projects', `${project} is there twice.`);
    roles.set(project, role);
  }
  return Object.fromEntries(roles);
}

function encodeIssued({ token, text }: IssuedToken): { token: Token; text: string } {
  return { token: encode(token), text: text ?? '' };
}

function encode(token: Kept): Token {
  const time = (text: string | null): Date | undefined => (text === null ? undefined : new Date(text));
  return {
    id: token.id,
    user: token.user.name,
    description: token.description,
    use: uses[token.scope.use],
    projects: Object.entries(token.scope.projects ?? {}).map(([project, role]) => ({ project, role })),
    createTime: time(token.createdAt),
    expireTime: time(token.expiresAt),
    lastUseTime: time(token.lastUsedAt),
    lastUseAddress: token.lastUsedFrom,
    revokeTime: time(token.revokedAt),
  };
}
