/** The fields of a user's profile that are links. */
export const PROFILE_LINKS = ['website', 'facebook', 'instagram', 'linkedin', 'x', 'youtube'] as const;
