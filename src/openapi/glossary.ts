import { EXAMPLE_USER_ID } from '../http/ids.js';

/** What a field is, wherever it stands. A DTO that says something itself is not overruled. */
interface Term {
  readonly description?: string;
  readonly example?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const TIME = { format: 'date-time', example: '2026-01-31T12:00:00.000Z' };
const DAY = { format: 'date', example: '2026-01-31' };
const LANGUAGE = { maxLength: 50, example: 'en' };
const name = (maxLength: number, example: string, description: string): Term => ({
  maxLength,
  example,
  description,
});
/** Letters of every script may stand in a link: the format `uri` would refuse them, and validators do not know `iri`. */
const link = (example: string, description: string): Term => ({
  maxLength: 100,
  example,
  description,
});

/** A user id: an ObjectId, in lower-case hexadecimal. */
export const USER_ID = {
  type: 'string',
  pattern: '^[0-9a-f]{24}$',
  example: EXAMPLE_USER_ID,
};

/** Terms by the field's name; `Schema.field` where the name alone does not tell. */
const TERMS: Readonly<Record<string, Term>> = {
  // Accounts
  username: name(20, 'haruka', 'Unique without regard to case.'),
  'Profile.username': name(20, 'haruka', 'As the user spells it.'),
  password: { description: 'As it was chosen; at most 512 bytes.', minLength: 1 },
  'Credentials.username': { minLength: 1 },
  // The format `email` would refuse letters beyond ASCII.
  email: { pattern: '^[^@]+@[^@]+$', maxLength: 50, description: 'Null when none is known.' },
  first_name: { maxLength: 20, description: 'Null when not given.' },
  last_name: { maxLength: 20, description: 'Null when not given.' },
  website: link('https://example.com/haruka', 'The user’s own pages, http or https.'),
  facebook: link('https://facebook.com/haruka', 'The user’s page there.'),
  instagram: link('https://instagram.com/haruka', 'The user’s page there.'),
  linkedin: link('https://linkedin.com/in/haruka', 'The user’s page there.'),
  x: link('https://x.com/haruka', 'The user’s page there.'),
  youtube: link('https://youtube.com/@haruka', 'The user’s page there.'),
  profile_image: {
    format: 'uri',
    example: 'http://localhost:3000/images/avatars/7/3f2a/180x180.webp',
  },
  registered: TIME,
  age_verified: { example: false },
  logged_in: { example: true },
  user: { description: 'Who has signed in.' },
  settings: { description: 'The user’s preferences, defaults included.' },
  accessToken: { maxLength: 2000 },
  user_id: { pattern: USER_ID.pattern, description: 'Whose it is.' },
  'Session.id': { format: 'uuid', description: 'Names the session.' },
  created: { ...TIME, description: 'When it was created.' },
  last_used: { ...TIME },
  current: { example: true },
  ip: { maxLength: 45 },
  user_agent: { maxLength: 400 },
  'UserPage.limit': { description: 'Most users to answer, as asked for.' },
  'UserPage.offset': { description: 'How many users were skipped, as asked for.' },
  users: { description: 'The users of this page.' },
  'Day.users': { description: 'New accounts.' },
  'Totals.users': { description: 'Accounts.' },
  'Role.users': { description: 'How many users have it.' },

  // Settings
  theme: { description: 'Light, dark, or as the system says.', example: 'light' },
  'view-mode': { description: 'How lists are laid out.', example: 'column' },
  'show-drag-indicator': { example: true },
  'prefered-content-language': { maxLength: 100 },

  // The catalog
  id: { description: 'Names it in paths.' },
  name: { maxLength: 1000, description: 'What it is called.' },
  'Client.name': { maxLength: 100 },
  'NewClient.name': { maxLength: 100 },
  'Role.name': { maxLength: 50, description: 'Unique without regard to case.' },
  'ListedPermission.name': { description: 'What roles call it.' },
  'Avatar.name': { maxLength: 255 },
  'Photo.name': { maxLength: 255 },
  slug: { maxLength: 1000, description: 'The name, for readable addresses; not unique.' },
  'User.slug': { maxLength: 20 },
  'UserWithSettings.slug': { maxLength: 20 },
  'AdminUser.slug': { maxLength: 20 },
  'AdminUserDetail.slug': { maxLength: 20 },
  'Profile.slug': { maxLength: 20, description: 'The username in lower case.' },
  type: { description: 'What kind of work it is.', example: 'Manga' },
  'Volume.type': { description: 'Kind of edition, as the source says.', maxLength: 1000 },
  origin: { maxLength: 50 },
  alias: { maxLength: 1000, description: 'The first title in the language asked for, else the name.' },
  description: {
    maxLength: 100_000,
    description: 'In the language asked for, else in English; null without a text.',
    example: 'A boy sets out to find the greatest treasure of the seas.',
  },
  'Role.description': { maxLength: 200, description: 'What the role is for.' },
  'RoleChanges.description': { maxLength: 200 },
  'NewRole.description': { maxLength: 200, description: 'What the role is for.' },
  'ListedPermission.description': { maxLength: 200, description: 'What it allows.' },
  client: { example: null },
  public: { example: 1 },
  tags: { description: 'Genres and themes.' },
  rating_count: { description: 'Number of ratings.' },
  average_rating: { example: 8.75 },
  publisher_language: LANGUAGE,
  language: LANGUAGE,
  nsfw: { example: 0 },
  nsfw18: { example: 0 },
  cover_path: {
    maxLength: 1000,
    description: 'Path of the cover on the frontends’ own server; null without one.',
    example: 'covers/one-piece-1.jpg',
  },
  edition_name: { maxLength: 1000, description: 'Null for the usual edition.', example: 'Deluxe Edition' },
  publisher: { maxLength: 1000, description: 'Null when not known.' },
  release_date: { ...DAY, description: 'Null when not known.' },
  pages: { description: 'Null when not known.' },
  isbn10: { maxLength: 10, description: 'Without dashes; null when not known.', example: '1569319014' },
  isbn13: { maxLength: 13, description: 'Without dashes; null when not known.' },
  in_collection: { example: false },
  series: { description: 'The series of this page.' },
  'Volume.series': { description: 'The series that it belongs to.' },
  'ImportReport.series': { description: 'Series that are new or have changed.' },
  volumes: { description: 'The volumes of this page.' },
  'RatingCount.rating': { description: 'A whole rating, 1 to 10.', example: 9 },
  'RatingCount.count': { description: 'How many ratings round to it.', example: 7 },
  reason: { maxLength: 1000, description: 'Why the line was refused.' },

  // What readers keep
  series_id: { description: 'Id of the series.' },
  'reading-history': { description: 'What the reader keeps about the series.' },
  status: { description: 'How far the reader is.', example: 'started' },
  'Health.status': { description: 'The only answer of a node that is well.', maxLength: 2 },
  visibility: { description: 'Who may see the entry.', example: 'private' },
  progress_type: { description: 'What the progress counts.', example: 'chapters' },
  progress: { description: 'The last chapter or volume that was read.' },
  priority: { description: 'How soon the reader means to go on.', example: 'mid' },
  reread: { description: 'How often the series was read again.' },
  notes: { maxLength: 10_000, description: 'The reader’s own words, as they were written.' },
  last_update: TIME,
  'Rating.rating': { description: '1 to 10.' },
  counts: { description: 'How much there is of each.' },
  started: { description: 'Public entries of this status.' },
  completed: { description: 'Public entries of this status.' },
  paused: { description: 'Public entries of this status.' },
  dropped: { description: 'Public entries of this status.' },
  item_id: { description: 'Id of the item in the collection.' },
  price: { description: 'What was paid, with at most two digits.' },
  buy_date: DAY,
  first_buy: DAY,
  last_buy: DAY,
  total_items: { description: 'Volumes in the collection.' },
  ratings: { description: 'Ratings given.' },
  photos: { description: 'Photos uploaded.' },

  // Images
  image: { maxLength: 7_000_000 },
  value: { maxLength: 200 },
  uploaded: { ...TIME, description: 'When it was uploaded.' },
  'PhotoPage.photos': { description: 'Newest first.' },

  // Administration
  clients: { description: 'The clients of this page.' },
  enabled: { description: 'A disabled client is an unknown one to every route.', example: true },
  scopes: { description: 'What the client’s key may do.', example: ['photos:delete'] },
  key: { maxLength: 60 },
  former_key_valid_until: TIME,
  permissions: { description: 'What it allows.' },
  totals: { description: 'How much there is now; of sign-ins, how many there have been.' },
  'AuditEntry.id': { description: 'Later entries have larger ones.' },
  actor: { maxLength: 100 },
  action: { maxLength: 100, description: 'What was done: a feature and a verb.' },
  target: { maxLength: 100 },
  at: { description: 'When it was done.' },

  // Answers
  field: { maxLength: 100 },
  Response: { description: 'Whether the deletion was done.', example: 'Success' },
  Message: { maxLength: 100, description: 'What happened; a closed list for each status.' },
  Data: { description: 'Always null.', example: null },
  ErrorCode: { maxLength: 3, description: 'Empty after a deletion.', example: '' },

  // Parameters
  'query.action': { description: 'What was done: a feature and a verb.', example: 'user.update' },
  'query.limit': { example: 20 },
  'query.offset': { example: 0 },
  'query.type': { example: 'Manga' },
  'query.order': { description: 'The order of the page; ties are broken by id.' },
  'query.status': { example: ['started', 'paused'] },
  'query.photoId': { description: 'The photo to delete.' },
  'query.userId': { description: 'Whose photo it is.' },
  'header.webApiClientKey': {
    description: 'The client’s key.',
    example: 'tbk_c29tZSByYW5kb20gYnl0ZXM',
    maxLength: 200,
  },
  'path.slug': { description: 'The username, in any case.', example: 'haruka', maxLength: 20 },
  'path.hash': {
    description: 'Names one picture.',
    example: '3f2a1c0b9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a',
    pattern: '^[0-9a-f]{40}$',
  },
  'path.token': {
    description: 'Names one photo; nobody can guess it.',
    example: '0f3c1a2b3d4e5f60718293a4b5c6d7e8',
    pattern: '^[0-9a-f]{32}$',
  },
  'path.file': {
    description: 'A version of the picture: a size, the thumbnail or the whole.',
    example: 'full.png',
    pattern: '^(full|thumbnail|\\d{2,3}x\\d{2,3})\\.(gif|jpg|png|webp)$',
  },
};

/**
 * Fills in what a field leaves unsaid. Beside a reference only the description is filled in.
 *
 * @param place the schema that it belongs to, or where a parameter stands
 */
export function explain(place: string, field: string, schema: Record<string, unknown>): void {
  const term = { ...TERMS[field], ...TERMS[`${place}.${field}`] };
  const isReference = '$ref' in schema || 'anyOf' in schema;
  const isText = [schema['type']].flat().includes('string') && !('enum' in schema);
  for (const [key, value] of Object.entries(term)) {
    const fits = key === 'description' || (key === 'example' ? !isReference : isText);
    if (fits && !(key in schema)) schema[key] = value;
  }
}
