import type { Breakpoint, Theme } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import { List, type ListProps } from 'react-admin';
import { ListPagination } from './list-pagination';
import { ListProblem } from './load-problem';

/** The list of a page: twenty rows, its own problems explained, and no buttons above it unless they are given. */
export function PageList(props: ListProps) {
  return (
    <List
      actions={false}
      perPage={20}
      empty={false}
      error={<ListProblem />}
      pagination={<ListPagination />}
      {...props}
    />
  );
}

/** Whether the screen is too narrow for a table; `SimpleList` fits then. */
export function useIsNarrow(tableFrom: Breakpoint = 'md'): boolean {
  return useMediaQuery<Theme>((theme) => theme.breakpoints.down(tableFrom));
}
