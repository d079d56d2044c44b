// Runs the published audit of GraphQL over HTTP against the address given first, with the bearer token given second
// where the endpoint wants one, and prints one line of JSON: a list of { id, name, status, reason }.
import { auditServer } from 'graphql-http';

const [url, token] = process.argv.slice(2);
const authorization = token ? { authorization: `Bearer ${token}` } : {};
const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...authorization, ...init.headers } });
const results = await auditServer({ url, fetchFn });
const lines = results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }));
console.log(JSON.stringify(lines));
