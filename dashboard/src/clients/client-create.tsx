import { useState } from 'react';
import { useRedirect, useTranslate } from 'react-admin';
import type { NewClient } from '../api/client';
import { PageCreate } from '../common/page-create';
import { SecretDialog } from '../common/secret-dialog';
import { ClientFields } from './client-fields';

export default function ClientCreate() {
  const translate = useTranslate();
  const redirect = useRedirect();
  const [created, setCreated] = useState<NewClient>();
  return (
    <>
      <PageCreate<NewClient> defaultValues={{ scopes: [] }} action="ra.action.create" onCreated={setCreated}>
        <ClientFields />
      </PageCreate>
      {created && (
        <SecretDialog
          title={translate('resources.clients.key_of', { name: created.name, id: created.id })}
          secret={created.key}
          onClose={() => redirect('list', 'clients')}
        />
      )}
    </>
  );
}
