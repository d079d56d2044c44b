import './workers.js';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

// The parts of graphiql/style.css, without the 390 kB of fonts that are written into that file.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import 'graphiql/graphiql.css';
import './page.css';

import { fetcherFor } from './fetcher.js';
import { exampleTabs, openTab } from './tabs.js';
import { authorized, takeToken, watchForToken } from './token.js';

const container = document.getElementById('graphiql');
const token = takeToken(window.location, window.history);
watchForToken(window);

const examples = await exampleTabs(token);
const open = openTab(window.localStorage, token, examples);

createRoot(container).render(
  <GraphiQL
    fetcher={fetcherFor(container.dataset.endpoint)}
    plugins={[HISTORY_PLUGIN, explorerPlugin()]}
    defaultTabs={examples}
    defaultHeaders={authorized(open?.headers, token) ?? undefined}
    initialQuery={open?.query ?? undefined}
    initialVariables={open?.variables ?? undefined}
    initialHeaders={open?.headers ?? undefined}
    shouldPersistHeaders
  />,
);
