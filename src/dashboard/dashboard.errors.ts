import { defineError } from '../http/app-error.js';

export const dashboardNotBuilt = defineError(404, 'The dashboard is not built');
