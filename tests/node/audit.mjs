// Runs the published audit of GraphQL over HTTP against the address given as the only argument,
// and prints one line of JSON: a list of { id, name, status, reason }.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const lines = results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }));
console.log(JSON.stringify(lines));
