import { Link } from '@tanstack/react-router';
import { SignIn } from '../../session/sign-in.tsx';
import { useWords } from '../../words/dictionary.ts';
import { outcomeWords } from './outcome-words.ts';

/** Only the buyer sees the outcome of an order, also in another browser and from a shared link. */
export function SignInToSeeOrder() {
  const words = useWords(outcomeWords);
  return (
    <div className="stack">
      <h1>{words.signInToSee}</h1>
      <p>{words.signInHint}</p>
      <SignIn area="shop" />
    </div>
  );
}

/** For an order of another account, or one that does not exist. */
export function NoOrderOfThisAccount() {
  const words = useWords(outcomeWords);
  return (
    <div className="stack">
      <h1>{words.otherAccount}</h1>
      <p>{words.otherAccountHint}</p>
      <ClosingLinks />
    </div>
  );
}

/** The links that close an outcome page. */
export function ClosingLinks() {
  const words = useWords(outcomeWords);
  return (
    <div className="row">
      <Link to="/me" className="button">
        {words.toMe}
      </Link>
      <Link to="/" className="button">
        {words.toShop}
      </Link>
    </div>
  );
}
