import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { MoreButton } from './more-button.tsx';
import { Empty, Loaded } from './states.tsx';

interface Page<Row> {
  data: Row[];
  nextCursor: string | null;
}

interface Props<Row> {
  queryKey: readonly unknown[];
  fetchPage: (cursor: string | undefined) => Promise<Page<Row>>;
  empty: ReactNode;
  children: (rows: Row[]) => ReactNode;
  refetchInterval?: number | false;
}

/** A list of the API, page by page: a button loads the next page. */
export function Pages<Row>({ queryKey, fetchPage, empty, children, refetchInterval = false }: Props<Row>) {
  const list = useInfiniteQuery<Page<Row>, Error, InfiniteData<Page<Row>>, readonly unknown[], string>({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam === '' ? undefined : pageParam),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval,
  });
  return (
    <>
      <Loaded query={list}>
        {({ pages }) => {
          const rows = pages.flatMap(({ data }) => data);
          return rows.length === 0 ? <Empty>{empty}</Empty> : children(rows);
        }}
      </Loaded>
      <MoreButton list={list} />
    </>
  );
}
