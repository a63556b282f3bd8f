import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { Loading, NumberInput, SelectInput, useListContext } from 'react-admin';
import type { ImageKind } from '../api/client';
import { allClients } from '../clients/clients.data';
import { Empty } from '../common/empty';
import { PageList } from '../common/page-list';
import { useMay } from '../common/permissions';
import { UserFilter } from '../users/user-filter';
import type { Picture } from './images.data';
import { PictureCard } from './picture-card';

const KINDS: readonly ImageKind[] = ['avatar', 'photo'];

/** The pictures of all users as a grid, newest first. */
export default function Images() {
  return (
    <PageList filters={useFilters()} component="div">
      <Grid />
    </PageList>
  );
}

function Grid() {
  const { data, isPending } = useListContext<Picture>();
  if (isPending) return <Loading />;
  if (data === undefined || data.length === 0) return <Empty />;
  return (
    <Box
      component="ul"
      sx={{
        display: 'grid',
        gap: 2,
        m: 0,
        p: 0,
        listStyle: 'none',
        gridTemplateColumns: {
          xs: 'repeat(auto-fill, minmax(150px, 1fr))',
          sm: 'repeat(auto-fill, minmax(200px, 1fr))',
        },
      }}
    >
      {data.map((picture) => (
        <li key={picture.id}>
          <PictureCard picture={picture} />
        </li>
      ))}
    </Box>
  );
}

function useFilters() {
  const mayManageClients = useMay('manage-clients');
  const { data: clients } = useQuery({
    queryKey: ['all-clients'],
    queryFn: allClients,
    enabled: mayManageClients,
  });
  const kind = (
    <SelectInput
      key="kind"
      source="kind"
      alwaysOn
      choices={KINDS.map((id) => ({ id, name: `resources.images.kinds.${id}` }))}
    />
  );
  const user = <UserFilter key="user" source="user" alwaysOn label="resources.images.fields.user" />;
  // A filter by a disabled client is refused.
  const choices = (clients ?? []).filter(({ enabled }) => enabled);
  const client = mayManageClients ? (
    <SelectInput
      key="client"
      source="client"
      alwaysOn
      choices={choices.map(({ id, name }) => ({ id, name }))}
      translateChoice={false}
    />
  ) : (
    <NumberInput key="client" source="client" alwaysOn min={1} label="resources.images.fields.client_id" />
  );
  return [kind, user, client];
}
