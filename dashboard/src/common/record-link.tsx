import Link from '@mui/material/Link';
import type { ReactNode } from 'react';
import { type RaRecord, useCreatePath } from 'react-admin';
import { Link as RouterLink } from 'react-router';

/** A link from a row of a list to its page: a row that only can be clicked is out of reach for a keyboard. */
export function RecordLink(props: {
  resource: string;
  id: RaRecord['id'];
  type: 'edit' | 'show';
  color?: 'inherit' | 'primary';
  children: ReactNode;
}) {
  const { resource, id, type, color = 'inherit', children } = props;
  const to = useCreatePath()({ resource, id, type });
  return (
    <Link component={RouterLink} to={to} color={color} onClick={(event) => event.stopPropagation()}>
      {children}
    </Link>
  );
}
