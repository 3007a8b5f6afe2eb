import { Link } from '@tanstack/react-router';
import { SignIn } from '../../session/sign-in.tsx';
import { useWords } from '../../words/dictionary.ts';
import { outcome } from './words.ts';

/** Brought back into another browser, or following a link: how an order ended is told to its buyer alone. */
export function SignedOut() {
  const words = useWords(outcome);
  return (
    <div className="stack">
      <h1>{words.signInToSee}</h1>
      <p>{words.signInHint}</p>
      <SignIn desk="shop" />
    </div>
  );
}

/** Another account's order, or none. */
export function NotYours() {
  const words = useWords(outcome);
  return (
    <div className="stack">
      <h1>{words.notYours}</h1>
      <p>{words.notYoursHint}</p>
      <div className="row">
        <Link to="/me" className="button">
          {words.toMe}
        </Link>
        <Link to="/" className="button">
          {words.toShop}
        </Link>
      </div>
    </div>
  );
}
