import type { ReactNode } from 'react';
import { ListContextProvider, type RaRecord, ResourceContextProvider, useList } from 'react-admin';

/** A list of rows that need no request, such as the lines of a report, for a table among the children. */
export function LocalRows<R extends RaRecord>(props: {
  /** The resource's name for the framework. It must differ from the names of pages. */
  name: string;
  rows: R[];
  perPage?: number;
  children: ReactNode;
}) {
  const { name, rows, perPage = Math.max(rows.length, 1), children } = props;
  const list = useList({ data: rows, perPage, resource: name });
  return (
    <ResourceContextProvider value={name}>
      <ListContextProvider value={list}>{children}</ListContextProvider>
    </ResourceContextProvider>
  );
}
