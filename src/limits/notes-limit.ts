/** Bytes of a body: enough for notes of 10,000 characters in any script. */
export const NOTES_LIMIT = 192 * 1024;
