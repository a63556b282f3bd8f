/** A message to one recipient, in plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends messages. Called by jobs of the queue only, which repeat what failed. */
export abstract class Mailer {
  /** Resolves when the message has been taken over. @throws PermanentFailure if the recipient is refused for good */
  abstract send(mail: Mail): Promise<void>;
  abstract close(): Promise<void>;
}
