import type { Message } from '../api/client';
import type { Messages } from './define-messages';

/**
 * The service's messages in German. English shows them as the service sends them, and so does German for those that are
 * missing here.
 */
const GERMAN: Readonly<Partial<Record<Message, string>>> = {
  'Required parameters missing': 'Es fehlen Angaben',
  'Invalid parameters': 'Einige Angaben sind nicht gültig',
  'Invalid credentials': 'Name und Passwort passen nicht zusammen',
  'Second factor required': 'Der zweite Faktor fehlt noch',
  'Invalid second factor': 'Der Code ist falsch oder schon benutzt',
  Unauthorized: 'Du bist nicht angemeldet',
  Forbidden: 'Das darfst du nicht',
  'Account suspended': 'Dieses Konto ist gesperrt',
  'User not found': 'Dieses Konto gibt es nicht',
  'Too many requests.': 'Zu viele Versuche',
  'Service unavailable': 'Der Dienst ist gerade nicht verfügbar',
  'Insufficient storage': 'Der Speicher ist voll',
  'Internal server error': 'Im Dienst ist ein Fehler aufgetreten',
  'Payload too large': 'Die Datei ist zu groß',
  'Invalid image': 'Die Datei ist kein gültiges Bild',
  'Username already taken': 'Dieser Benutzername ist vergeben',
  'Email already taken': 'Diese E-Mail-Adresse ist vergeben',
  'Cannot remove the last administrator': 'Es muss mindestens einen Administrator geben',
  'Registration is closed': 'Neue Konten werden zurzeit nicht angelegt',
  'Invalid invitation': 'Die Einladung ist ungültig, abgelaufen oder verbraucht',
  'Invalid or expired token': 'Der Link ist ungültig oder abgelaufen',
  'Sign in again': 'Bitte melde dich noch einmal an',
  'Not found': 'Das gibt es nicht',
  'Session not found': 'Diese Sitzung ist schon zu Ende',
  'Token not found': 'Diesen Token gibt es nicht mehr',
  'Token limit reached': 'Mehr Token sind nicht möglich',
  'Identity not found': 'Diese Verknüpfung gibt es nicht mehr',
  'Provider not found': 'Diesen Anbieter gibt es nicht',
  'Last way to sign in': 'Das ist der letzte Weg, dich anzumelden',
  'Email already verified': 'Die Adresse ist schon bestätigt',
  'Two-factor is off': 'Der zweite Faktor ist aus',
  'Two-factor is on already': 'Der zweite Faktor ist schon an',
  'Role not found': 'Diese Rolle gibt es nicht mehr',
  'Role cannot be changed': 'Diese Rolle kann nicht geändert werden',
  'Role with the same name already exists': 'Es gibt schon eine Rolle mit diesem Namen',
  'Client not found': 'Diesen Client gibt es nicht mehr',
  'Client is in use': 'Dieser Client wird benutzt',
  'Invitation not found': 'Diese Einladung gibt es nicht mehr',
  'Photo not found': 'Dieses Foto gibt es nicht mehr',
  'Avatar not found': 'Dieses Bild gibt es nicht mehr',
  'Unsupported media type': 'Diese Art von Datei wird nicht angenommen',
  'Series not found': 'Diese Serie gibt es nicht',
  'This service is not handling file uploads.': 'Dieser Dienst nimmt keine Dateien an',
};

/** The key of a message of the service, for the framework's translation. Keys must not contain dots. */
export function serverMessageKey(message: string): string {
  return `server.${message.replaceAll('.', '')}`;
}

export const serverMessages: Messages = {
  en: { server: {} },
  de: {
    server: Object.fromEntries(
      Object.entries(GERMAN).map(([message, text]) => [message.replaceAll('.', ''), text]),
    ),
  },
};
