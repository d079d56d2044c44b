// PostGraphile on the tables of the service, as its role and behind its row security, in its production mode.
// DATABASE_URL, ENTITY_ID, SCHEMAS (separated by commas) and POOL (connections at most) come from the environment.

import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const { DATABASE_URL, ENTITY_ID, SCHEMAS, POOL } = process.env;

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      schemas: SCHEMAS.split(","),
      poolConfig: { max: Number(POOL) },
    }),
  ],
  grafast: { context: () => ({ pgSettings: { "app.entity_id": ENTITY_ID } }) },
  // Without it there is no way from an invoice to its applications: its index has the position as a third column.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  grafserv: { graphiql: false, watch: false, websockets: false },
});

const served = instance.createServ(grafserv);
const server = createServer();
await served.addTo(server);
await served.ready();
server.listen(0, "127.0.0.1", () => {
  console.log(`PostGraphile: http://127.0.0.1:${server.address().port}/graphql`);
});
