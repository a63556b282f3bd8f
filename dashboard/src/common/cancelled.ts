/** The user has given up what they began; there is nothing to explain. */
export class Cancelled extends Error {}
