/** The generated client, for all requests of the dashboard. Nothing else calls `fetch`. */
export * from '../../../openapi/client/generated';
export { client } from '../../../openapi/client/generated/client.gen';
