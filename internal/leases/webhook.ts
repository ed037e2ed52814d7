import { createHmac } from 'node:crypto';
import pRetry, { AbortError } from 'p-retry';

export interface WebhookSettings {
  /** http or https. Whoever sets it controls the host anyway: it may lead anywhere. */
  readonly url: string;
  /** Signs the bodies; null: they are not signed. */
  readonly secret: string | null;
  /** For one try. */
  readonly timeoutMs: number;
}

/** Sends one message; rejects when it was not taken after a few tries. */
export type PostWebhook = (
  message: { readonly id: string } & Readonly<Record<string, unknown>>,
) => Promise<void>;

const tries = 4;
/** Of those that are under way; a receiver that hangs must not fill the memory. */
const mostAtOnce = 100;

/**
 * Posts JSON: `Protium-Delivery` names the message, the same in each try, and `Protium-Signature: sha256=…` is the HMAC of the
 * body by the secret. Redirects are not followed: what is signed for one place is not for another.
 *
 * @param settings read for each message; null: there is no webhook
 */
export function createWebhook(parts: {
  readonly settings: () => Promise<WebhookSettings | null>;
  readonly signal: AbortSignal;
  /** The first pause between tries, doubled each time. Default 1000. */
  readonly retryPauseMs?: number;
}): PostWebhook {
  let underway = 0;
  return async (message) => {
    const settings = await parts.settings();
    if (settings === null) return;
    if (underway >= mostAtOnce) throw new Error(`${mostAtOnce} messages wait for it already`);
    underway += 1;
    try {
      const body = JSON.stringify(message);
      await pRetry(() => once(settings, message.id, body, parts.signal), {
        retries: tries - 1,
        minTimeout: parts.retryPauseMs ?? 1000,
        signal: parts.signal,
      });
    } finally {
      underway -= 1;
    }
  };
}

async function once(
  { url, secret, timeoutMs }: WebhookSettings,
  id: string,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  const signature = secret === null ? null : createHmac('sha256', secret).update(body).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Protium',
      'protium-delivery': id,
      ...(signature === null ? {} : { 'protium-signature': `sha256=${signature}` }),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  // Nothing is read of it: an endless answer is cut off.
  await response.body?.cancel();
  if (response.ok) return;
  const refused = new Error(`it answers ${response.status}`);
  const passing = response.status >= 500 || response.status === 408 || response.status === 429;
  throw passing ? refused : new AbortError(refused);
}
