import { AxiosError, type AxiosAdapter, AxiosHeaders } from 'axios';
import { Agent, request } from 'undici';

/** Toss is two network hops away: a connection that takes longer than this is not going to be made. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Sends axios's requests through undici: a fifth of the CPU of axios's own adapter, connections that are kept, and a
 * connect timeout apart from the answer's (`timeout`, which covers the whole answer, body included).
 */
export function undiciAdapter(): AxiosAdapter {
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: 30_000,
    connections: 512,
  });
  return async (config) => {
    const url = `${config.baseURL ?? ''}${config.url ?? ''}`;
    // Not AbortSignal.timeout: its timer outlives the answer by 30 seconds, and keeps what it would cancel.
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(new DOMException('no answer in time', 'TimeoutError')),
      config.timeout ?? 30_000,
    );
    try {
      const answer = await request(url, {
        dispatcher,
        method: (config.method ?? 'get').toUpperCase() as 'GET' | 'POST' | 'DELETE',
        headers: config.headers.toJSON(true),
        body: (config.data as string | undefined) ?? null,
        signal: deadline.signal,
      });
      return {
        data: await answer.body.text(),
        status: answer.statusCode,
        statusText: '',
        headers: new AxiosHeaders(answer.headers as Record<string, string>),
        config,
      };
    } catch (error) {
      const cause = error as NodeJS.ErrnoException;
      throw new AxiosError(cause.message, cause.name === 'TimeoutError' ? AxiosError.ETIMEDOUT : cause.code, config);
    } finally {
      clearTimeout(timer);
    }
  };
}
