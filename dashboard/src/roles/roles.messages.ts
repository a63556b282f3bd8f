import type { Permission } from '../api/client';
import { defineMessages } from '../i18n/define-messages';

const english = {
  'view-users': 'See users and statistics',
  'edit-users': 'Change users, invite',
  'delete-users': 'Delete users',
  'view-roles': 'See roles',
  'edit-roles': 'Change roles',
  'moderate-images': 'Moderate pictures',
  'manage-catalog': 'Manage the catalog',
  'manage-clients': 'Manage clients',
  'view-audit-log': 'Read the audit log',
  'rate-series': 'Rate series',
} satisfies Record<Permission, string>;

const german: typeof english = {
  'view-users': 'Benutzer und Zahlen sehen',
  'edit-users': 'Benutzer ändern, einladen',
  'delete-users': 'Benutzer löschen',
  'view-roles': 'Rollen sehen',
  'edit-roles': 'Rollen ändern',
  'moderate-images': 'Bilder moderieren',
  'manage-catalog': 'Katalog verwalten',
  'manage-clients': 'Clients verwalten',
  'view-audit-log': 'Protokoll lesen',
  'rate-series': 'Serien bewerten',
};

export const rolesMessages = defineMessages(
  {
    resources: {
      roles: {
        name: 'Role |||| Roles and permissions',
        fields: { name: 'Name', description: 'Description', users: 'Users', permissions: 'Permissions' },
        permissions: english,
        user_count: '%{smart_count} user |||| %{smart_count} users',
        fixed_name: 'The service needs this role: it keeps its name and stays.',
        has_all: 'This role always has all permissions.',
        held_only: 'You can only grant permissions that you have.',
        delete_title: 'Delete the role %{name}?',
        delete_text:
          '%{smart_count} user loses its permissions. Users without another role get the role “user”. |||| %{smart_count} users lose its permissions. Users without another role get the role “user”.',
        deleted: 'The role was deleted.',
      },
    },
  },
  {
    resources: {
      roles: {
        name: 'Rolle |||| Rollen und Berechtigungen',
        fields: {
          name: 'Name',
          description: 'Beschreibung',
          users: 'Benutzer',
          permissions: 'Berechtigungen',
        },
        permissions: german,
        user_count: '%{smart_count} Benutzer |||| %{smart_count} Benutzer',
        fixed_name: 'Der Dienst braucht diese Rolle: sie behält ihren Namen und bleibt.',
        has_all: 'Diese Rolle hat immer alle Berechtigungen.',
        held_only: 'Du kannst nur Berechtigungen vergeben, die du selbst hast.',
        delete_title: 'Rolle %{name} löschen?',
        delete_text:
          '%{smart_count} Benutzer verliert ihre Berechtigungen. Wer keine andere Rolle hat, bekommt die Rolle „user“. |||| %{smart_count} Benutzer verlieren ihre Berechtigungen. Wer keine andere Rolle hat, bekommt die Rolle „user“.',
        deleted: 'Die Rolle wurde gelöscht.',
      },
    },
  },
);
