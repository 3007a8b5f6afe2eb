import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, resultOf } from '../api/client.ts';
import { configQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Card } from '../ui/parts.tsx';
import { Failure } from '../ui/states.tsx';
import { useWords } from '../words/dictionary.ts';
import { sandboxUser, useSandboxSignIn } from './sandbox-sign-in.ts';
import { type Area, type Role, type Session, signIn, useSession } from './session.ts';
import { signInWords } from './sign-in-words.ts';

/** Renders its children for a signed-in user (an operator, in the console), and the sign-in form for everyone else. */
export function SignedIn({ area, children }: { area: Area; children: (session: Session) => ReactNode }) {
  const session = useSession(area);
  const words = useWords(signInWords);
  if (session && (area === 'shop' || session.role !== 'customer')) return children(session);
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      {session && <p className="notice">{words.forbidden}</p>}
      <SignIn area={area} />
    </div>
  );
}

/** The ways to sign in, without a heading. */
export function SignIn({ area }: { area: Area }) {
  const { data: config } = useQuery(configQuery);
  const words = useWords(signInWords);
  if (!config?.sandbox) return <TokenSignIn area={area} />;
  return (
    <>
      <SandboxSignIn area={area} />
      <details>
        <summary>{words.withToken}</summary>
        <TokenSignIn area={area} />
      </details>
    </>
  );
}

function SandboxSignIn({ area }: { area: Area }) {
  const words = useWords(signInWords);
  const [userId, setUserId] = useState(() => sandboxUser(area));
  const signingIn = useSandboxSignIn(area);
  const start = (role: Role) => () => signingIn.mutate({ userId, role });
  return (
    <Card label={words.title}>
      <p className="soft">{words.sandbox}</p>
      <Field label={words.user} value={userId} onChange={setUserId} maxLength={64} />
      <div className="row">
        {area === 'shop' && (
          <Button kind="primary" onPress={start('customer')} isPending={signingIn.isPending}>
            {words.asCustomer}
          </Button>
        )}
        <Button kind={area === 'console' ? 'primary' : undefined} onPress={start('operator')}>
          {words.asOperator}
        </Button>
        <Button onPress={start('admin')}>{words.asAdmin}</Button>
      </div>
      {signingIn.error && <Failure error={signingIn.error} />}
    </Card>
  );
}

function TokenSignIn({ area }: { area: Area }) {
  const words = useWords(signInWords);
  const [token, setToken] = useState('');
  const [isMalformed, setMalformed] = useState(false);
  // A request with the token shows at once whether the API accepts it.
  const trying = useMutation({
    mutationFn: (given: string) =>
      resultOf(
        api.GET('/v1/payments', { params: { query: { limit: 1 } }, headers: { Authorization: `Bearer ${given}` } }),
      ),
    onSuccess: (_, given) => setMalformed(!signIn(area, given)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    trying.mutate(token.trim().replace(/^Bearer\s+/i, ''));
  };
  return (
    <form onSubmit={submit}>
      <Card label={words.withToken}>
        <Field
          label={words.token}
          hint={words.tokenHint}
          value={token}
          onChange={setToken}
          isRequired
          autoComplete="off"
        />
        {isMalformed && <p role="alert">{words.notAToken}</p>}
        {trying.error && <Failure error={trying.error} />}
        <div>
          <Button kind="primary" type="submit" isPending={trying.isPending}>
            {words.useToken}
          </Button>
        </div>
      </Card>
    </form>
  );
}
