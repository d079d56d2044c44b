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
import { takeHeaders, watchForToken, withHeaders } from './token.js';

const container = document.getElementById('graphiql');
const given = takeHeaders(window.location, window.history);
watchForToken(window);

const send = fetcherFor(container.dataset.endpoint);
const examples = await exampleTabs(given, send);
const open = openTab(window.localStorage, given, examples);

createRoot(container).render(
  <GraphiQL
    fetcher={send}
    plugins={[HISTORY_PLUGIN, explorerPlugin()]}
    defaultTabs={examples}
    defaultHeaders={withHeaders(open?.headers, given) ?? undefined}
    initialQuery={open?.query ?? undefined}
    initialVariables={open?.variables ?? undefined}
    initialHeaders={open?.headers ?? undefined}
    shouldPersistHeaders
  />,
);
