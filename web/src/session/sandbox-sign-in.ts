import { useMutation } from '@tanstack/react-query';
import { api, newIdempotencyKey, resultOf } from '../api/client.ts';
import { type Area, type Role, signIn } from './session.ts';

const key = (area: Area) => `gudok.sandbox.user.${area}`;

/** The user of the last visit, or a new one. A returning user keeps their purchases, although the token is gone. */
export function sandboxUser(area: Area): string {
  return (
    localStorage.getItem(key(area)) ?? `${area === 'shop' ? 'user' : 'operator'}-${newIdempotencyKey().slice(0, 6)}`
  );
}

/** The sandbox gives a token for any user. */
export function useSandboxSignIn(area: Area) {
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      resultOf(api.POST('/v1/sandbox/tokens', { body: { userId, role } })),
    onSuccess: ({ token }, { userId }) => {
      localStorage.setItem(key(area), userId);
      signIn(area, token);
    },
  });
}
