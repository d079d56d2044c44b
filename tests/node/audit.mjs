// Runs the published audit of GraphQL over HTTP against the address given first, with the bearer token given second
// where the endpoint wants one, and prints one line of JSON: a list of { id, name, status, reason }.
// One check after another: all at once are more requests than one principal may have under way.
import { serverAudits } from 'graphql-http';

const [url, token] = process.argv.slice(2);
const authorization = token ? { authorization: `Bearer ${token}` } : {};
const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...authorization, ...init.headers } });
const results = [];
for (const check of serverAudits({ url, fetchFn })) results.push(await check.fn());
const lines = results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }));
console.log(JSON.stringify(lines));
