import { refusal } from '../../http/app-error.js';

export const roleNotFound = refusal(404, 'Role not found');
export const roleExists = refusal(409, 'Role with the same name already exists');
export const roleFixed = refusal(409, 'Role cannot be changed');
