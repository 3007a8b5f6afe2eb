import { isIP } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Webhook } from 'standardwebhooks';
import { Agent, buildConnector, request } from 'undici';
import { isPublicAddress, lookUpPublic, RefusedAddress } from '../platform/network/public-address.ts';
import { outboxConfig } from '../config-namespaces.ts';

/** Standard Webhooks: 15 to 30 seconds. */
const ANSWER_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS = 16;
/** A receiver's body is ignored; so much is read to keep the connection. */
const MAX_BODY_BYTES = 16 * 1024;

/** What the receiver did with an event. */
export interface Answer {
  /** `trouble`: no answer, or one that says that the receiver is not well, whatever it was sent. */
  kind: 'taken' | 'refused' | 'trouble';
  /** null: it did not answer */
  status: number | null;
  /** null: taken */
  error: string | null;
}

/** Sends one event as Standard Webhooks prescribes (standardwebhooks.com). */
@Injectable()
export class Sender implements OnApplicationShutdown {
  private readonly target: { url: string; webhook: Webhook } | null;
  private readonly agent: Agent;

  constructor(@Inject(outboxConfig.KEY) { outboundWebhook, sandbox }: ConfigType<typeof outboxConfig>) {
    this.target = outboundWebhook && { url: outboundWebhook.url, webhook: new Webhook(outboundWebhook.secret) };
    this.agent = new Agent({
      connect: sandbox ? { timeout: CONNECT_TIMEOUT_MS } : toTheWorldOnly(),
      connections: CONNECTIONS,
      keepAliveTimeout: 30_000,
    });
  }

  get hasReceiver(): boolean {
    return this.target !== null;
  }

  /** Never throws: what goes wrong is an answer too. */
  async send(id: string, body: string): Promise<Answer> {
    if (!this.target) throw new Error('no receiver is configured');
    // The real time, also where the sandbox's clock was moved: the receiver compares it with its own.
    const sentAt = new Date();
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_TIMEOUT_MS);
    try {
      const answer = await request(this.target.url, {
        dispatcher: this.agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Gudok',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
          'webhook-signature': this.target.webhook.sign(id, sentAt, body),
        },
        body,
        signal: patience.signal,
      });
      await answer.body.dump({ limit: MAX_BODY_BYTES }).catch(() => undefined);
      return answerOf(answer.statusCode);
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return { kind: 'trouble', status: null, error: patience.signal.aborted ? 'ANSWER_TIMEOUT' : (code ?? name) };
    } finally {
      clearTimeout(timer);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}

function answerOf(status: number): Answer {
  if (status >= 200 && status < 300) return { kind: 'taken', status, error: null };
  const error = status >= 300 && status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
  return { kind: status >= 500 || status === 429 ? 'trouble' : 'refused', status, error };
}

/** A name is checked when it is resolved for the connection; an address in the URL itself is never resolved. */
function toTheWorldOnly(): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: lookUpPublic });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) callback(new RefusedAddress(), null);
    else connect(options, callback);
  };
}
