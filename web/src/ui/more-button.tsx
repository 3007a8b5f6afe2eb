import { common } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';
import { Button } from './button.tsx';

interface List {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Loads the next page of a list, as long as there is one. */
export function MoreButton({ list }: { list: List }) {
  const { more } = useWords(common);
  if (!list.hasNextPage) return null;
  return (
    <div>
      <Button small onPress={() => void list.fetchNextPage()} isPending={list.isFetchingNextPage}>
        {more}
      </Button>
    </div>
  );
}
