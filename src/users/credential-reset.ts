import { Injectable } from '@nestjs/common';
import { UserSteps } from './user-steps.js';

/**
 * The steps that end credentials of a user whose password is reset, in addition to sessions: whoever had the account
 * must lose every way into it.
 */
@Injectable()
export class CredentialReset extends UserSteps {}
