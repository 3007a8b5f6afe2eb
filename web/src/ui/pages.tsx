import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { common } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';
import { Button } from './button.tsx';
import { Empty, Loaded } from './states.tsx';

interface Page<Row> {
  data: Row[];
  nextCursor: string | null;
}

interface Props<Row> {
  queryKey: readonly unknown[];
  ask: (cursor: string | undefined) => Promise<Page<Row>>;
  empty: ReactNode;
  children: (rows: Row[]) => ReactNode;
  every?: number;
}

/** A list of the API's, as far as it was asked for: the next page is one press away, never a scroll. */
export function Pages<Row>({ queryKey, ask, empty, children, every }: Props<Row>) {
  const { more } = useWords(common);
  const list = useInfiniteQuery<Page<Row>, Error, InfiniteData<Page<Row>>, readonly unknown[], string>({
    queryKey,
    queryFn: ({ pageParam }) => ask(pageParam === '' ? undefined : pageParam),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: every ?? false,
  });
  return (
    <>
      <Loaded query={list}>
        {({ pages }) => {
          const rows = pages.flatMap(({ data }) => data);
          return rows.length === 0 ? <Empty>{empty}</Empty> : children(rows);
        }}
      </Loaded>
      {list.hasNextPage && (
        <div>
          <Button small onPress={() => void list.fetchNextPage()} isPending={list.isFetchingNextPage}>
            {more}
          </Button>
        </div>
      )}
    </>
  );
}
