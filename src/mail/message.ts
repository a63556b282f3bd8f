import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mail.js';

/** A message for nodemailer. The address is an object, so that no part of it is parsed as a list of addresses. */
export function messageOf({ to, subject, text }: Mail, from: string): SendMailOptions {
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    // Keeps out-of-office programs from answering (RFC 3834).
    headers: { 'auto-submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
