import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { configQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Card } from '../ui/parts.tsx';
import { Failure } from '../ui/states.tsx';
import { dictionary, useWords } from '../words/dictionary.ts';
import { type Desk, type Role, type Session, signIn, useSession } from './session.ts';
import { sandboxUser, useSandboxSignIn } from './sandbox-sign-in.ts';

const words = dictionary(
  {
    title: '로그인',
    token: '토큰 (Bearer JWT)',
    tokenHint: '로그인 서비스가 준 토큰을 붙여 넣으세요. 이 탭을 닫으면 지워집니다.',
    notAToken: '토큰의 형식이 아닙니다.',
    use: '이 토큰으로 로그인',
    sandbox: '샌드박스에서는 누구로든 바로 시작할 수 있습니다.',
    user: '사용자 아이디',
    as: '고객으로 시작',
    asOperator: '운영자로 시작',
    asAdmin: '관리자로 시작',
    paste: '토큰으로 로그인',
    forbidden: '이 화면은 운영자만 볼 수 있습니다. 운영자로 로그인해 주세요.',
  },
  {
    title: 'Sign in',
    token: 'Token (bearer JWT)',
    tokenHint: 'Paste the token that your sign-in service gave you. It is forgotten when this tab is closed.',
    notAToken: 'This does not look like a token.',
    use: 'Sign in with this token',
    sandbox: 'In the sandbox you can start as anybody.',
    user: 'User id',
    as: 'Start as a customer',
    asOperator: 'Start as an operator',
    asAdmin: 'Start as an admin',
    paste: 'Sign in with a token',
    forbidden: 'This page is for operators. Please sign in as one.',
  },
);

/** Shows its children to whoever is signed in (as an operator, at the console); to others, how to. */
export function SignedIn({ desk, children }: { desk: Desk; children: (session: Session) => ReactNode }) {
  const session = useSession(desk);
  const said = useWords(words);
  if (session && (desk === 'shop' || session.role !== 'customer')) return children(session);
  return (
    <div className="stack">
      <h1>{said.title}</h1>
      {session && <p className="notice">{said.forbidden}</p>}
      <SignIn desk={desk} />
    </div>
  );
}

/** The ways to sign in, without the page around them. */
export function SignIn({ desk }: { desk: Desk }) {
  const { data: config } = useQuery(configQuery);
  const said = useWords(words);
  return (
    <>
      {config?.sandbox && <AsAnybody desk={desk} />}
      {config?.sandbox ? (
        <details>
          <summary>{said.paste}</summary>
          <Paste desk={desk} />
        </details>
      ) : (
        <Paste desk={desk} />
      )}
    </>
  );
}

function AsAnybody({ desk }: { desk: Desk }) {
  const said = useWords(words);
  const [userId, setUserId] = useState(() => sandboxUser(desk));
  const starting = useSandboxSignIn(desk);
  const start = (role: Role) => () => starting.mutate({ userId, role });
  return (
    <Card label={said.title}>
      <p className="soft">{said.sandbox}</p>
      <Field label={said.user} value={userId} onChange={setUserId} maxLength={64} />
      <div className="row">
        {desk === 'shop' && (
          <Button kind="primary" onPress={start('customer')} isPending={starting.isPending}>
            {said.as}
          </Button>
        )}
        <Button kind={desk === 'console' ? 'primary' : undefined} onPress={start('operator')}>
          {said.asOperator}
        </Button>
        <Button onPress={start('admin')}>{said.asAdmin}</Button>
      </div>
      {starting.error && <Failure error={starting.error} />}
    </Card>
  );
}

function Paste({ desk }: { desk: Desk }) {
  const said = useWords(words);
  const [token, setToken] = useState('');
  const [refused, setRefused] = useState(false);
  // Asked for at once, so that a bad token is told here and not by the first thing that fails.
  const trying = useMutation({
    mutationFn: (given: string) =>
      answerOf(
        api.GET('/v1/payments', { params: { query: { limit: 1 } }, headers: { Authorization: `Bearer ${given}` } }),
      ),
    onSuccess: (_, given) => setRefused(!signIn(desk, given)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    trying.mutate(token.trim().replace(/^Bearer\s+/i, ''));
  };
  return (
    <form onSubmit={submit}>
      <Card label={said.paste}>
        <Field
          label={said.token}
          hint={said.tokenHint}
          value={token}
          onChange={setToken}
          isRequired
          autoComplete="off"
        />
        {refused && <p role="alert">{said.notAToken}</p>}
        {trying.error && <Failure error={trying.error} />}
        <div>
          <Button kind="primary" type="submit" isPending={trying.isPending}>
            {said.use}
          </Button>
        </div>
      </Card>
    </form>
  );
}
