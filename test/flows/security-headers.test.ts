import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorld, type World } from '../support/world.ts';

describe('in the sandbox', () => {
  let world: World;
  beforeAll(async () => (world = await createWorld()));
  afterAll(() => world.close());

  it.each(['/v1/plans', '/v1/payments', '/health/ready', '/openapi.json', '/no/such/path'])(
    '%s is JSON that no cache keeps and no browser takes for something else',
    async (path) => {
      const { headers } = await world.api.get(path);
      expect(headers.get('content-type')).toMatch(/json/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('HTTPS is not demanded, as a browser would remember it for localhost', async () => {
    expect((await world.api.get('/v1/plans')).headers.get('strict-transport-security')).toBeNull();
  });

  it('only the docs may be styled inline, and nothing may frame them', async () => {
    const policy = (await world.api.get('/docs')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect((await world.api.get('/')).headers.get('content-security-policy')).not.toContain('unsafe');
  });
});

it('outside the sandbox HTTPS is demanded for a year, also on a refusal', async () => {
  const world = await createWorld({ sandbox: false, simulatorUrl: null });
  try {
    const { status, headers } = await world.api.get('/v1/payments');
    expect([status, headers.get('strict-transport-security')]).toEqual([401, 'max-age=31536000']);
  } finally {
    await world.close();
  }
});
