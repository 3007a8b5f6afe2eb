import { useMutation } from '@tanstack/react-query';
import { answerOf, api, newKey } from '../api/client.ts';
import { type Desk, type Role, signIn } from './session.ts';

const key = (desk: Desk) => `gudok.sandbox.user.${desk}`;

/** The user of the last visit, or a new one: what somebody bought yesterday is theirs today, though their token is gone. */
export function sandboxUser(desk: Desk): string {
  return localStorage.getItem(key(desk)) ?? `${desk === 'shop' ? 'user' : 'operator'}-${newKey().slice(0, 6)}`;
}

/** One click, in the sandbox: a token for anybody. */
export function useSandboxSignIn(desk: Desk) {
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      answerOf(api.POST('/v1/sandbox/tokens', { body: { userId, role } })),
    onSuccess: ({ token }, { userId }) => {
      localStorage.setItem(key(desk), userId);
      signIn(desk, token);
    },
  });
}
